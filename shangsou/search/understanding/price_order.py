"""Price levels and orders by price in a query: `便宜的手机`, `高档茶具`, `最便宜的卷纸`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from shangsou.engines.query import Sort
from shangsou.search.understanding.limits import Limit
from shangsou.search.understanding.shop_words import ShopWords
from shangsou.search.understood import PriceLevel

_LITTLE = r"(?:一?[点些])?"
# 贵 as a word of its own, and not in 富贵的, 名贵的.
_DEAR = r"(?<![富高名珍尊华金])贵"
# Shops and what is done there, and not what is sold: `平价超市`, `高端定制`.
_NO_NAME = r"(?!超市|商城|卖场|商店|药房|专卖|神器|定制)"


class _Wish(NamedTuple):
    """What shoppers say of the price without a number."""

    label: str
    pattern: re.Pattern[str]
    """Its group `word` is what titles may hold as well."""
    sort: Sort | None = None
    price_level: PriceLevel | None = None


_WISHES = (
    _Wish(
        "价格从低到高",
        re.compile(
            rf"(?:价格|价钱)?最{{1,3}}(?:便宜|廉价){_LITTLE}的?|价格最低的?|最低价的?|(?:按?价格)?[从由]低到高"
        ),
        sort="price_asc",
    ),
    _Wish(
        "价格从高到低",
        re.compile(rf"(?:价格|价钱)?最{{1,3}}(?:昂贵|贵){_LITTLE}的?|价格最高的?|(?:按?价格)?[从由]高到低"),
        sort="price_desc",
    ),
    _Wish(
        "便宜",
        re.compile(
            r"(?:价格|价钱)?(?:(?:不要|不想要|别)太|不(?:太|是很|那么)?)贵的?"
            rf"|(?:价格|价钱)?(?<!不)(?<!不要)[超又既]?(?:便宜|廉价|低价位|(?P<word>经济实惠|平价|低价|实惠(?!装))){_NO_NAME}{_LITTLE}的?"
        ),
        price_level="low",
    ),
    _Wish(
        "高档",
        re.compile(
            rf"最?(?P<word>高端|高档|上档次){_NO_NAME}{_LITTLE}的?|{_DEAR}{_LITTLE}的|{_DEAR}(?:一点|点|一些)(?!\S)"
        ),
        price_level="high",
    ),
)
_ANY = re.compile(r"[贵宜廉惠]|[平低高]价|[高上]档|高端|价格?最|到[高低]")


def find_price_order(text: str, shop: ShopWords) -> Iterator[Limit]:
    """Yield what a normalized text says of the order by price, and of the price level.

    What stands in a name or a value of the shop is a part of it. A word that titles hold, as 高档, is also
    searched for.
    """
    if not _ANY.search(text):
        return
    for label, pattern, sort, price_level in _WISHES:
        for match in pattern.finditer(text):
            word = match.groupdict().get("word")
            if shop.has_name_around(text, *match.span("word" if word else 0)):
                continue
            kept_span = match.span("word") if word and shop.is_title_word(word) else None
            yield Limit(
                *match.span(),
                "sort" if sort else "price_level",
                label,
                sort=sort,
                price_level=price_level,
                kept_span=kept_span,
            )
