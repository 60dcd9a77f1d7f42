"""Clean the rows of one file, of which many have the same columns and the same values."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from indexer.cells.cells import Cells, Habits
from indexer.cells.limits import MAX_REPEATED_LENGTH
from indexer.cells.readers import READERS, Reader, field_of_cell
from indexer.clean import CleanedRow, clean_cells
from shangsou.reading.issue import Issue

# Of each field that a file has, with its own cells: some hundred kilobytes a field.
_KEPT_VALUES = 1 << 12
# The values of more cells than these, as of many attributes, hardly ever occur together again.
_MAX_TOGETHER = 3
# Tables have as many as their columns have gaps; those of records may be any.
_KEPT_PLANS = 1 << 10

_Plan = Sequence[tuple[str, Callable[[Cells], object]]]


class RowCleaner:
    """Cleans rows as `indexer.clean.clean_row` does. What rows with the same cells need is decided once."""

    def __init__(self, habits: Habits | None = None) -> None:
        """Take how the file writes its cells."""
        self._habits = habits or Habits()
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._kept: dict[tuple[str, ...], _ValueCache] = {}

    def clean(self, values: Mapping[str, object]) -> CleanedRow:
        """Clean a row into a product; see `indexer.clean.clean_row`."""
        return clean_cells(Cells(values, self._habits), self._read_fields)

    def _read_fields(self, cells: Cells) -> dict[str, object]:
        return {field: read(cells) for field, read in self._plan(tuple(cells.values))}

    def _plan(self, names: tuple[str, ...]) -> _Plan:
        """Return how each field of a product is read from cells of these names, in their order."""
        plan = self._plans.get(names)
        if plan is None:
            if len(self._plans) == _KEPT_PLANS:
                self._plans.clear()
                self._kept.clear()
            fields = dict.fromkeys(map(field_of_cell, names))
            plan = self._plans[names] = [(field, self._reader(field, names)) for field in fields if field]
        return plan

    def _reader(self, field: str, names: Sequence[str]) -> Callable[[Cells], object]:
        reader = READERS[field]
        own = tuple(name for name in names if field_of_cell(name) == field or name in reader.context)
        if not reader.repeats or len(own) > _MAX_TOGETHER:
            return reader.read
        return self._kept.setdefault((field, *own), _ValueCache(reader, own, self._habits)).read


class _ValueCache:
    """The values of a field by what its cells hold, with the issues found in these."""

    def __init__(self, reader: Reader, names: Sequence[str], habits: Habits) -> None:
        self._reader, self._names, self._habits = reader, names, habits
        self._read_kept = lru_cache(_KEPT_VALUES)(self._read)

    def read(self, cells: Cells) -> object:
        """Return the value for a row, adding the issues to those of its cells."""
        texts = [cells.values[name] for name in self._names]
        for text in texts:
            # Numbers of JSON are equal although they are written in other ways.
            if type(text) is not str or len(text) > MAX_REPEATED_LENGTH:
                return self._reader.read(cells)
        value, issues = self._read_kept(*texts)
        if issues:
            cells.issues += issues
        return value

    def _read(self, *texts: object) -> tuple[object, Sequence[Issue]]:
        cells = Cells(dict(zip(self._names, texts, strict=True)), self._habits)
        return self._reader.read(cells), cells.issues
