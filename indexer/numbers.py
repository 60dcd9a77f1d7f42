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
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?(?:e\+?[0-9]{1,2})?|\.[0-9]+)"
_UNIT = r"(?:万|萬|千|百|w|k)?"
_YUAN = r"(?:cny|rmb|cn¥|¥|人民币|人民幣)"
_PRICE = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,4}}:|约|仅|仅售|现价|原价|售价|价格)?{_YUAN}?:?(?P<sign>[-−])?{_YUAN}?"
    rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT})(?:元|块|圆)?"
    rf"(?:[-~–—至到]{_YUAN}?(?P<upper>{_NUMBER})(?P<upper_unit>{_UNIT}))?"
    rf"(?:元|块|圆|块钱|元整)?{_YUAN}?(?:起|起售|左右|以上|\+)?(?:/[^/\d]{{1,4}})?"
)
_COUNT = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,5}}:?)?(?P<sign>[-−])?(?P<number>{_NUMBER})(?P<unit>{_UNIT})\+?[\u4e00-\u9fff]{{0,6}}\+?"
)
_RATING = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]*)?)(?P<unit>分|%)?")
_FOREIGN = re.compile(
    r"[$€£₩฿₫₽]|usd|hkd|twd|ntd|jpy|eur|美元|美金|港币|港幣|港元|台币|台幣|日元|日圆|欧元|英镑|韩元|円"
)
_UNITS = {"": 1, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "萬": 10_000, "w": 10_000}


class Number(NamedTuple):
    """A parsed number, with the issue found in its text; None if there is no number."""

    value: int | None
    oddity: str = ""


class Rating(NamedTuple):
    """A parsed rating, with the issue found in its text; None if there is no rating."""

    value: float | None
    oddity: str = ""


def read_price(text: str) -> Number:
    """Parse a price into fen, never negative.

    `¥1,299.00`, `1299元`, `12.9万`, full-width digits; of a range `99-199` the lower end.
    """
    plain = _PLAIN_PRICE.fullmatch(text)
    if plain:
        whole, fraction = plain.groups()
        return Number(int(whole) * 100 + int((fraction or "").ljust(2, "0")))
    normalized = _fold(text)
    if _FOREIGN.search(normalized):
        return Number(None, "is not in yuan")
    match = _PRICE.fullmatch(normalized)
    yuan = _lower_end(match) if match else None
    if match is None or yuan is None:
        return Number(None, "is no price")
    if match["sign"] and yuan:
        return Number(None, "is negative")
    fen = int((yuan * 100).to_integral_value(ROUND_HALF_UP))
    if fen > MAX_PRICE_FEN:
        return Number(None, "is too high to be a price")
    return Number(fen, _price_oddity(text, yuan * 100 != fen, bool(match["upper"])))


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
    word = _fold(text, spaces=True)
    if word in vocabulary("in_stock"):
        return Number(None)
    return Number(0) if word in vocabulary("out_of_stock") else read_count(text)


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
