"""Past days as of which forecasts are made."""

from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

ORIGINS = 13
"""With the usual step half a year: the least that an evaluation of a shop should span."""
MIN_HISTORY_DAYS = 56
"""Known before the first origin: the four weeks in which items must have sold, and four before them."""


def rolling_origins(days: int, horizon: int, step: int, wanted: int = ORIGINS) -> list[int]:
    """Return how many days are known at each origin, first to last; as many as fit, up to those wanted.

    The last origin lies so that its horizon ends with the last day, the others `step` days before each other.
    Raises `UnusableInput` where not even one fits.
    """
    needed = MIN_HISTORY_DAYS + horizon
    if days < needed:
        raise UnusableInput(
            f"the sales cover {quantity(days, 'day')}, and one origin needs {needed}: {MIN_HISTORY_DAYS} to "
            f"forecast from and {horizon} to compare with; give sales of more days, or a shorter --horizon"
        )
    fitting = (days - needed) // step + 1
    return [days - horizon - step * back for back in reversed(range(min(wanted, fitting)))]
