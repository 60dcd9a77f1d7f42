"""The category of a product, from one column or from one a level."""

from collections.abc import Sequence
from functools import lru_cache

from indexer.categories import split_category
from indexer.cells.cells import Cells
from indexer.cells.limits import MAX_LEVELS
from shangsou.reading.issue import Issue

LEVEL_FIELDS = ("cat1", "cat2", "cat3", "cat4")


def read_category(cells: Cells) -> tuple[str, ...]:
    """Return the path of `category`, or else of `cat1` to `cat4`, without repeated levels."""
    value, separator = cells.values.get("category"), cells.habits.category_separator
    if isinstance(value, str):
        levels, issues = _category_of_text(value, separator)
    else:
        levels, issues = _clean_levels([] if value is None else split_category(value, separator))
    if not levels:
        parts = [
            level
            for field in LEVEL_FIELDS
            if field in cells.values
            for level in split_category(cells.values[field])
        ]
        levels, issues = _clean_levels(parts)
    cells.issues.extend(issues)
    return levels[1:] if levels and levels[0] in cells.habits.category_roots else levels


# Many products share a category.
@lru_cache(1 << 12)
def _category_of_text(text: str, separator: str) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    return _clean_levels(split_category(text, separator))


def _clean_levels(parts: Sequence[str]) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    """Return the levels of a path without repeated and empty ones, with the issues found in them."""
    cells = Cells({})
    levels: list[str] = []
    for part in parts:
        level = cells.clean_text("category", part).replace(">", " ").strip()
        if level and levels[-1:] != [level]:
            levels.append(level)
    if len(levels) > MAX_LEVELS:
        cells.add_issue("category too deep", f"category has {len(levels)} levels", f"first {MAX_LEVELS} kept")
    return tuple(levels[:MAX_LEVELS]), tuple(cells.issues)
