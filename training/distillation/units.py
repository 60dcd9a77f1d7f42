"""The units of a static encoder, words and characters, and the tokenizer that cuts texts into them."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shangsou.text.segmenter import Segmenter

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = "[UNK]"
# Of a word that occurs more rarely the vector would be learned from hardly anything.
_MIN_COUNT = 3
_MAX_CHARACTERS = 12
# Occurrences that a character counts as that stands in no text by itself: a word of several is preferred.
_UNSEEN = 0.1


def count_units(texts: Sequence[str], segmenter: Segmenter) -> dict[str, int]:
    """Return the words of texts with how often they occur, and all characters, most of them 0 times.

    Characters of GB 2312 are among them whether a text has them or not: a query may.

    Parameters
    ----------
    texts
        Normalized titles and queries, each once.
    segmenter
        Cuts them into words.
    """
    counts: Counter[str] = Counter()
    characters: set[str] = set(_common_characters())
    for text in texts:
        counts.update(segmenter.cut(text))
        characters.update(text)
    units = {
        word: count
        for word, count in counts.items()
        if count >= _MIN_COUNT and len(word) <= _MAX_CHARACTERS and not any(map(str.isspace, word))
    }
    for character in characters:
        if not character.isspace():
            units.setdefault(character, 0)
    # By count and then by text, so that the same texts in another order make the same table.
    return dict(sorted(units.items(), key=lambda unit: (-unit[1], unit[0])))


def build_tokenizer(units: dict[str, int]) -> "Tokenizer":
    """Return a tokenizer whose ids are 0 for what is unknown and then the units in their order.

    A Unigram model (Kudo 2018) with the logarithm of frequencies as scores cuts a text as jieba does, into
    the most probable sequence of words.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers

    total = max(1, sum(units.values()))
    vocabulary = [(UNKNOWN, 0.0)]
    vocabulary += [(unit, math.log(max(count, _UNSEEN) / total)) for unit, count in units.items()]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def _common_characters() -> list[str]:
    """Return the 6,763 ideographs of GB 2312, rows 16 to 87 of its table."""
    found = []
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            character = bytes([row, cell]).decode("gb2312", "ignore")
            if character:
                found.append(character)
    return found
