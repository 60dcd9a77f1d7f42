"""The report of pairs from events: how many were made of which events, and why others were left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from shangsou.behaviour.event import Event
from shangsou.recommend.model import SIGNAL_WEIGHTS
from shangsou.recommend.shelf import kind_of_shelf
from shangsou.text.plurals import quantity

LeftOut = Literal[
    "on a shelf",
    "without a query",
    "without a shopper",
    "by a shopper who opted out",
    "from before its shopper was forgotten",
    "of a product that is not on sale",
    "of a query that looks like personal data",
    "of a query of too few shoppers",
]
REASONS: Final[tuple[LeftOut, ...]] = get_args(LeftOut)
"""Why an action makes no pair; the first that fits is counted."""
# Product ids in the report: enough to see that a file is of another catalog.
_MAX_EXAMPLES = 5


@dataclass(slots=True)
class EventPairsReport:
    """Counts events and pairs. It names no query and no shopper: those left out are private."""

    read: int = 0
    """Events of any kind."""
    actions: int = 0
    """Those that show interest in a product: views, clicks, favourites, carts and purchases."""
    used: int = 0
    """Actions that pairs were made of."""
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    """The other actions, by reason."""
    not_on_sale: list[str] = field(default_factory=list)
    """The first ids of products that are not on sale."""
    queries: int = 0
    """With a pair."""
    private_queries: int = 0
    """That look like personal data."""
    rare_queries: int = 0
    """Of too few shoppers."""
    shoppers: int = 0
    """With a pair."""
    pairs: Counter[str] = field(default_factory=Counter)
    """By source."""
    late: int = 0
    """Pairs of the later half of the time."""
    weighted_positions: int = 0
    """Positions of which impressions say how seldom they are looked at; 0: each action counts the same."""
    over_cap: int = 0
    """Products bought for a query that were left out of `co-purchase`, since it has enough of them."""

    def count(self, event: Event, *, has_query: bool) -> None:
        """Count an event that was read; `has_query` is false also for one on a shelf."""
        self.read += 1
        if event.action in SIGNAL_WEIGHTS and event.product_id:
            self.actions += 1
            if not has_query:
                self.leave_out("on a shelf" if kind_of_shelf(event.query_id) else "without a query")

    def leave_out(self, reason: LeftOut, count: int = 1) -> None:
        """Count actions that make no pair."""
        if count:
            self.left_out[reason] += count

    def add_not_on_sale(self, product_id: str) -> None:
        """Keep a product id, if it is among the first."""
        if len(self.not_on_sale) < _MAX_EXAMPLES:
            self.not_on_sale.append(product_id)

    def to_text(self) -> str:
        """Return the report for people."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "read": self.read,
            "actions": self.actions,
            "used": self.used,
            "left_out": {reason: self.left_out[reason] for reason in REASONS if self.left_out[reason]},
            "not_on_sale": list(self.not_on_sale),
            "queries": self.queries,
            "private_queries": self.private_queries,
            "rare_queries": self.rare_queries,
            "shoppers": self.shoppers,
            "pairs": dict(self.pairs.most_common()),
            "late": self.late,
            "weighted_positions": self.weighted_positions,
            "over_cap": self.over_cap,
        }

    def _lines(self) -> Iterator[str]:
        yield (
            f"{quantity(self.read, 'event')} read: {quantity(self.actions, 'action')} on products, "
            f"{self.used:,} used"
        )
        for reason in REASONS:
            if self.left_out[reason]:
                yield f"  {reason}: {self.left_out[reason]:,}"
        if self.not_on_sale:
            yield f"    not on sale: {', '.join(self.not_on_sale)}{' …' * self._has_more_products()}"
        yield (
            f"{quantity(self.queries, 'query')} of {quantity(self.shoppers, 'shopper')}; others: "
            f"{self.rare_queries:,} of too few shoppers, {self.private_queries:,} like personal data"
        )
        for source, count in self.pairs.most_common():
            yield f"  {source}: {quantity(count, 'pair')}"
        yield f"  {self.late:,} of the later half of the time"
        if self.over_cap:
            yield f"  over the cap of co-purchases of one query: {quantity(self.over_cap, 'product')}"
        yield (
            f"  weighted by position, of which {self.weighted_positions:,} have enough impressions"
            if self.weighted_positions
            else "  not weighted by position: too few impressions are logged"
        )

    def _has_more_products(self) -> bool:
        return len(self.not_on_sale) == _MAX_EXAMPLES
