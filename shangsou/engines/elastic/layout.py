"""The contents of an index besides single products, noted in its `_meta`: groups, offers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SHARED_FACETS = ("category", "brand")
"""Facets that are fields of the documents of groups, `shared.*`: often all variants have the same values."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a generation holds, so that a search asks for no more than it needs."""

    has_variants: bool = False
    """Whether there are documents of groups: where two products of a group are on sale."""
    shared_facets: tuple[str, ...] = ()
    """Those of `SHARED_FACETS` whose values are the same for all variants of each group."""
    price_ranks: int = 0
    """The number of distinct prices; 0 in a generation without offers, where no price changes."""

    @property
    def has_offers(self) -> bool:
        """Whether prices depend on the moment."""
        return self.price_ranks > 0


PLAIN = Layout()
"""Of a generation without groups and offers; also for clauses that neither matters to."""


def layout_to_meta(layout: Layout) -> dict[str, Any]:
    """Return the entry of `_meta` that says what a generation holds."""
    return {"layout": asdict(layout)}


def layout_from_meta(meta: Mapping[str, Any]) -> Layout:
    """Return what a generation holds, of this version."""
    layout = meta["layout"]
    return Layout(layout["has_variants"], tuple(layout["shared_facets"]), layout["price_ranks"])
