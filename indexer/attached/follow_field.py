"""The field by which changes of a merchant's documents are followed: a time, or a number that counts up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shangsou.errors import UnusableInput

_DATES = frozenset({"date", "date_nanos"})
_NUMBERS = frozenset(
    {"long", "integer", "short", "byte", "unsigned_long", "double", "float", "half_float", "scaled_float"}
)
# Documents become visible up to a refresh later (1 s unless set), and pipelines hold them back for some
# seconds: what was written with an earlier time is read all the same.
OVERLAP_S = 60
# Numbers from these on, up to ten times as much, are times of these decades: seconds, milli-, micro- and
# nanoseconds since 1970. All others count.
_EPOCHS = {10**9: 1, 10**12: 10**3, 10**15: 10**6, 10**18: 10**9}
_MILLISECONDS = 10**3


@dataclass(frozen=True, slots=True)
class FollowField:
    """A field that grows with each change of a document. Its values are numbers; of dates, milliseconds."""

    name: str
    is_date: bool

    def greatest_first(self) -> Sequence[Mapping[str, Any]]:
        """Return how to sort documents by it, the last changed first."""
        order = {"order": "desc", "missing": "_last"}
        kind = (
            {"unmapped_type": "date", "numeric_type": "date"} if self.is_date else {"unmapped_type": "long"}
        )
        return [{self.name: order | kind}]

    def from_value(self, value: float) -> Mapping[str, Any]:
        """Return the query for documents with this value or a greater one."""
        bounds: dict[str, object] = {"gte": value}
        if self.is_date:
            bounds["format"] = "epoch_millis"
        return {"range": {self.name: bounds}}

    def without_value(self) -> Mapping[str, Any]:
        """Return the query for documents that have none."""
        return {"bool": {"must_not": {"exists": {"field": self.name}}}}

    def before(self, last: float) -> float:
        """Return the value from which to read where the last one seen was this: an overlap lower."""
        return last - OVERLAP_S * self._units_a_second(last)

    def until(self, greatest: float, now_s: float) -> float:
        """Return a value, but none of the future: one wrong date would hide all changes until then.

        Dates in local time that say no zone are of the future too; some hours are read again then.
        """
        units = self._units_a_second(greatest)
        return min(greatest, int(now_s * units)) if units else greatest

    def _units_a_second(self, value: float) -> int:
        """Return how many of its units are a second; 0 where it only counts."""
        if self.is_date:
            return _MILLISECONDS
        return next((units for start, units in _EPOCHS.items() if start <= value < 10 * start), 0)


def read_field_types(name: str, types: Mapping[str, Mapping[str, Any]], source: str) -> FollowField:
    """Return a field by what Elasticsearch says of it (field capabilities); raises `UnusableInput`.

    Parameters
    ----------
    name
        Of the field.
    types
        By the name of a type, whether it can be searched and sorted by; several where indices differ.
    source
        For messages.
    """
    kinds = types.keys() - {"unmapped"}
    wanted = "name a date or a number that grows with every change of a document, such as updated_at"
    if not kinds:
        raise UnusableInput(f"--follow {name}: {source} has no such field; {wanted}")
    if not (kinds <= _DATES or kinds <= _NUMBERS):
        found = " and ".join(sorted(kinds))
        raise UnusableInput(f"--follow {name}: it is of type {found} in {source}; {wanted}")
    for kind in kinds:
        if not (types[kind].get("aggregatable") and types[kind].get("searchable")):
            raise UnusableInput(
                f"--follow {name}: {source} has it without an index or without doc values, so that it cannot "
                f"be sorted by; {wanted}"
            )
    return FollowField(name, kinds <= _DATES)
