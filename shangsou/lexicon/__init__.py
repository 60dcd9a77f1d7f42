"""The lexicon of a catalog and its shoppers: phrases, how often they occur, and how they sound."""
