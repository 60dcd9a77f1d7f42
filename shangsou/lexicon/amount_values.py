"""Values of attributes that state one amount, and the spelling that stands for all that state the same."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from shangsou.lexicon.fact_tables import open_fact_table
from shangsou.lexicon.fact_terms import MAX_VALUE_LENGTH, amount_term, is_size_name
from shangsou.product import Product
from shangsou.text.amounts import SHOE_SIZE, Reading, amounts_and_sizes
from shangsou.text.facts import FactTable
from shangsou.text.normalize import normalize

_FILE = "amount_values.json"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Values repeat in a catalog, and in the facets of every search.
_CACHE_SIZE = 1 << 14


class AmountValues:
    """The first spelling of each amount, by the name of the attribute that states it.

    Amounts are the same if all their readings are: 500ml and 0.5L, 37 and 37码 where a size is stated. 64g
    and 64gb are not, since the former may be a mass.
    """

    def __init__(self, table: FactTable, first: dict[str, dict[str, str]] | None = None) -> None:
        self._table = table
        self._first = {} if first is None else first

    def add(self, products: Iterable[Product]) -> None:
        """Add the values of products."""
        for product in products:
            for name, values in product.attributes.items():
                for value in values:
                    self.add_value(name, value)

    def add_value(self, name: str, value: str) -> str:
        """Add a value, and return the spelling that stands for it: the first one, or else itself."""
        readings = read_amount(name, value, self._table)
        return self._first.setdefault(name, {}).setdefault(_key(readings), value) if readings else value

    def first_spelling(self, name: str, value: str) -> str:
        """Return the spelling that stands for a value; itself where it is none or there is no other."""
        known = self._first.get(name)
        readings = read_amount(name, value, self._table) if known else ()
        return known.get(_key(readings), value) if known and readings else value

    def write(self, folder: Path) -> None:
        """Write the spellings into the folder of a lexicon."""
        (folder / _FILE).write_text(json.dumps(self._first, ensure_ascii=False), "utf-8")


def open_amount_values(folder: Path) -> AmountValues:
    """Return the spellings in the folder of a lexicon; none where an older version wrote none."""
    try:
        first = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        first = {}
    return AmountValues(open_fact_table(folder), first)


def read_amount(name: str, value: str, table: FactTable) -> tuple[Reading, ...]:
    """Return the readings of a value that states one amount and nothing else; none for any other.

    Parameters
    ----------
    name
        Of the attribute: a bare number is a size where it states sizes.
    value
        As it stands in the catalog.
    table
        What it is read by.
    """
    return () if len(value) > MAX_VALUE_LENGTH else _read(name, value, table)


@lru_cache(_CACHE_SIZE)
def _read(name: str, value: str, table: FactTable) -> tuple[Reading, ...]:
    text = normalize(value)
    amounts = amounts_and_sizes(text, table)
    if len(amounts) == 1 and (amounts[0].start, amounts[0].end) == (0, len(text)):
        return amounts[0].readings
    is_size = _NUMBER.fullmatch(text) is not None and is_size_name(name)
    return (Reading(SHOE_SIZE, float(text), float(text)),) if is_size else ()


@lru_cache(_CACHE_SIZE)
def _key(readings: tuple[Reading, ...]) -> str:
    return " ".join(map(amount_term, readings))
