"""Regular expressions of many words, written so that `re` is quick at them."""

import re
from collections import defaultdict
from collections.abc import Iterable


def any_word(words: Iterable[tuple[str, str]]) -> str:
    """Return a pattern of any of some words, each with a pattern for what is behind it; the first that fits.

    `re` skips what none begins with if each alternative begins with a literal character, and tries them one
    by one: so there is one alternative for each first character.
    """
    rests: defaultdict[str, list[str]] = defaultdict(list)
    for word, behind in words:
        rests[word[0]].append(re.escape(word[1:]) + behind)
    return "|".join(
        f"{re.escape(first)}(?:{'|'.join(alternatives)})" for first, alternatives in rests.items()
    )


def longest_first(words: Iterable[str]) -> list[str]:
    """Return words in the order in which the longest that fits is found."""
    return sorted(words, key=len, reverse=True)
