"""The share of order cycles in which the stock of an item is to suffice."""

from insights.stock.stocked_item import DAYS_OF_YEAR, HOLDING_RATE, OrderingRules, StockedItem

MAX_LEVEL = 0.995
"""Of 500 sample paths two or three lie above it; what lies beyond they cannot tell."""


def critical_ratio(price: float, sellable_cost: float, loss_of_a_left_piece: float) -> float:
    """Return the share of cycles in which it pays to have enough (Arrow, Harris & Marschak, 1951).

    A piece too few loses its margin, a piece too many what `loss_of_a_left_piece` says. From 0, where it
    does not pay to have a piece at all, to `MAX_LEVEL`.
    """
    margin = price - sellable_cost
    if margin <= 0:
        return 0.0
    return min(MAX_LEVEL, margin / (margin + max(0.0, loss_of_a_left_piece)))


def spoilage_ratio(item: StockedItem, rules: OrderingRules) -> float | None:
    """Return the critical ratio of an item whose left pieces spoil; None where price or cost is unknown."""
    cost = item.sellable_cost
    if item.price is None or cost is None or item.unit_cost is None:
        return None
    return critical_ratio(item.price, cost, cost - rules.salvage_share * item.unit_cost)


def order_level(item: StockedItem, rules: OrderingRules) -> float:
    """Return the share of cycles without a stock-out to order for.

    By margin, a piece that is left at the end of a cycle loses its cost less salvage where it spoils by
    then, else what it costs to keep it until the next. Items without a price or a cost have the service
    level. Where pieces spoil within the cycle, the level is never higher than pays.
    """
    spoilage = spoilage_ratio(item, rules)
    spoils = item.shelf_life_days is not None and item.shelf_life_days <= rules.review_days
    if spoilage is None:
        return rules.service_level
    if spoils:
        return spoilage if rules.by_margin else min(rules.service_level, spoilage)
    if not rules.by_margin or item.price is None or item.sellable_cost is None:
        return rules.service_level
    holding = item.sellable_cost * HOLDING_RATE * rules.review_days / DAYS_OF_YEAR
    return critical_ratio(item.price, item.sellable_cost, holding)
