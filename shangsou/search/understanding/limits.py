"""Limits in a query: where they stand, and what they limit or order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shangsou.engines.query import Filters, Sort
from shangsou.search.understood import ConstraintKind, PriceLevel


@dataclass(frozen=True, slots=True)
class Limit:
    """A stretch of a normalized query that limits or orders what is found."""

    start: int
    end: int
    kind: ConstraintKind
    label: str
    filters: Filters = field(default_factory=Filters)
    sort: Sort | None = None
    price_level: PriceLevel | None = None
    kept_span: tuple[int, int] | None = None
    """What of the stretch stays in the text that is searched for."""


def without_overlaps(limits: Iterable[Limit]) -> list[Limit]:
    """Return limits of which none overlaps one before it, in the order of the query."""
    chosen: list[Limit] = []
    for limit in limits:
        if all(limit.end <= other.start or limit.start >= other.end for other in chosen):
            chosen.append(limit)
    return sorted(chosen, key=lambda limit: limit.start)


def remove_limits(typed: str, limits: Sequence[Limit], ends: Sequence[int]) -> str:
    """Return a query without the places of limits, which are in order.

    `ends` says where in the typed query each normalized character begins.
    """
    pieces, position = [], 0
    for limit in limits:
        if limit.kept_span == (limit.start, limit.end):
            continue
        pieces.append(typed[position : ends[limit.start]])
        if limit.kept_span:
            pieces.append(typed[ends[limit.kept_span[0]] : ends[limit.kept_span[1]]])
        position = ends[limit.end]
    return " ".join(" ".join([*pieces, typed[position:]]).split())
