"""Parse counts, stocks and ratings as people write them."""

import re
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from indexer.cell_vocabulary import vocabulary
from indexer.number_texts import NUMBER, PLAIN_NUMBER, UNIT, Number, fold, unit_value

# A count above 2^31 - 1 is an error, and would not fit the number fields of Elasticsearch.
MAX_COUNT = 2**31 - 1
MAX_RATING = 5

_PLAIN_COUNT = re.compile(r"([0-9]{1,9})(?:\.0+)?")
_COUNT = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,5}}:?|[>≥])?(?P<sign>[-−])?(?P<number>{NUMBER})(?P<unit>{UNIT})\+?[\u4e00-\u9fff]{{0,6}}\+?"
)
_RATING = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]*)?)(?P<unit>分|%)?")


class Rating(NamedTuple):
    """A parsed rating, with the issue found in its text; None if there is no rating."""

    value: float | None
    oddity: str = ""


def read_count(text: str, maximum: int = MAX_COUNT) -> Number:
    """Parse a count such as `1.2万+` or `3651人付款` into a whole number, which may be negative."""
    plain = _PLAIN_COUNT.fullmatch(text)
    if plain:
        count = int(plain[1])
        return Number(count) if count <= maximum else Number(None, "is too large to be a count")
    match = _COUNT.fullmatch(fold(text))
    if not match:
        return Number(None, "is no number")
    exact = unit_value(match["number"], match["unit"])
    count = int(exact.to_integral_value(ROUND_FLOOR))
    if count > maximum:
        return Number(None, "is too large to be a count")
    if match["sign"]:
        return Number(-count, "" if text.strip() == f"-{count}" else "is not written as a plain number")
    is_plain = PLAIN_NUMBER.fullmatch(text.strip()) and exact == count
    return Number(count, "" if is_plain else "is not written as a plain number")


def read_stock(text: str) -> Number:
    """Parse the pieces in stock; None without an issue if the text only says that there are some."""
    if text.isdecimal():
        return read_count(text)
    word = fold(text, spaces=True)
    if word in vocabulary("in_stock"):
        return Number(None)
    return Number(0) if word in vocabulary("out_of_stock") else read_count(text)


def read_availability(text: str) -> Number:
    """Parse whether there is any: 0 for sold out, None for available, a count where one is written.

    The oddity `can be ordered` is that of what is sold before it is there.
    """
    word = fold(text, spaces=True).rpartition("/")[2].strip(" .!。！")
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
    match = _RATING.fullmatch(fold(text))
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
