"""The page of what a campaign gained, for a marketer.

It names no customer and shows no small group.
"""

import math
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path

from insights.reports.small_groups import MIN_GROUP
from insights.reports.winback import money
from insights.winback.estimate import Estimate
from insights.winback.measurement import Measurement
from shangsou.report_pages.environment import page_environment

# Beside the ends of an interval, in per cent of the width of a drawing.
_MARGIN = 4.0
# What is estimated has wide intervals.
_ESTIMATED = Context(prec=2)
# More customers than a shop can contact.
_TOO_MANY = 10_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Which figures tell of no small group. Each holds only where those before it do."""

    has_sizes: bool
    """How many customers there are: both groups have 10 or more."""
    has_money: bool
    """What they brought in, both groups in one figure: 10 or more bought, and 10 or more did not."""
    has_shares: bool
    """Who bought in each group: this holds for both."""


@dataclass(frozen=True, slots=True)
class IntervalDrawing:
    """An estimate and its interval against 0, in per cent of the width."""

    low: float
    high: float
    value: float
    zero: float
    colour: str
    """As the page's styles name it: `good` above 0, `bad` below, else `flat`."""


def measurement_page(measurement: Measurement) -> str:
    """Return what a campaign gained as an HTML document."""
    shown = shown_figures(measurement)
    environment = page_environment(Path(__file__).parent)
    environment.filters.update(
        money=money,
        estimated=_estimated,
        signed=_signed,
        signed_estimated=lambda value: _plus(value) + _estimated(value),
        points=lambda share: _signed(100 * share),
        needed=_needed,
        interval=interval_drawing,
    )
    return environment.get_template("winback_measurement.html").render(
        measurement=measurement,
        shown=shown,
        groups=(("联系过的", measurement.treated), ("对照组", measurement.held_out)),
        has_erased=bool(measurement.treated.erased or measurement.held_out.erased),
        has_interval=math.isfinite(measurement.gain.low) and math.isfinite(measurement.gain.high),
        smallest=MIN_GROUP,
    )


def shown_figures(measurement: Measurement) -> Shown:
    """Return which figures of a measurement may be shown.

    Where in one group few bought, or few did not, the figures of neither group are shown, nor the difference
    in buyers: with the total they would tell of them. The difference in money remains, which is one figure
    of two that are unknown.
    """
    groups = (measurement.treated, measurement.held_out)
    cells = [(one.buyers, one.customers - one.buyers) for one in groups]
    has_sizes = all(one.customers >= MIN_GROUP for one in groups)
    has_money = has_sizes and all(sum(column) >= MIN_GROUP for column in zip(*cells, strict=True))
    return Shown(has_sizes, has_money, has_money and min(map(min, cells)) >= MIN_GROUP)


def interval_drawing(estimate: Estimate) -> IntervalDrawing:
    """Return the positions of an estimate whose interval is known, with 0 in sight."""
    start, end = min(estimate.low, 0.0), max(estimate.high, 0.0)
    width = end - start or 1.0

    def x(value: float) -> float:
        return round(_MARGIN + (100 - 2 * _MARGIN) * (value - start) / width, 1)

    colour = "good" if estimate.low > 0 else "bad" if estimate.high < 0 else "flat"
    return IntervalDrawing(x(estimate.low), x(estimate.high), x(estimate.value), x(0.0), colour)


def _estimated(value: float) -> str:
    return money(float(_ESTIMATED.create_decimal(Decimal(value))))


def _signed(value: float) -> str:
    return _plus(value) + money(value)


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _needed(customers: int) -> str:
    return "一千万以上" if customers > _TOO_MANY else f"约 {_estimated(customers)} 位"
