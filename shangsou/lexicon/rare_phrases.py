"""Phrases that too few titles hold to be suggested, but that are words all the same."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shangsou.text.segmenter import Segmenter

# Words in characters alone, as they are typed in pinyin. Longer ones are sayings and titles of books.
_CHINESE_WORD = re.compile("[\u4e00-\u9fff]{2,6}")
_LEAF_PARTS = re.compile(r"[/、,，()（）\s]+")
# Two characters that the general dictionary does not join are a word of the trade if so many titles hold
# them, as 猫粮: of 74,362 titles 806 pairs.
_MIN_CHARACTER_PAIR_TITLES = 3


def rare_phrases(
    words: Mapping[str, int],
    character_pairs: Mapping[str, int],
    names: Iterable[tuple[Sequence[str], int]],
    known: Mapping[str, int],
    segmenter: Segmenter,
) -> dict[str, int]:
    """Return phrases that are not `known`, with the number of their titles or products.

    Parameters
    ----------
    words
        The words of titles. One that the general dictionary does not have is as likely a typo.
    character_pairs
        Single characters that stand beside each other.
    names
        The spellings of brands, and categories, each with the number of products.
    known
        Phrases that are suggested.
    segmenter
        What the titles were cut into words by.
    """
    counts = Counter(
        {
            word: count
            for word, count in words.items()
            if word not in known and _CHINESE_WORD.fullmatch(word) and segmenter.has_word(word)
        }
    )
    counts.update(
        {
            pair: count
            for pair, count in character_pairs.items()
            if count >= _MIN_CHARACTER_PAIR_TITLES and pair not in known and _CHINESE_WORD.fullmatch(pair)
        }
    )
    for spellings, count in names:
        for spelling in spellings:
            for part in _LEAF_PARTS.split(spelling):
                if part not in known and _CHINESE_WORD.fullmatch(part):
                    counts[part] += count
    return dict(counts)
