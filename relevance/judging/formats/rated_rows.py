"""The rows that readers of all formats yield, and what a user says of files that cannot tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class RatedRow(NamedTuple):
    """A rating of a product for a query, as it is written in a file."""

    where: str
    """`file:line`, or another place, for messages."""
    query: str
    """The text; empty where the file names queries by their qid alone."""
    qid: str
    """Empty where the file names queries by their text alone."""
    doc_id: str
    rating: str
    """Empty for a product or a query without a rating."""
    judge: str = ""
    """Empty where the file does not say who rated."""
    set: str = ""


Rows = Iterator[RatedRow]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user says of a file."""

    labels: Mapping[str, int] = field(default_factory=dict)
    """Grade by rating, as `parse_labels` returns it. Empty: ratings are the grades 0 to 3."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Name of the column by field, as `parse_columns` returns it."""
    judges: tuple[str, ...] = ()
    """Only the ratings of these judges; empty: of all."""
    encoding: str | None = None
    """None: told by the bytes."""
