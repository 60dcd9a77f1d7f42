"""Detect products with duplicate titles."""

import re

# Runs of letters and digits stay whole, so that `iphone5 64g` and `iphone6 54g` differ; other characters are
# taken one by one, so that the order of a title's words does not matter.
_TOKEN = re.compile(
    r"[a-z0-9]+|[^\W_]|[^\s\w!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u206f\u3000-\u303f\uff00-\uffef]"
)


def title_key(normalized_title: str) -> int | None:
    """Return a hash that nearly equal titles share: the same characters in any order.

    Spaces and punctuation are ignored. None if no character is left. The hash is valid within this process
    only.
    """
    tokens = _TOKEN.findall(normalized_title)
    return sum(map(hash, tokens)) if tokens else None
