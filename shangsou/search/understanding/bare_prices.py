"""Whether a number without a unit is a price: only where nothing else is counted, measured or numbered."""

import re
from decimal import Decimal
from functools import lru_cache

from shangsou.search.understanding.money import Money
from shangsou.text.amounts import find_amounts
from shangsou.text.facts import FactTable
from shangsou.text.patterns import any_word, longest_first

# Of 198,926 queries of shoppers, numbers below these that have no unit were sizes, ages and parts of names.
_MIN_PRICE, _MIN_APART = 100, 10
# Joined to a word, as `墙砖300-600`, a range of smaller numbers is a size.
_MIN_JOINED_RANGE = 1_000
# `2w以内` is 20,000 yuan, `30w以内` are watts.
_MAX_WATTS = 10
# Calendar years that queries name.
_YEARS = range(1990, 2040)
_MEASURED = re.compile(
    r"(?:身高|体重|年龄|[长宽高厚深]度?|直径|口径|半径|内径|外径|孔径|周长|[胸腰臀头臂腿]围|尺寸|尺码|鞋码|码数|型号|货号|编号|[功电]率"
    r"|电压|电流|容量|电池|内存|硬盘|存储|显存|色温|亮度|像素|分辨率|转速|频率|续航|焦距|度数|近视|远视|老花|目数|克重|支数|重量|[承载净]重"
    r"|面积|库存|销量|评分|评价|距离|水温|温度|温差|数量|件数|个数|页数|字数|第|no)\s?[在为是:]?\s?$"
    r"|[a-z0-9.+*/×-]$"
)
# Behind a Latin word a number is its model, as `gtx 1060以上`, unless it is as round as a price.
_LATIN_IN_FRONT = re.compile(r"[a-z](?<!\bunder)(?<!\bbelow)(?<!\bover)(?<!\babove)(?<!\bthan)\s$")
_ROUND_BEHIND_LATIN = 500
# Sums for children: `100以内加减法`.
_SUMS_BEHIND = re.compile(r"\s?的?(?:整?数|加|减|乘|除|口算|计算|算|进位|退位|混合)")
_NUMBER_GOES_ON = re.compile(r"[a-z0-9.*/×+-]|\s?[*×]")
_CHILDREN, _TALLEST = re.compile(r"童|宝宝|婴|孩|校服"), 180
_SHOES, _GREATEST_SHOE = re.compile(r"鞋|靴|码"), 50
# `2k显示器`, `3000k色温`; `20w以内充电器`.
_OTHER_SUFFIX = {
    "k": re.compile(r"屏|显示|电视|投影|视频|摄像|色温|金"),
    "w": re.compile(r"灯|充|功率|瓦|电源|喇叭|音"),
}
_ALONE_BEHIND = re.compile(r"\s|的|$")
_VAGUE_BEHIND = re.compile(r"\s|的|$|左右|上下")


def may_be_price(  # noqa: PLR0913, PLR0917 - a number, what limits it, and the units
    text: str, money: Money, relation: str | None, start: int, end: int, table: FactTable
) -> bool:
    """Return whether a number is a price, given what it limits.

    Parameters
    ----------
    text, money
        The normalized query, and the number.
    relation
        `most`, `least` or `about`; None where only the number is vague, as `1000多`.
    start, end
        Of the number with the words for the relation.
    table
        Its units are no prices.
    """
    if relation is None and not (money.is_vague and _VAGUE_BEHIND.match(text, money.end)):
        return False
    stands_apart = start == 0 or text[start - 1] == " "
    minimum = _MIN_APART if relation == "most" and stands_apart and _is_arabic(text, money) else _MIN_PRICE
    if money.low < minimum or (money.low < _MIN_PRICE and not _ALONE_BEHIND.match(text, end)):
        return False
    # 上下 and a word are mostly `上下床`, `上下辊`.
    if text[money.end : end].endswith("上下") and not _ALONE_BEHIND.match(text, end):
        return False
    return not (
        _is_year(money.low)
        or _is_something_else(text, money, table)
        or _unit(table).match(text, end)
        or _SUMS_BEHIND.match(text, end)
    )


def may_be_price_range(text: str, prices: Money, end: int, connector: str, table: FactTable) -> bool:
    """Return whether a range of numbers without a unit is one of prices: both round, and no years.

    Joined to words they are sizes and numbers of models, unless 到 or 的 says otherwise or they are large.
    """
    low, high = prices.low, prices.high
    if low < _MIN_PRICE or low >= high or low % 10 or high % 10:
        return False
    if (_is_year(low) and _is_year(high)) or _is_something_else(text, prices, table):
        return False
    if _unit(table).match(text, end):
        return False
    if prices.suffix == "w" and not _ALONE_BEHIND.match(text, end):
        return False
    is_large = low >= _MIN_JOINED_RANGE and not low % 100 and not high % 100
    is_apart_in_front = prices.start == 0 or text[prices.start - 1] == " "
    return connector == "到" or is_large or (is_apart_in_front and bool(_ALONE_BEHIND.match(text, end)))


def _is_something_else(text: str, money: Money, table: FactTable) -> bool:
    """Return whether a number belongs to a measure, a size, a model or another number."""
    before = text[: money.start]
    if _MEASURED.search(before) or _NUMBER_GOES_ON.match(text, money.end):
        return True
    if _LATIN_IN_FRONT.search(before) and money.low % _ROUND_BEHIND_LATIN:
        return True
    if money.suffix in _OTHER_SUFFIX:
        is_too_many_watts = money.suffix == "w" and money.low > _MAX_WATTS * 10_000
        return is_too_many_watts or _OTHER_SUFFIX[money.suffix].search(text) is not None
    if money.low <= _TALLEST and _CHILDREN.search(text):
        return True
    if money.low <= _GREATEST_SHOE and _SHOES.search(text):
        return True
    return any(one.start < money.end and money.start < one.end for one in find_amounts(text, table))


def _is_arabic(text: str, money: Money) -> bool:
    return text[money.start].isdecimal()


def _is_year(number: Decimal) -> bool:
    """Return whether a number is a calendar year; 2000 is as often a price."""
    return number in _YEARS and number % 100 != 0


@lru_cache(4)
def _unit(table: FactTable) -> re.Pattern[str]:
    """Return the pattern of a unit of measure behind a number; short ones begin words, as 个 and 片."""
    spellings = {spelling for measures in table.units.measures.values() for spelling in measures}
    long = [spelling for spelling in spellings if len(spelling) > 1 or spelling in "岁斤寸码瓦克匹"]
    return re.compile(rf"\s?(?:{any_word((word, '') for word in longest_first(long))})(?![a-z])")
