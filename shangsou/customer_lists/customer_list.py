"""The records of lists of customers, of their exports, and of an erasure from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["churn", "winback", "hold-out"]
CUSTOMER = "customer"
"""The first column of every list."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file outside of the home that a list was written to: nothing in it can be erased from here."""

    list_name: str
    kind: Kind
    path: str
    written_at: datetime
    with_ids: bool
    """Whether it holds the ids of customers, and not their pseudonyms."""


@dataclass(frozen=True, slots=True)
class CustomerList:
    """A list of customers under pseudonyms, as it lies in the home."""

    name: str
    """From `shangsou.customer_lists.names`."""
    kind: Kind
    created_at: datetime
    header: tuple[str, ...]
    """The names of the columns; the first is `customer`."""
    rows: tuple[tuple[str, ...], ...]
    """Each begins with a pseudonym, which is in no other row."""
    about: Mapping[str, object] = field(default_factory=dict)
    """Values of JSON: the day of the data, the horizon, the campaign. No ids and no queries."""
    exports: tuple[Export, ...] = ()
    """The oldest first."""
    erased: int = 0
    """How many rows were erased since it was written."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased of a customer, and what cannot be reached."""

    rows: int
    lists: tuple[str, ...]
    """The names of the lists that held a row of the customer."""
    exports: tuple[Export, ...]
    """Those of lists that held the customer when they were written, and of lists that are removed already, of
    which nobody knows. One a path, the newest of those it may still hold."""
