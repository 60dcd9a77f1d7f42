"""Edits that turn a text into a known query."""

from collections.abc import Collection

import numpy as np

from shangsou.lexicon.confusions import LIKENESSES
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.spelling.ngram_edits import Edit, EditKind, surplus_kind


class KnownQueryEdits:
    """Finds known queries that may have been meant by one that nobody knows. Safe for many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._queries = lexicon.queries
        self._neighbours = lexicon.query_neighbours
        self._confusions = lexicon.confusions

    def edits(self, text: str, fixed: Collection[int] = ()) -> list[Edit] | None:
        """Return the edits that make a known query of a normalized text without spaces, the commonest first.

        None where the text is a known query itself. What stands at `fixed` places is as it was meant.
        """
        if self._queries is None or self._neighbours is None:
            return []
        known_queries = [
            self._queries.phrase(row).normalized.replace(" ", "") for row in self._neighbours.rows(text)
        ]
        if text in known_queries:
            return None
        edits = (self._edit(text, query) for query in dict.fromkeys(known_queries))
        return [edit for edit in edits if edit and not _touches_fixed(edit, fixed)]

    def _edit(self, typed: str, meant: str) -> Edit | None:
        """Return the edit between two texts, None where it is none or more than one."""
        start = _common_prefix_length(typed, meant)
        suffix_length = _common_prefix_length(typed[start:][::-1], meant[start:][::-1])
        end = len(typed) - suffix_length
        old, new = typed[start:end], meant[start : len(meant) - suffix_length]
        kind: EditKind | None = None
        match len(old), len(new):
            # What others say more before or behind it makes no typo of a text: `nike鞋` is no `nike鞋包`.
            case 0, 1 if 0 < start < len(typed) and not new.isdigit():
                kind = "missing"
            case 1, 0:
                # Of a character typed twice the first goes.
                while start and typed[start - 1] == old:
                    start, end = start - 1, end - 1
                kind = surplus_kind(typed, start) or "extra"
            case 1, 1:
                kind = self._likeness(old, new)
            case 2, 2 if old == new[::-1]:
                kind = "swapped"
        return Edit(start, end, new, kind) if kind else None

    def _likeness(self, written: str, meant: str) -> EditKind | None:
        chars, likenesses = self._confusions.of(written)
        index = int(np.searchsorted(chars, ord(meant)))
        return LIKENESSES[likenesses[index]] if index < len(chars) and chars[index] == ord(meant) else None


def _touches_fixed(edit: Edit, fixed: Collection[int]) -> bool:
    """Return whether an edit changes what is fixed, or puts something between two characters that are."""
    if edit.start == edit.end:
        return edit.start in fixed and edit.start - 1 in fixed
    return any(position in fixed for position in range(edit.start, edit.end))


def _common_prefix_length(first: str, second: str) -> int:
    """Return how many characters two texts begin with alike."""
    for index, (first_char, second_char) in enumerate(zip(first, second, strict=False)):
        if first_char != second_char:
            return index
    return min(len(first), len(second))
