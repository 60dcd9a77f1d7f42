"""The windows of the past from which a model of who buys again learns."""

from dataclasses import dataclass
from datetime import date, timedelta

# Four days spread over the records. On CDNOW one alone errs by up to .04 in the mean probability, since its
# fortnight or season is unlike others; three to four differ little.
_WINDOWS = 4
# A customer's beginning needs a third of the records, and what happens next at least five twelfths.
_EARLIEST, _LATEST = 1 / 3, 7 / 12


@dataclass(frozen=True, slots=True)
class Window:
    """What was known at the end of a day, and the days after it, in which customers bought or did not."""

    as_of: date
    days: int

    @property
    def first_day(self) -> date:
        """The first day after `as_of`."""
        return self.as_of + timedelta(days=1)

    @property
    def last_day(self) -> date:
        """The last day of the time after `as_of`."""
        return self.as_of + timedelta(days=self.days)


def training_windows(first_day: date, last_day: date, horizon_days: int) -> tuple[Window, ...]:
    """Return windows within the records, the earliest first.

    They are as long as the horizon where the records hold as much, else as long as what is left: features
    are measured against the length of a window, so that one of 20 weeks tells of one of 39.

    Parameters
    ----------
    first_day, last_day
        Of the records; both included.
    horizon_days
        For which the model is wanted.
    """
    known = (last_day - first_day).days + 1
    earliest = known * _EARLIEST
    latest = max(known * _LATEST, known - horizon_days)
    steps = [earliest + (latest - earliest) * at / (_WINDOWS - 1) for at in range(_WINDOWS)]
    windows = []
    for length in dict.fromkeys(int(step) for step in steps):
        days = min(horizon_days, known - length)
        if length and days:
            windows.append(Window(first_day + timedelta(days=length - 1), days))
    return tuple(windows)


def validation_window(first_day: date, last_day: date, horizon_days: int) -> Window:
    """Return the last window of the records, on which methods that know the days before it are compared.

    At least half of the records lie before it.
    """
    known = (last_day - first_day).days + 1
    days = min(horizon_days, known // 2)
    return Window(last_day - timedelta(days=days), days)
