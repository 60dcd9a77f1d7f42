"""The layout of an index besides single products: groups, offers, the mean rating, and its changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SHARED_FACETS = ("category", "brand")
"""Facets that are fields of the documents of groups, `shared.*`: often all variants have the same values."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What an index holds, so that a search asks for no more than it needs."""

    has_variants: bool = False
    """Whether two products of a group are, or were, on sale."""
    shared_facets: tuple[str, ...] = ()
    """Those of `SHARED_FACETS` whose values are the same for all variants of each group."""
    has_offers: bool = False
    """Whether prices depend on the moment."""
    has_changed: bool = False
    """Whether products have changed since the index was built: their vectors are in fields of their own."""
    mean_rating: float = 0.0
    """Of all products, by their reviews: what ratings are drawn to."""


PLAIN = Layout()
"""Of an index without groups and offers; also for clauses that neither matters to."""


CHANGED = "changed."
"""Before the names of the vector fields of products that have changed since the index was built."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """The state of an index, stored in a document of its own."""

    sequence: int
    """The number of the last change that the index holds in full."""
    layout: Layout


def state_to_json(state: IndexState) -> dict[str, Any]:
    """Return a state as plain JSON values."""
    return asdict(state)


def state_from_json(payload: Mapping[str, Any]) -> IndexState:
    """Return the state that `state_to_json` wrote."""
    layout = payload["layout"]
    return IndexState(
        payload["sequence"], Layout(**{**layout, "shared_facets": tuple(layout["shared_facets"])})
    )
