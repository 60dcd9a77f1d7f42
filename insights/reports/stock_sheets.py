"""Stock advice as sheets for a buyer, in Chinese."""

from collections.abc import Sequence

from insights.reports.spreadsheet import Cell, Column, Sheet
from insights.reports.stock_wording import explanation, order_remarks, order_state
from insights.stock.advice import ItemAdvice, StockAdvice
from insights.stock.stocked_item import StockedItem

_ITEM_COLUMNS = (Column("商品编号", width=18), Column("商品名称", width=28), Column("类目", width=14))


def stock_sheets(advice: StockAdvice) -> Sequence[Sheet]:
    """Return the sheets of a workbook; the first has all items that sell."""
    return (
        Sheet("订货建议", _ORDER_COLUMNS, [_order_row(item) for item in _by_order(advice)]),
        Sheet("预计缺货", _STOCK_OUT_COLUMNS, [_stock_out_row(item) for item in advice.stock_outs]),
        Sheet("滞销积压", _OVERSTOCK_COLUMNS, _overstock_rows(advice)),
        Sheet("说明", (Column("项目", width=22), Column("内容", width=110)), explanation(advice)),
    )


_ORDER_COLUMNS = (
    *_ITEM_COLUMNS,
    Column("建议", width=10),
    Column("建议订货量", "quantity", 11),
    Column("订货金额（元）", "money", 12),
    Column("不订货预计少卖（元）", "money", 13),
    Column("现有库存", "quantity"),
    Column("在途", "quantity"),
    Column("预计缺货日期", "date", 12),
    Column("到货前缺货概率", "share"),
    Column("到货天数", "days"),
    Column("到货前预计销量", "quantity", 11),
    Column("下次到货前预计销量", "quantity", 12),
    Column("订货点", "quantity"),
    Column("目标库存", "quantity"),
    Column("不缺货概率", "share"),
    Column("箱规", "quantity", 8),
    Column("起订量", "quantity", 8),
    Column("进价（元）", "price"),
    Column("售价（元）", "price"),
    Column("损耗率", "share", 8),
    Column("保质期（天）", "days"),
    Column("备注", width=40),
)
_STOCK_OUT_COLUMNS = (
    *_ITEM_COLUMNS,
    Column("现有库存", "quantity"),
    Column("在途", "quantity"),
    Column("预计缺货日期", "date", 12),
    Column("到货前缺货概率", "share", 12),
    Column("今天订货的到货天数", "days", 12),
    Column("到货前预计少卖（件）", "quantity", 12),
    Column("到货前预计少卖（元）", "money", 12),
    Column("建议订货量", "quantity", 11),
)
_OVERSTOCK_COLUMNS = (
    *_ITEM_COLUMNS,
    Column("情况", width=12),
    Column("现有库存", "quantity"),
    Column("可卖天数", "days"),
    Column("卖不完的数量", "quantity", 12),
    Column("占用资金（元）", "money", 12),
    Column("多少天没有销售", "days", 12),
)


def _by_order(advice: StockAdvice) -> Sequence[ItemAdvice]:
    return sorted(advice.items, key=lambda item: not item.order)


def _item_cells(stocked: StockedItem) -> tuple[Cell, ...]:
    return stocked.item.id, stocked.item.name, stocked.item.category


def _order_row(item: ItemAdvice) -> Sequence[Cell]:
    stocked, quantity = item.stocked, item.quantity
    is_known = stocked.on_hand is not None
    return (
        *_item_cells(stocked),
        order_state(item),
        item.order,
        item.order_money,
        item.money_at_risk,
        stocked.on_hand,
        stocked.on_order or None,
        item.stock_out_date,
        item.stock_out.chance if is_known else None,
        stocked.lead_time_days,
        item.lead_time_demand,
        item.cycle_demand,
        quantity.reorder_point,
        quantity.order_up_to,
        quantity.level,
        stocked.pack_size,
        stocked.min_order or None,
        stocked.unit_cost,
        stocked.price,
        stocked.loss_rate or None,
        stocked.shelf_life_days,
        "；".join(order_remarks(item)),
    )


def _stock_out_row(item: ItemAdvice) -> Sequence[Cell]:
    return (
        *_item_cells(item.stocked),
        item.stocked.on_hand,
        item.stocked.on_order or None,
        item.stock_out_date,
        item.stock_out.chance,
        item.stocked.lead_time_days,
        item.stock_out.lost,
        item.lost_money,
        item.order,
    )


def _overstock_rows(advice: StockAdvice) -> Sequence[Sequence[Cell]]:
    unsold = [
        (
            *_item_cells(one.stocked),
            "从未销售" if one.stocked.days_since_sale is None else "近 28 天无销售",
            one.stocked.on_hand,
            None,
            one.overstock.pieces,
            one.overstock.money,
            one.stocked.days_since_sale,
        )
        for one in advice.unsold
    ]
    slow = [
        (
            *_item_cells(item.stocked),
            f"{advice.rules.overstock_days} 天卖不完",
            item.stocked.on_hand,
            item.overstock.cover_days,
            item.overstock.pieces,
            item.overstock.money,
            item.stocked.days_since_sale,
        )
        for item in advice.overstocked
    ]
    return [*unsold, *slow]
