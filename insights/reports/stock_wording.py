"""Words beside the numbers of stock advice, for a buyer, in Chinese."""

from collections.abc import Sequence

from insights.stock.advice import ItemAdvice, StockAdvice
from insights.stock.inventory import PRICE_DAYS
from insights.stock.stocked_item import HOLDING_RATE


def order_state(item: ItemAdvice) -> str:
    """Return what to do about an item, in a word."""
    if item.order is None:
        return "库存未知"
    if item.is_urgent:
        return "立即订货"
    return "本期订货" if item.order else "不用订"


def order_remarks(item: ItemAdvice) -> Sequence[str]:
    """Return what to know about the order of an item."""
    stocked, order = item.stocked, item.order or 0.0
    is_ordered = order > 0
    loses = (
        stocked.price is not None
        and stocked.sellable_cost is not None
        and stocked.price <= stocked.sellable_cost
    )
    missing = (item.quantity.order_up_to - stocked.position) / (1 - stocked.loss_rate)
    is_short_lived = stocked.shelf_life_days is not None and stocked.shelf_life_days <= stocked.lead_time_days
    remarks = (
        ("已缺货", stocked.on_hand == 0),
        ("售价不高于进价（含损耗）", loses),
        ("受保质期限制", item.quantity.is_limited_by_shelf_life and is_ordered),
        ("现有库存到货时已过保质期，不抵扣", is_short_lived and stocked.position > 0),
        (
            "到货前断货的部分不补订",
            is_ordered and item.stock_out.chance > 0.5 and item.quantity.needed < missing,
        ),
        ("凑整到箱规或起订量", is_ordered and order > item.quantity.needed + stocked.pack_size),
    )
    return [text for text, applies in remarks if applies]


def explanation(advice: StockAdvice) -> Sequence[tuple[str, str]]:
    """Return how the advice was made: what it assumes, and what was wrong with the input."""
    rules = advice.rules
    level = (
        "按毛利计算（报童模型）：少备一件损失毛利；多备一件，会变质的损失进价减残值，不会变质的损失到下次订货的"
        f"资金占用，每年为进价的 {HOLDING_RATE:.0%}；缺少售价或进价的商品按 {rules.service_level:g}"
        if rules.by_margin
        else f"{rules.service_level:g}：这么多比例的订货周期不缺货；"
        "一个周期内就变质的商品不超过按毛利合算的比例"
    )
    return [
        ("销售数据截至", advice.origin.isoformat()),
        ("订货日", f"{advice.today.isoformat()} 开门前；到货天数后开门前到货"),
        ("到货天数", f"{rules.lead_time_days} 天（库存表中没有写明的商品）"),
        ("订货周期", f"每 {rules.review_days} 天订一次；一次订货要卖到下次订货到货为止"),
        ("不缺货概率", level),
        ("订货点", "现有库存加在途低于它，就等不到下次订货日，应立即订货"),
        (
            "目标库存",
            "到下次订货到货为止够卖的数量；由模拟的销售过程先逐条求和、再取分位数得到，不是每日分位数相加",
        ),
        (
            "建议订货量",
            "目标库存减现有库存和在途，加预计损耗，向上凑到箱规和起订量；到货前断货的不补订，届时变质的库存不抵扣",
        ),
        ("预计缺货日期", "一半的模拟中库存在这一天卖完；在途按到货天数之后到货计算"),
        ("不订货预计少卖", "今天不订货，到下次订货到货之前平均少卖的金额（售价）"),
        (
            "卖不完的数量",
            f"销售情况好（第 90 百分位）时 {rules.overstock_days} 天也卖不完的库存；资金按进价计算",
        ),
        ("售价和进价", f"近 {PRICE_DAYS} 天按销量加权平均，没有则取最后一次；库存表中写明的优先"),
        ("库存", "库存表优先，否则取销售表中最后一次的库存；未知的不计算订货量"),
        ("需求", "按实际销售预测；缺货时卖不出去的需求看不到，经常缺货的商品会被低估"),
        *(("注意", note.chinese) for note in advice.notes),
    ]
