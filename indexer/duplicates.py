"""Detect products with duplicate titles."""

import re
from functools import cache

# Spaces and punctuation, but no character of a word: 々 and ² stand among them in Unicode.
_IGNORED = re.compile(r"[_\s!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u206f\u3000-\u303f\uff00-\uffef]")
_WORD = re.compile(r"[^\W_]")
# Runs of letters and digits stay whole, so that `iphone5 64g` and `iphone6 54g` differ; other characters are
# taken one by one, so that the order of a title's words does not matter.
_RUN = re.compile(r"[a-z0-9]+")


def title_key(normalized_title: str) -> int | None:
    """Return a hash that nearly equal titles share: the same characters in any order.

    Spaces and punctuation are ignored. None if no character is left. The hash is valid within this process
    only.
    """
    runs = _RUN.findall(normalized_title)
    others = _ignored_and_runs().sub("", normalized_title)
    return sum(map(hash, runs), hash("".join(sorted(others)))) if runs or others else None


@cache
def _ignored_and_runs() -> re.Pattern[str]:
    """Return what is removed to get the characters that are taken one by one; a set is searched fastest."""
    ignored = (chr(code) for code in range(1 << 16) if _IGNORED.match(chr(code)))
    return re.compile(f"[a-z0-9{re.escape(''.join(char for char in ignored if not _WORD.match(char)))}]+")
