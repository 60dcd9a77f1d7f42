"""Alternatives in a query: `红色或者黑色`, `华为或小米手机`, `猫粮或狗粮`."""

import re
from itertools import accumulate

from shangsou.lexicon.product_types import ALTERNATIVES_SEPARATOR
from shangsou.search.understanding.shop_words import ShopWords

_OR = re.compile(r"\s?(?P<word>或者是?|或是?|还是)\s?")
# In sentences it is as often `而且还是`.
_ONLY_BETWEEN_THINGS = "还是"


def join_alternatives(text: str, shop: ShopWords) -> str:
    """Return a normalized text with 或, 或者 and 还是 between alternatives as 、.

    Where the shop has a name that holds the word, it is part of that.
    """
    matches = [match for match in _OR.finditer(text) if match.start() > 0 and match.end() < len(text)]
    if not matches:
        return text
    borders = {0, *accumulate(map(len, shop.segmenter.cut(text)))}
    pieces, position = [], 0
    for match in matches:
        # 或 is no word in 不可或缺.
        is_word = match.start("word") in borders and match.end("word") in borders
        is_alternative = (is_word and match["word"] != _ONLY_BETWEEN_THINGS) or _is_between(text, match, shop)
        if is_alternative and not shop.has_name_around(text, *match.span()):
            pieces.append(text[position : match.start()])
            position = match.end()
    return ALTERNATIVES_SEPARATOR.join([*pieces, text[position:]])


def _is_between(text: str, alternative: re.Match[str], shop: ShopWords) -> bool:
    """Return whether things that the shop knows stand on both sides."""
    things = shop.things_in(text)
    return any(end == alternative.start() for _, end in things) and any(
        start == alternative.end() for start, _ in things
    )
