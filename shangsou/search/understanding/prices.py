"""Prices in a query, with or without a unit: `1000以下手机`, `￥1000以内`, `1.5k以下`, `预算3000`."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from shangsou.engines.query import Filters
from shangsou.search.understanding.bare_prices import may_be_price, may_be_price_range
from shangsou.search.understanding.limits import Limit
from shangsou.search.understanding.money import Money, find_money
from shangsou.text.facts import FactTable

Relation = Literal["most", "least", "about"]

# `100元左右` is from 80 to 120: what shops show for it, by the usual fifth to either side.
_ABOUT = Decimal("0.2")
_HEDGE = r"(?:(?:大概|大约|差不多|控制在?|(?<!预)约|(?<!现)在)\s?)?"
_PRICE_WORD = r"(?:(?:价格|价位|价钱|售价|单价|预算)\s?[在是为:]?\s?)"
_IN_FRONT = re.compile(rf"(?P<word>{_PRICE_WORD})?{_HEDGE}$")
_BELOW = r"(?:低于|小于|少于|不超过|不高于|不到|最多|最高|[<≤]=?|\b(?:under|below|less than))"
_ABOVE = r"(?:高于|大于|多于|超过|不低于|不少于|最低|至少|[>≥]=?|\b(?:over|above|more than))"
_BELOW_IN_FRONT = re.compile(rf"(?P<word>{_PRICE_WORD})?{_BELOW}\s?$")
_ABOVE_IN_FRONT = re.compile(rf"(?P<word>{_PRICE_WORD})?{_ABOVE}\s?$")
_BEHIND = re.compile(r"\s?(?:(?P<most>及?以下|以内|之内|封顶)|(?P<least>及?以上|之上)|(?P<about>左右|上下))")
# Without a unit these are parts of names, as `4分内螺纹` and `兄弟5350上下辊`.
_BEHIND_MARKED = re.compile(r"\s?(?:(?P<most>内)|(?P<least>起))")
_BUDGET_BEHIND = re.compile(r"\s?的?预算(?=\s|的|$)")
_TO = re.compile(r"\s?[-~—–到至]\s?")
_AFTER_RANGE = re.compile(r"\s?(?:之间|以内|左右|内)")
_REST = re.compile(r"(?:\s?的?(?:价格|价位|预算)(?=\s|的|$))?\s?的?")
# What stands in front of an amount and belongs to it is shorter.
_REACH = 12
# Numbers in a query that are looked at.
_MAX_AMOUNTS = 40


class _Context(NamedTuple):
    """What stands around an amount."""

    start: int
    end: int
    relation: Relation | None
    has_price_word: bool


def find_prices(text: str, table: FactTable) -> Iterator[Limit]:
    """Yield the prices of a normalized text; of those that overlap, the first counts.

    A number without a unit is a price only where nothing else is counted or measured, in the units of the
    table.
    """
    amounts = list(find_money(text))[:_MAX_AMOUNTS]
    for low, high in pairwise(amounts):
        connector = _TO.fullmatch(text, low.end, high.start)
        if connector:
            yield from _find_range(text, low, high, connector[0].strip(), table)
    for money in amounts:
        yield from _find_price(text, money, table)


def _find_range(text: str, low: Money, high: Money, connector: str, table: FactTable) -> Iterator[Limit]:
    prices = Money(
        low.start, high.end, _share_suffix(low, high), high.high, is_marked=False, suffix=high.suffix
    )
    if prices.low > prices.high:
        return
    in_front = _IN_FRONT.search(text, max(0, low.start - _REACH), low.start)
    start = in_front.start() if in_front else low.start
    behind = _AFTER_RANGE.match(text, high.end)
    end = behind.end() if behind else high.end
    is_marked = low.is_marked or high.is_marked or bool(in_front and in_front["word"])
    if is_marked or may_be_price_range(text, prices, end, connector, table):
        yield _limit(text, start, end, prices.low, prices.high)


def _share_suffix(low: Money, high: Money) -> Decimal:
    """Return the lower end of a range: in `2到3万元` and `1-2k` the suffix is that of both numbers."""
    factor = {"千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000}.get(high.suffix, 1)
    is_shared = not low.suffix and low.low < high.low / factor
    return low.low * factor if is_shared else low.low


def _find_price(text: str, money: Money, table: FactTable) -> Iterator[Limit]:
    context = _read_context(text, money)
    is_price = (
        money.is_marked
        or context.has_price_word
        or may_be_price(text, money, context.relation, context.start, context.end, table)
    )
    if not is_price or (context.relation is None and not money.is_vague):
        return
    low: Decimal | None = money.low
    high: Decimal | None = money.high
    match context.relation:
        case "most":
            low = None
        case "least":
            high = None
        case "about" if not money.is_vague:
            low, high = money.low * (1 - _ABOUT), money.high * (1 + _ABOUT)
    yield _limit(text, context.start, context.end, low, high)


def _read_context(text: str, money: Money) -> _Context:
    """Return what an amount limits the price to, and where the words for it begin and end."""
    reach = max(0, money.start - _REACH)
    behind = _BEHIND.match(text, money.end)
    if behind is None and money.is_marked:
        behind = _BEHIND_MARKED.match(text, money.end)
    in_front = _IN_FRONT.search(text, reach, money.start)
    word = (in_front["word"] or "") if in_front else ""
    start = in_front.start() if in_front else money.start
    if behind is not None:
        return _Context(start, behind.end(), _relation(behind), bool(word))
    for relation, pattern in (("most", _BELOW_IN_FRONT), ("least", _ABOVE_IN_FRONT)):
        match = pattern.search(text, reach, money.start)
        if match:
            return _Context(match.start(), money.end, relation, bool(match["word"]))  # type: ignore[arg-type]
    budget = _BUDGET_BEHIND.match(text, money.end)
    if budget or word.startswith("预算"):
        return _Context(start, budget.end() if budget else money.end, "most", has_price_word=True)
    return _Context(start, money.end, "about" if word else None, bool(word))


def _relation(match: re.Match[str]) -> Relation:
    relations: Sequence[Relation] = ("most", "least", "about")
    return next(name for name in relations if match.groupdict().get(name))


def _limit(text: str, start: int, end: int, low: Decimal | None, high: Decimal | None) -> Limit:
    rest = _REST.match(text, end)
    filters = Filters(price_from_fen=_to_fen(low), price_to_fen=_to_fen(high))
    return Limit(start, rest.end() if rest else end, "price", _format_range(low, high), filters)


def _format_range(low: Decimal | None, high: Decimal | None) -> str:
    amounts = ["" if yuan is None else f"{yuan.normalize():f}" for yuan in (low, high)]
    if low is None:
        return f"{amounts[1]} 元以下"
    return f"{amounts[0]} 元以上" if high is None else "–".join(amounts) + " 元"


def _to_fen(yuan: Decimal | None) -> int | None:
    return None if yuan is None else int(yuan * 100)
