"""The lexicon of a catalog and of known queries: phrases, their counts, and their pinyin."""
