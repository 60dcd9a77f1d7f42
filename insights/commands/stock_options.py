"""Options of how a shop orders, for the commands of `shangsou stock`."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import click

# As insights.stock has them, which loads numpy: a test compares the two.
MAX_LEAD_TIME_DAYS = 180
MAX_SERVICE_LEVEL = 0.995
# Who orders less often than once a quarter needs no forecast of days.
_MAX_REVIEW_DAYS = 92
_MAX_DAYS = 365

Result = TypeVar("Result")


class ServiceLevel(click.ParamType[float]):
    """A share below 1, as `.95`, or a percentage with its sign, as `95%`."""

    name = "share"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share; fails with the way out for a percentage without its sign, and for certainty."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"{text!r} is no number; give a share, as .95", param, ctx)
        if 1 < share <= 100:
            self.fail(f"{text} is a percentage; give the share, {share / 100:g}", param, ctx)
        if not 0 < share <= MAX_SERVICE_LEVEL:
            self.fail(
                f"{text} is not above 0 and at most {MAX_SERVICE_LEVEL}; no stock excludes a stock-out",
                param,
                ctx,
            )
        return share


_OPTIONS = (
    click.option(
        "--lead-time",
        type=click.IntRange(0, MAX_LEAD_TIME_DAYS),
        default=3,
        show_default=True,
        metavar="DAYS",
        help="From an order to its delivery, for items without a lead time of their own.",
    ),
    click.option(
        "--review",
        type=click.IntRange(1, _MAX_REVIEW_DAYS),
        default=7,
        show_default=True,
        metavar="DAYS",
        help="From one order to the next.",
    ),
    click.option(
        "--service-level",
        type=ServiceLevel(),
        default=0.95,
        show_default=True,
        metavar="SHARE",
        help="Share of order cycles without a stock-out.",
    ),
    click.option(
        "--newsvendor",
        is_flag=True,
        help="Take that share from the margin of each item and the loss of a piece that is left.",
    ),
    click.option(
        "--salvage",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.0,
        show_default=True,
        metavar="SHARE",
        help="Share of its cost that a spoiled piece still brings.",
    ),
    click.option(
        "--shelf-life",
        type=click.IntRange(1, _MAX_DAYS),
        metavar="DAYS",
        help="Days on which a delivered piece can be sold, for items without their own; else they keep.",
    ),
)


def ordering_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Add the options; the command takes them as `rules`, an `OrderingRules`."""

    @wraps(command)
    def with_rules(  # noqa: PLR0913 - an argument for each option
        *arguments: object,
        lead_time: int,
        review: int,
        service_level: float,
        newsvendor: bool,
        salvage: float,
        shelf_life: int | None,
        **options: object,
    ) -> Result:
        from insights.stock.stocked_item import OrderingRules

        rules = OrderingRules(lead_time, review, service_level, newsvendor, salvage, shelf_life)
        return command(*arguments, rules=rules, **options)

    wrapped: Callable[..., Result] = with_rules
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
