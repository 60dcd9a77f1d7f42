"""Join what the sales, a list of stock and the rules of the shop say of each item."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import Item, Matrix, SalesHistory
from insights.sales.known_values import last_known
from insights.stock.note import Note
from insights.stock.on_hand_file import OnHandList, OnHandRow
from insights.stock.stocked_item import OrderingRules, StockedItem
from shangsou.text.plurals import quantity

PRICE_DAYS = 28
"""Prices and costs are the means of as many days: a month of four whole weeks."""
# Of what is not sold in whole pieces, as by weight, orders are multiples of it.
_SMALLEST_WEIGHT = 0.1
_FLOATED_ID = ".0"


@dataclass(frozen=True, slots=True)
class Inventory:
    """All items of the sales, in their order, then those that only the list of stock has."""

    items: Sequence[StockedItem]
    notes: Sequence[Note]


def take_inventory(history: SalesHistory, on_hand: OnHandList | None, rules: OrderingRules) -> Inventory:
    """Return the items with their stock and terms.

    What the list of stock says of an item goes before the sales; where neither knows, the rules do. Stock
    is the last known one of the sales. Prices and costs are means of the last 28 days, weighted by what was
    sold, else the last known ones.
    """
    rows = dict(on_hand.rows) if on_hand else {}
    matched = {item.id: _take_row(rows, item.id) for item in history.items}
    prices, costs = _recent_means(history.price, history), _recent_means(history.unit_cost, history)
    stocks = last_known(history.stock)
    since_sale = _days_since_sale(history)
    items = [
        _stocked(
            item,
            matched[item.id],
            rules,
            StockedItem(
                item,
                on_hand=_known(float(np.maximum(0.0, stocks[index]))),
                pack_size=_pack_size(history.quantity[index]),
                unit_cost=_known(costs[index]),
                price=_known(prices[index]),
                loss_rate=_known(history.loss_rate[index]) or 0.0,
                days_since_sale=since_sale[index],
            ),
        )
        for index, item in enumerate(history.items)
    ]
    unsold = [
        _stocked(Item(row.item_id, row.name), row, rules, StockedItem(Item(row.item_id), None))
        for row in rows.values()
    ]
    return Inventory([*items, *unsold], _notes(items, unsold, rules, on_hand))


def _stocked(item: Item, row: OnHandRow | None, rules: OrderingRules, sold: StockedItem) -> StockedItem:
    row = row or OnHandRow(item.id)
    shelf_life = rules.shelf_life_days if row.shelf_life is None else int(row.shelf_life)
    return StockedItem(
        item if item.name or not row.name else Item(item.id, row.name, item.category),
        on_hand=_first(row.quantity, sold.on_hand),
        on_order=row.on_order or 0.0,
        lead_time_days=rules.lead_time_days if row.lead_time is None else int(row.lead_time),
        pack_size=row.pack_size or sold.pack_size,
        min_order=row.min_order or 0.0,
        unit_cost=_first(row.unit_cost, sold.unit_cost),
        price=_first(row.price, sold.price),
        loss_rate=sold.loss_rate if row.loss_rate is None else row.loss_rate,
        shelf_life_days=shelf_life,
        days_since_sale=sold.days_since_sale,
    )


def _take_row(rows: dict[str, OnHandRow], item_id: str) -> OnHandRow | None:
    """Remove and return the row of an item; one of the two may write a number as a float, `17850.0`."""
    for spelling in (item_id, item_id.removesuffix(_FLOATED_ID), item_id + _FLOATED_ID):
        if spelling in rows:
            return rows.pop(spelling)
    return None


def _recent_means(values: Matrix, history: SalesHistory) -> NDArray[np.float64]:
    """Return the mean of the last days of each item, weighted by quantity; else the last known; else NaN."""
    recent = values[:, -PRICE_DAYS:].astype(np.float64)
    is_known = np.isfinite(recent)
    # A price on a day without sales counts little, but it counts.
    weights = np.where(is_known, history.quantity[:, -PRICE_DAYS:] + 1e-6, 0.0)
    totals = weights.sum(axis=1)
    sums = (np.where(is_known, recent, 0.0) * weights).sum(axis=1)
    return np.where(totals > 0, sums / np.where(totals > 0, totals, 1.0), last_known(values))


def _days_since_sale(history: SalesHistory) -> list[int | None]:
    days = [np.flatnonzero(sold) for sold in history.quantity > 0]
    return [history.days - 1 - int(sold[-1]) if len(sold) else None for sold in days]


def _pack_size(quantity: NDArray[np.float32]) -> float:
    return 1.0 if bool(np.all(quantity == np.round(quantity))) else _SMALLEST_WEIGHT


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _notes(
    items: Sequence[StockedItem],
    unsold: Sequence[StockedItem],
    rules: OrderingRules,
    on_hand: OnHandList | None,
) -> list[Note]:
    """Return what of the input the advice is to be read with."""
    selling = [
        item for item in items if item.days_since_sale is not None and item.days_since_sale < PRICE_DAYS
    ]
    unknown = sum(item.on_hand is None for item in selling)
    losing = sum(
        item.price is not None and item.sellable_cost is not None and item.price < item.sellable_cost
        for item in selling
    )
    unpriced = (
        sum(item.price is None or item.sellable_cost is None for item in selling) if rules.by_margin else 0
    )
    notes = list(on_hand.notes) if on_hand else []
    if unknown:
        notes.append(
            Note(
                f"{quantity(unknown, 'item')} sold in the last {PRICE_DAYS} days without a known stock: "
                "no order is computed; give it with --on-hand FILE",
                f"{unknown:,} 个近 {PRICE_DAYS} 天有销售的商品不知道库存，没有计算订货量；"
                "请用 --on-hand 给出库存表",
            )
        )
    if unsold:
        notes.append(
            Note(
                f"{quantity(len(unsold), 'item')} of the list of stock without sales: slow movers",
                f"库存表中有 {len(unsold):,} 个商品从未有销售记录；有库存的列在“滞销积压”中",
            )
        )
    if losing:
        notes.append(
            Note(
                f"{quantity(losing, 'item')} sold in {PRICE_DAYS} days for less than the cost with losses",
                f"{losing:,} 个近 {PRICE_DAYS} 天有销售的商品进价（含损耗）高于售价",
            )
        )
    if unpriced:
        notes.append(
            Note(
                f"{quantity(unpriced, 'item')} without a known price or cost: ordered for the service "
                f"level {rules.service_level:g} instead; give price and unit_cost in --on-hand FILE",
                f"{unpriced:,} 个商品缺少售价或进价，改按服务水平 {rules.service_level:g} 订货；"
                "请在库存表中补上“售价”和“进价”",
            )
        )
    return notes
