"""Whether prices may be in fen although no header says so."""

from collections.abc import Mapping

from indexer.cell_objects import as_text

# So many prices, all whole numbers from ten yuan in fen up, nearly all of them tens: shops round to jiao.
_MIN_PRICES = 3
_MIN_FEN = 1_000
_MIN_ROUND = 0.9
# More digits are no price, in whichever unit.
_MAX_DIGITS = 7


class PriceUnit:
    """Counts the prices of a file by what fen would look like."""

    def __init__(self) -> None:
        self.count = self.round = 0
        self.lowest = 0
        self._is_whole = True

    def add(self, values: Mapping[str, object]) -> None:
        """Add the price of a row."""
        value = values.get("price")
        if value is None or not self._is_whole:
            return
        text = value if isinstance(value, str) else as_text(value)
        if not (text.isdecimal() and len(text) <= _MAX_DIGITS and (price := int(text)) >= _MIN_FEN):
            # Nothing, or free, says nothing of the unit.
            self._is_whole = text in ("", "0")
            return
        self.count += 1
        self.round += price % 10 == 0
        self.lowest = min(self.lowest or price, price)

    @property
    def looks_like_fen(self) -> bool:
        """Whether all prices could be in fen."""
        return self._is_whole and self.count >= _MIN_PRICES and self.round >= _MIN_ROUND * self.count
