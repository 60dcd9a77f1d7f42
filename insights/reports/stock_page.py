"""Stock advice as a page for a buyer: one HTML file, in Chinese."""

from datetime import date
from pathlib import Path

from insights.reports.stock_wording import explanation, order_remarks, order_state
from insights.stock.advice import StockAdvice
from shangsou.report_pages.environment import page_environment

# Rows of each table: what a buyer reads through; the spreadsheet has all.
_SHOWN = 100
_WEEKDAYS = "一二三四五六日"


def stock_page(advice: StockAdvice) -> str:
    """Return the advice as an HTML document without links to anything else."""
    slow = [item.overstock for item in advice.overstocked] + [one.overstock for one in advice.unsold]
    environment = page_environment(Path(__file__).parent)
    environment.filters |= {"amount": _amount, "money": _money, "day": _day, "weekday": _weekday}
    return environment.get_template("stock.html").render(
        advice=advice,
        orders=advice.orders,
        stock_outs=advice.stock_outs,
        overstocked=advice.overstocked,
        shown=_SHOWN,
        order_money=sum(item.order_money or 0.0 for item in advice.orders),
        money_at_risk=sum(item.money_at_risk or 0.0 for item in advice.orders),
        lost_money=sum(item.lost_money or 0.0 for item in advice.stock_outs),
        slow_money=sum(stock.money or 0.0 for stock in slow),
        unknown=sum(item.order is None for item in advice.items),
        explanation=explanation(advice),
        state=order_state,
        remarks=order_remarks,
    )


def _amount(value: float | None) -> str:
    """Return pieces, or a weight with one decimal."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if abs(value - round(value)) < 0.05 or abs(value) >= 1000 else f"{value:,.1f}"


def _money(value: float | None) -> str:
    return "—" if value is None else f"¥{value:,.0f}"


def _day(value: date | None) -> str:
    return "—" if value is None else f"{value.month}月{value.day}日"


def _weekday(value: date | None) -> str:
    return "" if value is None else f" 周{_WEEKDAYS[value.weekday()]}"
