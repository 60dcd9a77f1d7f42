"""Parse prices as people write them."""

import re
from decimal import ROUND_HALF_UP, Decimal

from indexer.cell_vocabulary import vocabulary
from indexer.currencies import YUAN, foreign_currency, without_currency
from indexer.number_texts import NUMBER, PLAIN_NUMBER, UNIT, Number, fold, unit_value

# A price above a hundred million yuan is an error, and would not fit the number fields of Elasticsearch.
MAX_PRICE_FEN = 10**10
_PLAIN_PRICE = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,2}))?")
_SPACED = re.compile(r"[0-9]\s+[0-9]")
_GROUPED = re.compile(r"(?<![0-9 ])[0-9]{1,3}(?:\s[0-9]{3})+(?:[.]|(?!\s*[0-9]))")
_PRICE = re.compile(
    r"(?:[\u4e00-\u9fff]{1,4}:|约|仅|仅售|现价|原价|售价|价格|起价|券后价?|到手价?|折后价?|秒杀价?|促销价?|活动价|特价|低至|每件)?"
    rf"{YUAN}?:?(?P<sign>[-−])?{YUAN}?"
    rf"(?P<number>{NUMBER})(?P<unit>{UNIT})(?:元|块|圆)?"
    rf"(?:[-~–—至到]{YUAN}?(?P<upper>{NUMBER})(?P<upper_unit>{UNIT}))?"
    rf"(?:元|块|圆|块钱|元整)?{YUAN}?(?:起|起售|左右|以上|包邮|\+)?(?:/[^/\d]{{1,4}})?"
)
_CHINESE_NUMBER = re.compile("[零〇一二两三四五六七八九十百千万]+")
_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}


def read_price(text: str, currency: str = "CNY") -> Number:
    """Parse a price into fen, never negative.

    `¥1,299.00`, `1299元`, `12.9万`, `一百九十九`, full-width digits; of a range `99-199` the lower end.

    Parameters
    ----------
    text
        As the catalog writes it.
    currency
        The code of the shop's money; a price in another is none.
    """
    # Feeds write the currency behind each price.
    fen = plain_price(text.removesuffix(currency).rstrip() if text.endswith(f" {currency}") else text)
    if fen is not None:
        return Number(fen)
    normalized = fold(text)
    if normalized in vocabulary("free"):
        return Number(0, "is not written as a plain number")
    foreign = foreign_currency(normalized, currency)
    if foreign:
        return Number(None, foreign)
    normalized = without_currency(normalized, currency)
    # Two prices that only a blank sets apart are none.
    are_several = _SPACED.search(text) and not _GROUPED.search(text)
    match = None if are_several else _PRICE.fullmatch(_arabic(normalized))
    return _checked_price(text, match)


def _checked_price(text: str, match: re.Match[str] | None) -> Number:
    yuan = _lower_end(match) if match else None
    if match is None or yuan is None:
        return Number(None, "is no price")
    if match["sign"] and yuan:
        return Number(None, "is negative")
    fen = int((yuan * 100).to_integral_value(ROUND_HALF_UP))
    if fen > MAX_PRICE_FEN:
        return Number(None, "is too high to be a price")
    return Number(fen, _price_oddity(text, yuan * 100 != fen, bool(match["upper"])))


def plain_price(text: str) -> int | None:
    """Return a price as a program writes it, such as `1299.00`, in fen; None for any other text."""
    plain = _PLAIN_PRICE.fullmatch(text)
    return int(plain[1]) * 100 + int((plain[2] or "").ljust(2, "0")) if plain else None


def _arabic(text: str) -> str:
    """Return a price in Chinese numerals in digits, or the text where it is none."""
    match = _CHINESE_NUMBER.match(text)
    if not match or any(char.isdecimal() for char in text):
        return text
    total = section = digit = 0
    for char in match[0]:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        unit = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}[char]
        if unit == 10_000:
            total, section, digit = (total + section + digit) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    if digit and match[0][-2:-1] in ("百", "千", "万"):
        return text  # 两千三 is 2,300 to some and 2,003 to nobody
    return f"{total + section + digit}{text[match.end() :]}"


def _lower_end(match: re.Match[str]) -> Decimal | None:
    """Return the price, or the lower end of a range; None if the ends are in the wrong order."""
    number, unit, upper, upper_unit = match.group("number", "unit", "upper", "upper_unit")
    if upper is None:
        return unit_value(number, unit)
    if not unit and upper_unit and unit_value(number, "") < unit_value(upper, ""):
        unit = upper_unit  # 1-2万 is from 10,000.
    lower = unit_value(number, unit)
    return lower if lower <= unit_value(upper, upper_unit) else None


def _price_oddity(text: str, rounded: bool, is_range: bool) -> str:
    if is_range:
        return "is a range"
    if rounded:
        return "has parts of a fen"
    # 1299.000 is a program's notation.
    return "" if PLAIN_NUMBER.fullmatch(text.strip()) else "is not written as a plain number"
