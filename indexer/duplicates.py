"""Titles that say the same."""

import re

# Latin and digit runs stay whole, so that `iphone5 64g` and `iphone6 54g` differ; other characters
# stand alone, so that the order in which a merchant strings the words together does not matter.
_TOKEN = re.compile(
    r"[a-z0-9]+|[^\W_]|[^\s\w!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u206f\u3000-\u303f\uff00-\uffef]"
)


def title_key(normalized_title: str) -> int | None:
    """Return a number that nearly equal titles share: same characters, whatever their order.

    Spaces and punctuation do not count. None where no character is left. The number holds within
    this process only.
    """
    tokens = _TOKEN.findall(normalized_title)
    return sum(map(hash, tokens)) if tokens else None
