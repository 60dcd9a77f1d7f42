"""What was said before and is a slip away from a text."""

from collections.abc import Collection

import numpy as np

from shangsou.lexicon.confusions import LIKENESSES
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.slips import Edit, Slip, too_much


class Said:
    """Finds known queries that may have been meant by one that nobody knows. Safe for many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._queries = lexicon.queries
        self._neighbours = lexicon.neighbours
        self._confusions = lexicon.confusions

    def edits(self, text: str, fixed: Collection[int] = ()) -> list[Edit] | None:
        """Return the edits that make a known query of a normalised text without spaces, the commonest first.

        None where the text is a known query itself. What stands at `fixed` places is as it was meant.
        """
        if self._queries is None or self._neighbours is None:
            return []
        near = [self._queries.phrase(row).said.replace(" ", "") for row in self._neighbours.rows(text)]
        if text in near:
            return None
        edits = (self._edit(text, query) for query in dict.fromkeys(near))
        return [edit for edit in edits if edit and not _touches(edit, fixed)]

    def _edit(self, typed: str, meant: str) -> Edit | None:
        """Return the slip between two texts, None where it is none or more than one."""
        start = _common(typed, meant)
        behind = _common(typed[start:][::-1], meant[start:][::-1])
        end = len(typed) - behind
        old, new = typed[start:end], meant[start : len(meant) - behind]
        slip: Slip | None = None
        match len(old), len(new):
            # What others say more before or behind it makes no slip of a text: `nike鞋` is no `nike鞋包`.
            case 0, 1 if 0 < start < len(typed) and not new.isdigit():
                slip = "missing"
            case 1, 0:
                # Of a character typed twice the first goes.
                while start and typed[start - 1] == old:
                    start, end = start - 1, end - 1
                slip = too_much(typed, start) or "extra"
            case 1, 1:
                slip = self._likeness(old, new)
            case 2, 2 if old == new[::-1]:
                slip = "swapped"
        return Edit(start, end, new, slip) if slip else None

    def _likeness(self, written: str, meant: str) -> Slip | None:
        chars, likenesses = self._confusions.of(written)
        place = int(np.searchsorted(chars, ord(meant)))
        return LIKENESSES[likenesses[place]] if place < len(chars) and chars[place] == ord(meant) else None


def _touches(edit: Edit, fixed: Collection[int]) -> bool:
    """Return whether an edit changes what is fixed, or puts something between two characters that are."""
    if edit.start == edit.end:
        return edit.start in fixed and edit.start - 1 in fixed
    return any(place in fixed for place in range(edit.start, edit.end))


def _common(first: str, second: str) -> int:
    """Return how many characters two texts begin with alike."""
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return place
    return min(len(first), len(second))
