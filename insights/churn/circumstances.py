"""Circumstances of customers that may tell whether they buy again, each with its words and figures.

None names a product or quotes a query.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.activity_features import (
    MONTH_DAYS,
    WEEK_DAYS,
    activity_of_customers,
    days_since_visit,
    views_since_order,
    visit_days,
)
from insights.churn.carts import days_since_cart_left
from insights.churn.gaps import Gaps, order_gaps
from insights.customers.activity import FAVORITE, SEARCH, Activity
from insights.customers.orders import Orders, order_days
from shangsou.text.plurals import quantity

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

# What "longer", "less" and "often" mean to people: twice as long, half as much, three times.
_TWICE, _HALF, _OFTEN = 2.0, 0.5, 3
# A cart of a fortnight ago is one that a shopper still knows of.
_CART_DAYS = 14
_MANY_VIEWS = 10
_MIN_VISITS = 4


class Figure(float):
    """A number that a format may ask for in words.

    `{:day}` is `1 day` or `20 days`; `{:ago}` and `{:天前}` tell how long ago something was, of days.
    """

    def __format__(self, spec: str) -> str:
        """Return words where the format asks for them, else the number."""
        if spec == "ago":
            return f"{quantity(round(self), 'day')} ago" if round(self) else "on the last day"
        if spec == "天前":
            return f"{round(self)} 天前" if round(self) else "当天"
        return quantity(round(self), spec) if spec.isalpha() else super().__format__(spec)


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Something that holds for some customers."""

    code: str
    holds: Flags
    """Shape (customers,)."""
    english: str
    """A format of the figures, as `chinese`; see `Figure`."""
    chinese: str
    figures: tuple[Numbers, ...]
    """Of each customer; shape (customers,) each."""


def circumstances(orders: Orders, activity: Activity | None = None) -> list[Circumstance]:
    """Return all circumstances of customers as of the last day of the orders; the same ones in any case."""
    found = _of_orders(orders, order_gaps(orders))
    return found if activity is None else found + _of_activity(orders, activity)


def _of_orders(orders: Orders, gaps: Gaps) -> list[Circumstance]:
    has_gap, has_habit = gaps.count > 0, gaps.count > 1
    number = (gaps.count + 1).astype(np.float64)
    span, last_amount, mean_before = _spans_and_amounts(orders)
    return [
        Circumstance(
            "silent",
            has_habit & (gaps.silence > _TWICE * gaps.usual),
            "silent for {:day}, usually {:.0f}",
            "已 {:.0f} 天没下单，平时约 {:.0f} 天一单",
            (gaps.silence, gaps.usual),
        ),
        Circumstance(
            "silent-after-two",
            has_gap & ~has_habit & (gaps.silence > _TWICE * gaps.usual),
            "silent for {:day}, after two orders {:day} apart",
            "已 {:.0f} 天没下单，之前两单隔了 {:.0f} 天",
            (gaps.silence, gaps.usual),
        ),
        Circumstance(
            "in-rhythm",
            has_habit & (gaps.silence <= gaps.usual),
            "ordered {:ago}, usually every {:.0f}",
            "{:天前}刚下过单，平时约 {:.0f} 天一单",
            (gaps.silence, gaps.usual),
        ),
        Circumstance(
            "one-order",
            ~has_gap & (gaps.silence > gaps.usual),
            "one order only, {:ago}",
            "只下过一单，在 {:天前}",
            (gaps.silence,),
        ),
        Circumstance(
            "many-orders",
            gaps.count >= _OFTEN,
            "ordered on {:day} within {:.0f}",
            "{1:.0f} 天里有 {0:.0f} 天下过单",
            (number, span),
        ),
        Circumstance(
            "slower",
            (gaps.count >= _OFTEN) & (gaps.last > _TWICE * gaps.usual),
            "the last two orders were {:day} apart, usually {:.0f}",
            "最近两单隔了 {:.0f} 天，平时约 {:.0f} 天一单",
            (gaps.last, gaps.usual),
        ),
        Circumstance(
            "smaller-order",
            last_amount < _HALF * mean_before,
            "last order {:.0f}, before {:.0f} on average",
            "最近一单 {:.0f}，以前平均 {:.0f}",
            (last_amount, mean_before),
        ),
    ]


def _of_activity(orders: Orders, activity: Activity) -> list[Circumstance]:
    known = activity_of_customers(orders, activity)
    size, last_day = len(orders.customers), orders.last_day.toordinal()
    cart_ago = days_since_cart_left(known, last_day, size)
    search_ago, favorite_ago = (_days_since(known, kind, last_day, size) for kind in (SEARCH, FAVORITE))
    unseen = days_since_visit(orders, known)
    visits, before = visit_days(known, last_day, size)
    views = views_since_order(orders, known)
    return [
        Circumstance(
            "cart-left",
            cart_ago <= _CART_DAYS,
            "cart left {:ago}",
            "{:天前}加购，还没买",
            (cart_ago,),
        ),
        Circumstance(
            "searched",
            search_ago < WEEK_DAYS,
            "searched {:ago}",
            "{:天前}搜索过商品",
            (search_ago,),
        ),
        Circumstance(
            "favorite",
            favorite_ago < MONTH_DAYS,
            "marked a favourite {:ago}",
            "{:天前}收藏过商品",
            (favorite_ago,),
        ),
        Circumstance(
            "looking",
            (views >= _MANY_VIEWS) & (unseen < WEEK_DAYS),
            "looked at products {:time} since the last order",
            "上次下单后看了 {:.0f} 次商品，还没买",
            (views,),
        ),
        Circumstance(
            "unseen",
            unseen >= MONTH_DAYS,
            "not seen for {:day}",
            "{:.0f} 天没来过",
            (unseen,),
        ),
        Circumstance(
            "fewer-visits",
            (before >= _MIN_VISITS) & (visits <= _HALF * before) & (unseen < MONTH_DAYS),
            "came on {:.0f} of the last 28 days, on {:.0f} of the 28 before",
            "近 28 天来过 {:.0f} 天，再前 28 天来过 {:.0f} 天",
            (visits, before),
        ),
    ]


def _spans_and_amounts(orders: Orders) -> tuple[Numbers, Numbers, Numbers]:
    """Return days from the first order until now, the last amount, and the mean of those before it."""
    days, size = order_days(orders), len(orders.customers)
    first, last_amount = np.full(size, np.inf), np.full(size, np.nan)
    np.minimum.at(first, days.customer, days.day)
    last_amount[days.customer] = days.amount  # Sorted by day: the last one stays.
    is_known = np.isfinite(days.amount)
    total = np.bincount(days.customer[is_known], days.amount[is_known], size)
    count = np.bincount(days.customer[is_known], minlength=size)
    has_more = (count > 1) & np.isfinite(last_amount)
    before = np.where(has_more, (total - np.nan_to_num(last_amount)) / np.maximum(count - 1, 1), np.nan)
    return orders.last_day.toordinal() - first + 1, last_amount, before


def _days_since(known: Activity, kind: int, last_day: int, size: int) -> Numbers:
    latest = np.full(size, -np.inf)
    is_kind = known.kind == kind
    np.maximum.at(latest, known.customer[is_kind], known.day[is_kind])
    return np.asarray(last_day - latest)
