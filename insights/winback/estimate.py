"""An estimate with its interval."""

from typing import NamedTuple


class Estimate(NamedTuple):
    """A value with the interval in which the true one lies with 95 % confidence, unless said otherwise."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Estimate":
        """Return it multiplied by a factor of 0 or more."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)

    def less(self, amount: float) -> "Estimate":
        """Return it less a known amount."""
        return Estimate(self.value - amount, self.low - amount, self.high - amount)
