"""Exclusions in a query: `不要蕾丝`, `不带盖`, `除了黑色以外`, `无袖除外`, `-碎花`."""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from shangsou.engines.query import Exclusion, Filters
from shangsou.search.understanding.limits import Limit
from shangsou.search.understanding.shop_words import ShopWords
from shangsou.text.negations import denials
from shangsou.text.normalize import normalize
from shangsou.text.terms import characters

_CLEAR = re.compile(r"(?:不(?:想)?要|别(?:要|给我))\s?[带有含]?|(?P<lacking>不(?:包含|[带含]))\s?|除了|去掉")
# These are as often part of a name or a sentence: what is behind them has to be something of the shop.
_DOUBTFUL = re.compile(r"(?<!有)没有\s?[带含]?|不是\s?")
# What is behind these has to be a colour, a brand or a value: 无添加 and 非转基因 are what titles say.
_PREFIX = re.compile(r"[别非无]")
# A taste or a feel, which products name as part of others: 香辣, 麻辣.
_TASTE = re.compile(r"不(?P<taste>[辣甜酸咸苦腻腥])")
_BEHIND = re.compile(
    r"的?\s?(?:(?P<clear>除外)|(?:以外|之外)的?|(?P<outside>外)(?=\s|的|$)的?|(?P<refused>(?:都|统统)?(?<!\s)不要(?=\s|$)))"
)
_EXCEPT = re.compile(r"除了?\s?$")
# Behind a word: at the start of a query it is mostly 一, mistyped.
_MINUS = re.compile(r"(?<=\s)-(?P<words>[^\s\d\-][^\s]*)")
_AND = re.compile(r"\s?(?:和|跟|与|及|或者?|、|以及|还有)\s?")
_AND_IN_FRONT = re.compile(rf"{_AND.pattern}$")
_CLOSING = re.compile(
    r"(?:的?\s?(?:以外|之外|外(?=\s|的|$)))?\s?的?(?:\s?[,，]?\s?其[他它](?:的|都可以|都行)?)?"
)
_RUN = re.compile(r"[^\s,，。、\"“”《》()（）]+")
_WHOLE = re.compile(r"(?P<words>[^\s,，、。\"“”]{1,8}?)的")
# `不要太厚` wants something; `没有人` and `没有不散的` are parts of sentences.
_WANTED = re.compile(r"[太再只那这什怎想过人不了着]")
# Also where these are no limits: whoever wants only not to have something has not said what.
_NEGATED_IN_FRONT = re.compile(r"(?:非|除了?|不要|不是|不含|不带)\s?$")
_NEGATED_BEHIND = re.compile(r"的?\s?(?:除外|以外|之外)")
# Of things that are not wanted, those are looked at.
_MAX_ITEMS = 8


def find_exclusions(text: str, shop: ShopWords) -> Iterator[Limit]:
    """Yield what a normalized text does not want.

    A word that the shop's titles, values, brands or types hold whole, as 无糖 and 免洗, is no negation.
    """
    for match in _BEHIND.finditer(text):
        yield from _find_in_front(text, match, shop)
    for pattern in (_CLEAR, _DOUBTFUL, _PREFIX):
        for match in pattern.finditer(text):
            yield from _find_behind(text, match, shop)
    for match in _TASTE.finditer(text):
        if _is_word(text, *match.span(), shop):
            closing = _CLOSING.match(text, match.end())
            yield _limit(match.start(), closing.end() if closing else match.end(), [match["taste"]])
    for match in _MINUS.finditer(text):
        unwanted = normalize(match["words"])
        if len("".join(characters(unwanted))) > 1:
            yield _limit(match.start(), match.end(), [unwanted])


def exclude(text: str) -> Exclusion:
    """Return the exclusion of a normalized text, which titles may deny as well."""
    return Exclusion(text, denials(text))


def is_negated(text: str, start: int, end: int) -> bool:
    """Return whether the words around a stretch of a text say that it is not wanted."""
    return _NEGATED_IN_FRONT.search(text[:start]) is not None or _NEGATED_BEHIND.match(text, end) is not None


def _find_behind(text: str, negation: re.Match[str], shop: ShopWords) -> Iterator[Limit]:
    """Yield the things that stand behind a negation."""
    start, end = negation.span()
    if negation.re is not _PREFIX and shop.has_name_from(text, start, end - start):
        return
    items: list[str] = []
    position = end
    while len(items) < _MAX_ITEMS:
        stop = _end_of_item(text, start, position, shop)
        item = text[position:stop].strip()
        if not _is_thing(item) or not _may_follow(text, item, stop, negation, shop):
            break
        items.append(item)
        end = stop
        joined = _AND.match(text, stop)
        if joined is None:
            break
        position = joined.end()
    if items:
        closing = _CLOSING.match(text, end)
        yield _limit(start, closing.end() if closing else end, items)


def _may_follow(text: str, item: str, stop: int, negation: re.Match[str], shop: ShopWords) -> bool:
    """Return whether a thing is what a negation is said of."""
    if negation.re is _PREFIX:
        return (
            _is_word(text, *negation.span(), shop)
            and (shop.is_value(item) or (shop.is_title_word(item) and shop.begins_with_thing(text[stop:])))
            and not shop.titles_hold(negation[0] + item)
        )
    if len(item) == 1 and not text.startswith("的", stop):
        # Single characters are mostly parts of names, as in `产后不要纹`.
        return bool(negation.groupdict().get("lacking")) and text[stop : stop + 1] in {"", " "}
    is_word = text.startswith("的", stop) and len(shop.segmenter.cut(item)) == 1
    return negation.re is _CLEAR or is_word or shop.is_known(item)


def _is_word(text: str, start: int, end: int, shop: ShopWords) -> bool:
    """Return whether a stretch of a text is a word of its own: 非 in 非黑色, but not in 非洲."""
    borders = [0, *accumulate(map(len, shop.segmenter.cut(text)))]
    return (start, end) in pairwise(borders)


def _find_in_front(text: str, exception: re.Match[str], shop: ShopWords) -> Iterator[Limit]:
    items: list[str] = []
    start = stop = exception.start()
    while len(items) < _MAX_ITEMS:
        begin = _start_of_item(text, stop, shop)
        item = text[begin:stop]
        if not _is_thing(item) or not _may_precede(item, exception, shop):
            break
        items.insert(0, item)
        start = begin
        joined = _AND_IN_FRONT.search(text[:begin])
        if joined is None:
            break
        stop = joined.start()
    opening = _EXCEPT.search(text[:start])
    if items and (opening or not exception["outside"]):
        yield _limit(opening.start() if opening else start, exception.end(), items)


def _may_precede(item: str, exception: re.Match[str], shop: ShopWords) -> bool:
    """Return whether a thing is what an exception is said of."""
    if exception["refused"]:
        return shop.is_value(item)
    return len(item) > 1 and (exception["clear"] is not None or shop.is_known(item))


def _is_thing(item: str) -> bool:
    return bool(characters(item)) and not _WANTED.match(item)


def _end_of_item(text: str, start: int, position: int, shop: ShopWords) -> int:
    """Return where the thing behind a negation ends: a value, a colour, all up to 的, or a word."""
    run = _RUN.match(text, position)
    if run is None:
        return position
    values = [position + end for begin, end in shop.values_in(run[0]) if begin == 0]
    whole = _WHOLE.match(text, position)
    if whole and not values and not _AND.search(whole["words"]):
        values = [whole.end("words")]
    for end in sorted(values, reverse=True):
        # `不要蕾丝连衣裙` does not want lace, but a dress, whatever is a value.
        if characters(text[:start] + text[end:]):
            return end
    word = shop.segmenter.cut(run[0])[0]
    end = position + len(word)
    # `非智能手机` asks for a phone.
    return end if characters(text[:start] + text[end:]) else end - len(shop.thing_at_end(word))


def _start_of_item(text: str, stop: int, shop: ShopWords) -> int:
    """Return where the thing begins that ends in front of an exception."""
    start = max((text.rfind(mark, 0, stop) for mark in " ,，。、"), default=-1) + 1
    run = text[start:stop]
    values = [begin for begin, end in shop.values_in(run) if end == len(run)]
    if values:
        return start + min(values)
    return stop - len(shop.segmenter.cut(run)[-1]) if run else stop


def _limit(start: int, end: int, items: list[str]) -> Limit:
    filters = Filters(exclusions=tuple(map(exclude, items)))
    return Limit(start, end, "without", "、".join(items), filters)
