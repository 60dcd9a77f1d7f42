"""Parse prices, counts and ratings as people write them."""

import re
import unicodedata
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from indexer.cell_vocabulary import vocabulary

# A price above a hundred million yuan and a count above 2^31 - 1 are errors, and would not fit the
# number fields of Elasticsearch.
MAX_PRICE_FEN = 10**10
MAX_COUNT = 2**31 - 1
MAX_RATING = 5
# Longer texts are not numbers.
_MAX_LENGTH = 64

_PLAIN_PRICE = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,2}))?")
_PLAIN_COUNT = re.compile(r"([0-9]{1,9})(?:\.0+)?")
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_SPACED = re.compile(r"[0-9]\s+[0-9]")
_GROUPED = re.compile(r"(?<![0-9 ])[0-9]{1,3}(?:\s[0-9]{3})+(?:[.]|(?!\s*[0-9]))")
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?(?:e\+?[0-9]{1,2})?|\.[0-9]+)"
_UNIT = r"(?:万|萬|千|百|w|k)?"
_YUAN = r"(?:cny|rmb|cn¥|¥|人民币|人民幣)"
_PRICE = re.compile(
    r"(?:[\u4e00-\u9fff]{1,4}:|约|仅|仅售|现价|原价|售价|价格|起价|券后价?|到手价?|折后价?|秒杀价?|促销价?|活动价|特价|低至|每件)?"
    rf"{_YUAN}?:?(?P<sign>[-−])?{_YUAN}?"
    rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT})(?:元|块|圆)?"
    rf"(?:[-~–—至到]{_YUAN}?(?P<upper>{_NUMBER})(?P<upper_unit>{_UNIT}))?"
    rf"(?:元|块|圆|块钱|元整)?{_YUAN}?(?:起|起售|左右|以上|包邮|\+)?(?:/[^/\d]{{1,4}})?"
)
_COUNT = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,5}}:?|[>≥])?(?P<sign>[-−])?(?P<number>{_NUMBER})(?P<unit>{_UNIT})\+?[\u4e00-\u9fff]{{0,6}}\+?"
)
_RATING = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]*)?)(?P<unit>分|%)?")
# Currencies by how prices name them, the longer names first. A bare `$` may be any dollar.
_CURRENCIES = {
    "USD": r"us\$|usd|美元|美金|\$",
    "HKD": r"hk\$|hkd|港币|港幣|港元",
    "TWD": r"nt\$|twd|ntd|新台币|新台幣|台币|台幣",
    "JPY": r"jp¥|jpy|日元|日圆|日円|円",
    "EUR": r"eur|欧元|€",
    "GBP": r"gbp|英镑|£",
    "KRW": r"krw|韩元|韩币|₩",
    "SGD": r"s\$|sgd|新加坡元|新币",
    "THB": r"thb|泰铢|฿",
    "MYR": r"myr|rm(?!b)|马币|林吉特",
    "VND": r"vnd|越南盾|₫",
    "PHP": r"php|比索|₱",
    "AUD": r"au\$|a\$|aud|澳元",
    "CAD": r"ca\$|c\$|cad|加元",
    "RUB": r"rub|卢布|₽",
    "INR": r"inr|卢比|₹",
    "MOP": r"mop\$?|澳门元|澳門幣",
    "CNY": _YUAN,
}
_CURRENCY = re.compile(
    "|".join(
        f"(?P<{code}>{names})"
        for code, names in sorted(_CURRENCIES.items(), key=lambda item: item[0] == "USD")
    )
)
_CHINESE_NUMBER = re.compile("[零〇一二两三四五六七八九十百千万]+")
_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_UNITS = {"": 1, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "萬": 10_000, "w": 10_000}


class Number(NamedTuple):
    """A parsed number, with the issue found in its text; None if there is no number."""

    value: int | None
    oddity: str = ""


class Rating(NamedTuple):
    """A parsed rating, with the issue found in its text; None if there is no rating."""

    value: float | None
    oddity: str = ""


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
    fen = plain_price(text)
    if fen is not None:
        return Number(fen)
    normalized = _fold(text)
    if normalized in vocabulary("free"):
        return Number(0, "is not written as a plain number")
    foreign = _foreign(normalized, currency)
    if foreign:
        return Number(None, foreign)
    if currency in _CURRENCIES and currency != "CNY":
        normalized = re.sub(_CURRENCIES[currency], "", normalized)
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


def currency_of(text: str) -> str:
    """Return the code of the currency that a text names, empty for none that is known."""
    match = _CURRENCY.search(_fold(text))
    return match.lastgroup or "" if match else ""


def _foreign(normalized: str, currency: str) -> str:
    """Return what is wrong with the currency of a price, empty if it is the shop's or none is named."""
    match = _CURRENCY.search(normalized)
    if match is None or match.lastgroup == currency:
        return ""
    if match[0] == "$" and currency in ("HKD", "TWD", "SGD", "AUD", "CAD", "MOP"):
        return ""
    if match.lastgroup == "CNY" and match[0] == "¥" and currency == "JPY":
        return ""
    name = "$" if match[0] == "$" else match.lastgroup
    return f"is in {name}, not in yuan" if currency == "CNY" else f"is in {name}, not in {currency}"


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


def read_count(text: str, maximum: int = MAX_COUNT) -> Number:
    """Parse a count such as `1.2万+` or `3651人付款` into a whole number, which may be negative."""
    plain = _PLAIN_COUNT.fullmatch(text)
    if plain:
        count = int(plain[1])
        return Number(count) if count <= maximum else Number(None, "is too large to be a count")
    match = _COUNT.fullmatch(_fold(text))
    if not match:
        return Number(None, "is no number")
    exact = _value(match["number"], match["unit"])
    count = int(exact.to_integral_value(ROUND_FLOOR))
    if count > maximum:
        return Number(None, "is too large to be a count")
    if match["sign"]:
        return Number(-count, "" if text.strip() == f"-{count}" else "is not written as a plain number")
    is_plain = _PLAIN_NUMBER.fullmatch(text.strip()) and exact == count
    return Number(count, "" if is_plain else "is not written as a plain number")


def read_stock(text: str) -> Number:
    """Parse the pieces in stock; None without an issue if the text only says that there are some."""
    if text.isdecimal():
        return read_count(text)
    word = _fold(text, spaces=True)
    if word in vocabulary("in_stock"):
        return Number(None)
    return Number(0) if word in vocabulary("out_of_stock") else read_count(text)


def read_availability(text: str) -> Number:
    """Parse whether there is any: 0 for sold out, None for available, a count where one is written.

    The oddity `can be ordered` is that of what is sold before it is there.
    """
    word = _fold(text, spaces=True).rpartition("/")[2].strip(" .!。！")
    if word in vocabulary("buyable_without_stock"):
        return Number(None, "can be ordered")
    if word in vocabulary("in_stock"):
        return Number(None)
    if word in vocabulary("out_of_stock"):
        return Number(0)
    # Camel case of schema.org, and words with more around them.
    bare = "".join(char for char in word if char.isalnum())
    if bare in vocabulary("in_stock") or bare in vocabulary("out_of_stock"):
        return Number(None if bare in vocabulary("in_stock") else 0)
    return read_count(text)


def read_rating(text: str, *, is_percentage: bool = False) -> Rating:
    """Parse a rating from 0 to 5: `4.8`, `4.8分`, or the share of 5 that `96%` is.

    Parameters
    ----------
    text
        As the catalog writes it.
    is_percentage
        Whether a bare number is a percentage, as in a column 好评率: `96`, or the share `0.96`.

    Returns
    -------
    Rating
        Rounded to hundredths.
    """
    match = _RATING.fullmatch(_fold(text))
    if not match:
        return Rating(None, "is no rating")
    number, unit = Decimal(match["number"]), match["unit"]
    scale = 100 if unit == "%" or (is_percentage and not unit) else MAX_RATING
    if is_percentage and not unit and number <= MAX_RATING:
        if number > 1:
            # Hardly anything has 2 to 5 % of good reviews: these are rather points in the wrong column.
            return Rating(None, "may be a percentage or a rating of 5")
        scale = 1
    if number > scale:
        return Rating(None, f"is above {scale}")
    rating = float(round(number * MAX_RATING / scale, 2))
    return Rating(rating, "is not written as a plain number" if unit else "")


def _lower_end(match: re.Match[str]) -> Decimal | None:
    """Return the price, or the lower end of a range; None if the ends are in the wrong order."""
    number, unit, upper, upper_unit = match.group("number", "unit", "upper", "upper_unit")
    if upper is None:
        return _value(number, unit)
    if not unit and upper_unit and _value(number, "") < _value(upper, ""):
        unit = upper_unit  # 1-2万 is from 10,000.
    lower = _value(number, unit)
    return lower if lower <= _value(upper, upper_unit) else None


def _price_oddity(text: str, rounded: bool, is_range: bool) -> str:
    if is_range:
        return "is a range"
    if rounded:
        return "has parts of a fen"
    # 1299.000 is a program's notation.
    return "" if _PLAIN_NUMBER.fullmatch(text.strip()) else "is not written as a plain number"


def _value(number: str, unit: str) -> Decimal:
    return Decimal(number.replace(",", "")) * _UNITS[unit]


def _fold(text: str, spaces: bool = False) -> str:
    normalized = unicodedata.normalize("NFKC", text[: _MAX_LENGTH + 1]).lower().strip()
    if len(text) > _MAX_LENGTH:
        return "too long"
    return normalized if spaces else "".join(normalized.split())
