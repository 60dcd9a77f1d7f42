"""Amounts in text: `500ml`, `二件套`, `3-6岁`, `250ml*10瓶`; and whether one amount holds another."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from shangsou.text.facts import MAX_TABLES, FactTable
from shangsou.text.measures import SHOE_SIZE, Reading, finish, iter_products, multiply

__all__ = [
    "LETTER_SIZE",
    "ONE_SIZE",
    "SHOE_SIZE",
    "Amount",
    "Reading",
    "amounts_and_sizes",
    "find_amounts",
    "holds",
    "letter_sizes",
]

LETTER_SIZE = "letter size"
# Sizes are integers in order: s is -1, m 0, l 1; 均码 is far from all.
ONE_SIZE = 99


class Amount(NamedTuple):
    """A span of a normalized text that states an amount."""

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    """The possible meanings: `64g` is a mass or a storage."""
    is_total: bool = False
    """Whether it is the product of a combination, such as 2500 ml of `250ml*10`."""


def find_amounts(text: str, table: FactTable) -> list[Amount]:
    """Return the amounts of a normalized text in order, each total behind its parts.

    Apart from totals, whose span is the whole combination, amounts do not overlap.
    """
    amounts: list[Amount] = []
    for product in iter_products(text, table):
        for term in product:
            start, end, readings = finish(text, term, table)
            if readings:
                amounts.append(Amount(text[start:end], start, end, readings))
        # Most amounts stand alone.
        total = multiply(product, table) if len(product) > 1 else ()
        if total:
            start, end = product[0].start, product[-1].end
            amounts.append(Amount(text[start:end], start, end, total, is_total=True))
    return amounts


def amounts_and_sizes(text: str, table: FactTable) -> list[Amount]:
    """Return the amounts of a normalized text, and then its sizes in letters."""
    return [*find_amounts(text, table), *letter_sizes(text, table)]


def letter_sizes(text: str, table: FactTable) -> list[Amount]:
    """Return the sizes in letters of a normalized text, in order, without overlaps.

    A size stands alone, not within or behind a Latin word or a number: none are `iphone xs` and `5 m`.
    """
    sizes: list[Amount] = []
    for match in _compile_sizes(table).finditer(text):
        start, end = match.span()
        if match["one_size"]:
            low = high = ONE_SIZE
        elif match["marked"] or match["range_mark"] or not _follows_a_word(text, start, sizes):
            low = _order(match["range"] or match["marked"] or match["large"] or match["small"])
            high = _order(match["other"]) if match["other"] else low
        else:
            continue
        reading = Reading(LETTER_SIZE, min(low, high), max(low, high))
        sizes.append(Amount(match[0], start, end, (reading,)))
    return sizes


def holds(stated: Reading, asked: Reading) -> Literal["exact", "range"] | None:
    """Return how a stated amount meets one that is asked for; None if it does not.

    `exact` if they are equal, `range` if one lies within the other.
    """
    if stated.dimension != asked.dimension:
        return None
    if stated == asked:
        return "exact"
    is_within = stated.low <= asked.low and asked.high <= stated.high
    is_around = asked.low <= stated.low and stated.high <= asked.high
    return "range" if is_within or is_around else None


def _follows_a_word(text: str, start: int, sizes: Sequence[Amount]) -> bool:
    """Return whether a Latin word or a number is in front, which is no size itself: `s m l` are three."""
    is_listed = bool(sizes) and sizes[-1].end == start - 1
    before = text[max(start - 2, 0) : start]
    return (
        not is_listed
        and len(before) == 2
        and before[1] in " /"
        and before[0].isascii()
        and before[0].isalnum()
    )


def _order(size: str) -> int:
    """Return the place of a size in the order: s is -1, m 0, l 1, and each x is one further."""
    if size == "m":
        return 0
    count = int(size[0]) if size[0].isdigit() else len(size) - 1
    return 1 + count if size[-1] == "l" else -1 - count


@lru_cache(MAX_TABLES)
def _compile_sizes(table: FactTable) -> re.Pattern[str]:
    facts = table.letter_sizes
    large, small = r"[2-8]xl|x{1,8}l", r"x{0,4}s|m|l"
    size = rf"(?:{large}|{small})"
    no_model = "".join(f"(?<!{re.escape(word)})(?<!{re.escape(word)} )" for word in facts.models)
    # A short one is a word of its own: `黑色 l`, not `l型` or `s line`.
    alone = rf"(?<![一-鿿])(?:{small})|(?<=[色码款])(?:{small})"
    ends_alone = rf"(?![一-鿿])(?! (?!{size}(?![a-z0-9]))[a-z])"
    # Most places are left at their first character.
    firsts = "".join({re.escape(word[0]) for word in facts.one_size})
    return re.compile(
        rf"(?=[2-8xsml{firsts}])(?:(?P<one_size>{'|'.join(map(re.escape, facts.one_size))})"
        rf"|(?<![a-z0-9'’·.&_+#])(?<![a-z0-9]-){no_model}"
        rf"(?:(?P<range>{size})[-~到至](?P<other>{size})(?P<range_mark>码|号)?"
        rf"|(?P<marked>{size})[码号]|(?P<large>{large})|(?P<small>{alone}){ends_alone})"
        r"(?![a-z0-9'’·&_+-])(?!\.\w))"
    )
