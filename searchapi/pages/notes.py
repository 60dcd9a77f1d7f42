"""The notes of a page of results about its search; `static/results.js` says the same."""

import re
import unicodedata
from dataclasses import replace
from typing import NamedTuple

from searchapi.pages.shop_state import ActiveFilter, ShopState, active_filters
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.response_json import SearchJson, StepJson

_CONSTRAINT_NAMES = {
    "price": "价格",
    "without": "不含",
    "phrase": "包含",
    "price_level": "价位",
    "sort": "排序",
}
_FACT_NAMES = {
    "brand": "品牌",
    "code": "型号",
    "colour": "颜色",
    "size": "尺码",
    "amount": "规格",
    "audience": "人群",
    "attribute": "特征",
}
# Words, letter case and width are no news to a shopper, limits are chips, corrections have a note of their
# own, and other words that were searched for are for whoever looks into the search.
_QUIET_STEPS = frozenset({"segment", "constraints", "alternatives", "pinyin", "spelling", "synonyms"})
_SPACE = re.compile(r"\s+")


class CorrectionNote(NamedTuple):
    """What was searched for instead of what was typed, or what may have been meant."""

    is_applied: bool
    query: str
    link: ShopState
    """Back to what was typed, or on to what may have been meant."""


def heading(state: ShopState) -> str:
    """Return the heading of a state."""
    if state.query:
        return state.query
    if len(state.categories) == 1:
        return state.categories[0].split(CATEGORY_SEPARATOR)[-1]
    return "筛选结果" if active_filters(state) else "大家都在买"


def limits(state: ShopState, answer: SearchJson | None) -> list[ActiveFilter]:
    """Return the limits and the facts that stand in the query, known once it is answered, and the filters."""
    understood = answer["understood"] if answer else None
    written = [
        ActiveFilter(
            _CONSTRAINT_NAMES[constraint["kind"]],
            constraint["label"],
            replace(state, query=constraint["rest"], page=1),
        )
        for constraint in (understood["constraints"] if understood else ())
    ]
    stated = [
        ActiveFilter(
            _FACT_NAMES[fact["kind"]],
            fact["text"],
            replace(state, ignored=(*state.ignored, fact["id"]), page=1),
        )
        for fact in (understood["facts"] if understood else ())
        # A fact that nothing has and that keeps nothing out is no news.
        if fact["hard"] or fact["held_by"] > 0
    ]
    return [*written, *stated, *active_filters(state)]


def correction(state: ShopState, answer: SearchJson) -> CorrectionNote | None:
    """Return what is to be said about a correction."""
    found = answer["correction"]
    if found is None:
        return None
    link = replace(state, correct=False) if found["applied"] else replace(state, query=found["query"])
    return CorrectionNote(found["applied"], found["query"], replace(link, page=1))


def notes(state: ShopState, answer: SearchJson) -> list[tuple[str, str]]:
    """Return what the query was understood as and which parts failed: an icon and a line each."""
    steps = answer["understood"]["steps"]
    lines = [("search", text) for step in steps if (text := _step_text(step, state.debug))]
    if any(degradation["part"] == "encoder" for degradation in answer["degraded"]):
        lines.append(("info", "语义检索暂不可用，已按关键词显示。"))
    elif answer["degraded"]:
        lines.append(("info", "部分搜索功能暂不可用，结果可能不全。"))
    return lines


def nothing_found(state: ShopState, answer: SearchJson) -> str:
    """Return the heading of a result without products; a query is named as it was typed."""
    if not state.query:
        return "没有找到符合条件的商品"
    return f"没有找到符合条件的“{state.query}”" if limits(state, answer) else f"没有找到“{state.query}”"


def shorter_words(state: ShopState, answer: SearchJson) -> list[str]:
    """Return words of the query to search for alone: longer than a character, and within no other."""
    words = answer["understood"]["words"]
    return [
        word
        for word in words
        if len(word.strip()) > 1 and not any(word != other and word in other for other in words)
        if word != state.query
    ][:6]


def _step_text(step: StepJson, debug: bool) -> str:
    name, before, after = step["name"], step["before"], step["after"]
    if name == "truncate":
        length = re.match(r"\d+", after)
        return f"搜索词太长，只搜索了前 {length[0] if length else len(after)} 个字。"
    if name == "synonyms" and debug:
        return f"同时搜索了“{after.replace(' / ', '”“')}”"
    if name in _QUIET_STEPS or not after or _plain(before) == _plain(after):
        return ""
    return f"已将“{before}”识别为“{after}”"


def _plain(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).lower())
