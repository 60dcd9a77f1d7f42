"""An item with its stock, and the terms on which it is bought and sold."""

from dataclasses import dataclass

from insights.sales.history import Item

HOLDING_RATE = 0.25
"""What it costs to keep stock for a year, as a share of its cost: capital, space, insurance and ageing.
Textbooks give .15 to .35 (Silver, Pyke & Thomas, 2017)."""
DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class OrderingRules:
    """How a shop orders; what is of an item stands in `StockedItem`."""

    lead_time_days: int = 3
    """From an order to its delivery, where an item has none of its own. Wholesalers in China mostly send by
    road within the country."""
    review_days: int = 7
    """From one order to the next: most shops order once a week."""
    service_level: float = 0.95
    """The share of order cycles that are to end without a stock-out."""
    by_margin: bool = False
    """Take the level from the margin of an item and what a left piece loses (newsvendor) where both are
    known."""
    salvage_share: float = 0.0
    """The share of its cost that a spoiled piece still brings."""
    shelf_life_days: int | None = None
    """Days on which a delivered piece can be sold, where an item has none of its own; None: it keeps."""
    overstock_days: int = 30
    """Stock that does not sell within as many days is too much."""


@dataclass(frozen=True, slots=True)
class StockedItem:
    """An item that is stocked. Numbers are of pieces, or of what else the shop counts in, as kilograms."""

    item: Item
    on_hand: float | None
    """None where unknown."""
    on_order: float = 0.0
    """Bought and not yet delivered; taken to arrive within the lead time."""
    lead_time_days: int = 0
    pack_size: float = 1.0
    """Orders are multiples of it."""
    min_order: float = 0.0
    unit_cost: float | None = None
    price: float | None = None
    loss_rate: float = 0.0
    """The share of a delivery that cannot be sold, from 0 to below 1."""
    shelf_life_days: int | None = None
    days_since_sale: int | None = None
    """Days from the last sale to the last day of the records; None where nothing was ever sold."""

    @property
    def arriving(self) -> float:
        """What of the pieces on order can be sold."""
        return self.on_order * (1 - self.loss_rate)

    @property
    def position(self) -> float:
        """Stock at hand and arriving; 0 where unknown."""
        return (self.on_hand or 0.0) + self.arriving

    @property
    def sellable_cost(self) -> float | None:
        """What a piece that can be sold costs, with those that spoil before; None where unknown."""
        return None if self.unit_cost is None else self.unit_cost / (1 - self.loss_rate)
