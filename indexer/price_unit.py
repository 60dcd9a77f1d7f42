"""Whether prices may be in fen although their header does not say so."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from indexer.cell_objects import as_text

_FIELDS = ("price", "sale_price", "list_price")
# Alone, so many prices, all whole numbers from five yuan up, nearly all of them tens: shops round to jiao.
_MIN_PRICES = 3
_MIN_FEN = 500
_MIN_ROUND = 0.9
# Beside a price in the other unit, a hundred times it: a list price is hardly ten times the price.
_MIN_RATIO = 20
# Of the rows with both prices so many must say the same.
_MIN_AGREEING = 0.9
# Rows that are enough to ask by.
_MAX_ROWS = 10_000
# More digits are no price, in whichever unit.
_PRICE = re.compile(r"[0-9]{1,9}(?:\.[0-9]+)?")
_MAX_DIGITS = 7


@dataclass(slots=True)
class _Column:
    """The prices of one column."""

    count: int = 0
    tens: int = 0
    lowest: int = 0
    is_whole: bool = True

    def add(self, text: str) -> None:
        if text in ("", "0"):
            return  # Nothing, or free, says nothing of the unit.
        if not text.isdecimal() or len(text) > _MAX_DIGITS:
            self.is_whole = False
            return
        price = int(text)
        self.count += 1
        self.tens += price % 10 == 0
        self.lowest = min(self.lowest or price, price)

    @property
    def may_be_fen(self) -> bool:
        """Whether no price contradicts it: fen have no decimals, and hardly a price is below 1 yuan."""
        return self.is_whole and self.count > 0 and self.lowest >= 100

    @property
    def looks_like_fen(self) -> bool:
        """Whether the prices alone say so."""
        enough = self.count >= _MIN_PRICES and self.lowest >= _MIN_FEN
        return self.may_be_fen and enough and self.tens >= _MIN_ROUND * self.count


class PriceUnits:
    """Compares the prices of a file with what fen would look like, and with each other."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns = {field: _Column() for field in _FIELDS}
        # By pair of fields, how many rows have both, and in how many the first is so many times the second.
        self._compared: dict[tuple[str, str], int] = {}
        self._higher: dict[tuple[str, str], int] = {}

    def add(self, values: Mapping[str, object]) -> None:
        """Add the prices of a row."""
        if self._rows == _MAX_ROWS:
            return
        self._rows += 1
        prices: dict[str, float] = {}
        for field, column in self._columns.items():
            value = values.get(field)
            if value is not None:
                text = value if isinstance(value, str) else as_text(value)
                column.add(text)
                if _PRICE.fullmatch(text) and float(text):
                    prices[field] = float(text)
        if len(prices) > 1:
            for first, price in prices.items():
                for second, other in prices.items():
                    if first != second:
                        pair = (first, second)
                        self._compared[pair] = self._compared.get(pair, 0) + 1
                        self._higher[pair] = self._higher.get(pair, 0) + (price >= _MIN_RATIO * other)

    def questions(
        self, columns: Mapping[str, str], mapped: Collection[str] = (), currency: str = "CNY"
    ) -> Iterator[str]:
        """Yield what a report asks of each column that may be in fen.

        Parameters
        ----------
        columns
            The names of columns by field.
        mapped
            Fields whose column the user gave, so that nothing is in doubt.
        currency
            The shop's money: only of yuan whole numbers alone look like hundredths.
        """
        in_fen = [name for field, name in columns.items() if field.endswith("price_fen")]
        for field, column in self._columns.items():
            if not column.may_be_fen or field in mapped:
                continue
            higher = [other for other in _FIELDS if self._is_higher(field, other)]
            if higher:
                evidence = f"they are some hundred times those of {columns.get(higher[0], higher[0])}"
            elif in_fen and not self._is_beside_decimals(field):
                evidence = f"whole numbers beside {in_fen[0]}, which is in fen"
            elif currency == "CNY" and column.looks_like_fen and not self._is_beside_decimals(field):
                evidence = f"all {column.count:,} are whole numbers from {column.lowest:,} up"
            else:
                continue
            yield (
                f"{field.replace('_', ' ')}: {evidence}; if they are in fen, "
                f"say so with --map {field}_fen={columns.get(field, 'COLUMN')}"
            )

    def _is_higher(self, field: str, other: str) -> bool:
        pair = (field, other)
        return self._higher.get(pair, 0) >= _MIN_AGREEING * self._compared.get(pair, 1)

    def _is_beside_decimals(self, field: str) -> bool:
        """Return whether a price in yuan and jiao stands beside, and is not a hundredth of it."""
        return any(
            self._compared.get((field, other)) and not self._columns[other].is_whole
            for other in _FIELDS
            if other != field
        )
