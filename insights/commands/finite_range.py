"""Numbers of options that are to be finite: comparisons alone let `nan` and `inf` pass."""

import math
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A number within a range, and no `nan` or `inf`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; fails for any that is not finite."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number
