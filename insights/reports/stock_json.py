"""Stock advice as plain JSON values, and as text for a terminal."""

from collections.abc import Iterator, Mapping

from insights.stock.advice import ItemAdvice, StockAdvice
from insights.stock.stocked_item import StockedItem
from shangsou.text.plurals import quantity
from shangsou.text.terminal import display_width, fit

_SHOWN = 10
_ID_WIDTH = 18
"""At least: an id is never cut, since an order is placed by it."""
_NAME_WIDTH = 28


def stock_to_json(advice: StockAdvice) -> Mapping[str, object]:
    """Return the advice as one JSON document."""
    rules = advice.rules
    return {
        "origin": advice.origin.isoformat(),
        "order_date": advice.today.isoformat(),
        "rules": {
            "lead_time_days": rules.lead_time_days,
            "review_days": rules.review_days,
            "service_level": rules.service_level,
            "newsvendor": rules.by_margin,
            "salvage_share": rules.salvage_share,
            "shelf_life_days": rules.shelf_life_days,
            "overstock_days": rules.overstock_days,
        },
        "items": [_item_to_json(item) for item in advice.items],
        "unsold": [
            {
                **_stocked_to_json(one.stocked),
                "days_since_sale": one.stocked.days_since_sale,
                "money_in_stock": _rounded(one.overstock.money),
            }
            for one in advice.unsold
        ],
        "notes": [note.english for note in advice.notes],
    }


def _stocked_to_json(stocked: StockedItem) -> dict[str, object]:
    return {
        "item": stocked.item.id,
        "name": stocked.item.name,
        "category": stocked.item.category,
        "on_hand": _rounded(stocked.on_hand),
        "on_order": _rounded(stocked.on_order),
        "unit_cost": _rounded(stocked.unit_cost),
        "price": _rounded(stocked.price),
    }


def _item_to_json(item: ItemAdvice) -> dict[str, object]:
    stocked, advised, stock_out = item.stocked, item.quantity, item.stock_out
    is_known = stocked.on_hand is not None
    return {
        **_stocked_to_json(stocked),
        "lead_time_days": stocked.lead_time_days,
        "pack_size": _rounded(stocked.pack_size),
        "min_order": _rounded(stocked.min_order),
        "loss_rate": _rounded(stocked.loss_rate),
        "shelf_life_days": stocked.shelf_life_days,
        "level": _rounded(advised.level),
        "lead_time_demand": _rounded(item.lead_time_demand),
        "cycle_demand": _rounded(item.cycle_demand),
        "reorder_point": _rounded(advised.reorder_point),
        "order_up_to": _rounded(advised.order_up_to),
        "order": _rounded(item.order),
        "is_urgent": item.is_urgent,
        "order_money": _rounded(item.order_money),
        "money_at_risk": _rounded(item.money_at_risk),
        "stock_out_date": item.stock_out_date.isoformat() if item.stock_out_date else None,
        "stock_out_chance": _rounded(stock_out.chance) if is_known else None,
        "lost_quantity": _rounded(stock_out.lost) if is_known else None,
        "lost_money": _rounded(item.lost_money),
        "cover_days": _rounded(item.overstock.cover_days) if is_known else None,
        "overstock_quantity": _rounded(item.overstock.pieces) if is_known else None,
        "overstock_money": _rounded(item.overstock.money) if is_known else None,
    }


def stock_text(advice: StockAdvice) -> str:
    """Return the advice in short: the orders with the most money at risk, and what else there is."""
    return "\n".join(_lines(advice))


def _lines(advice: StockAdvice) -> Iterator[str]:
    orders = advice.orders
    costs = [item.order_money for item in orders if item.order_money is not None]
    money = f" for {sum(costs):,.0f}" if costs else ""
    slow = len(advice.overstocked) + len(advice.unsold)
    if advice.items and all(item.order is None for item in advice.items):
        yield "No stock is known, so no order is computed; --json and --out have the levels to fill up to"
    elif not advice.items:
        yield "Nothing sold in the last 28 days, so nothing is ordered"
    else:
        yield (
            f"{quantity(len(orders), 'item')} to order on {advice.today}{money}; "
            f"below the reorder point: {sum(item.is_urgent for item in orders):,}"
        )
        yield f"may run out before an order of today arrives: {quantity(len(advice.stock_outs), 'item')}"
    yield f"stock that does not sell in {advice.rules.overstock_days} days: {quantity(slow, 'item')}"
    id_width = max([_ID_WIDTH, *(display_width(item.item.id) for item in orders[:_SHOWN])])
    if orders:
        headings = f"{'order':>10} {'in stock':>10} {'runs out':>10} {'at risk':>10}"
        yield f"\n{fit('item', id_width)} {fit('name', _NAME_WIDTH)} {headings}"
    for item in orders[:_SHOWN]:
        at_risk = "" if item.money_at_risk is None else f"{item.money_at_risk:,.0f}"
        yield (
            f"{fit(item.item.id, id_width)} {fit(item.item.name, _NAME_WIDTH)} {item.order or 0:>10,.6g} "
            f"{item.stocked.on_hand or 0:>10,.6g} {item.stock_out_date or '-'!s:>10} {at_risk:>10}"
        )
    if len(orders) > _SHOWN:
        yield f"… and {len(orders) - _SHOWN:,} more"


def _rounded(value: float | None) -> float | None:
    """Return a number with at most four decimals, and a whole one without a point: 9 pieces are not 9.0."""
    if value is None:
        return None
    rounded = round(float(value), 4)
    return int(rounded) if rounded.is_integer() else rounded
