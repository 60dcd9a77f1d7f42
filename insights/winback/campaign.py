"""A campaign that was run: its two groups, and when it is measured."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Campaign:
    """The customers of a campaign by group.

    Raises `ValueError` for a customer in both groups or twice in one, and for less than a day to measure.
    """

    name: str
    start: date
    """The day on which customers were contacted."""
    measuring_days: int
    """How many days of orders count, the first included."""
    treated: tuple[str, ...]
    """Ids of those who were contacted."""
    held_out: tuple[str, ...]
    """Ids of those who were not, drawn at random from the same customers."""

    def __post_init__(self) -> None:
        if self.measuring_days < 1:
            raise ValueError(f"{self.measuring_days} days cannot be measured")
        if len(self.customers) != len(set(self.customers)):
            raise ValueError(f"campaign {self.name}: a customer is in it twice, or in both groups")

    @property
    def customers(self) -> tuple[str, ...]:
        """All ids, the treated first."""
        return self.treated + self.held_out

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.start + timedelta(days=self.measuring_days - 1)
