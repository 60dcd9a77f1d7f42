"""The journal of erasures: it keeps a run that read its events before one from bringing the customer back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shangsou.customer_lists.customer_list import Kind


@dataclass(frozen=True, slots=True)
class ErasureEntry:
    """An erasure from the lists."""

    pseudonym: str
    kinds: tuple[str, ...]
    """The kinds of lists that it is about; empty: all."""
    at: datetime
    lists: tuple[str, ...]
    """The names of the lists that held the customer."""

    def concerns(self, kind: Kind) -> bool:
        """Return whether it is about lists of a kind."""
        return not self.kinds or kind in self.kinds


def erased_pseudonyms(entries: Iterable[ErasureEntry], kind: Kind, read_at: datetime) -> set[str]:
    """Return who may not be in a list of a kind, made from events that were read at a moment.

    An erasure of that very moment counts: nobody knows which of both was first.
    """
    return {entry.pseudonym for entry in entries if entry.at >= read_at and entry.concerns(kind)}


def lists_that_held(entries: Iterable[ErasureEntry], pseudonym: str) -> set[str]:
    """Return the lists from which a customer was erased before: their exports still hold them."""
    return {name for entry in entries if entry.pseudonym == pseudonym for name in entry.lists}


def with_entry(entries: Iterable[ErasureEntry], entry: ErasureEntry) -> list[ErasureEntry]:
    """Return the entries with another, which takes the place of an earlier one of the same."""
    key = (entry.pseudonym, entry.kinds)
    return [*(other for other in entries if (other.pseudonym, other.kinds) != key), entry]


def entry_to_json(entry: ErasureEntry) -> dict[str, object]:
    """Return an entry as values of JSON."""
    return {
        "pseudonym": entry.pseudonym,
        "kinds": list(entry.kinds),
        "at": entry.at.isoformat(),
        "lists": list(entry.lists),
    }


def entry_from_json(payload: Mapping[str, object]) -> ErasureEntry:
    """Return the entry in values of JSON; raises `KeyError`, `TypeError` or `ValueError` for others."""
    kinds, lists = payload["kinds"], payload["lists"]
    if not isinstance(kinds, list) or not isinstance(lists, list):
        raise TypeError
    return ErasureEntry(
        str(payload["pseudonym"]),
        tuple(map(str, kinds)),
        datetime.fromisoformat(str(payload["at"])),
        tuple(map(str, lists)),
    )
