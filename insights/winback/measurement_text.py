"""The gain of a campaign, as text for a terminal and as plain JSON values."""

import math
from collections.abc import Iterator, Mapping

from insights.winback.estimate import Estimate
from insights.winback.measurement import Detectable, Group, Measurement
from shangsou.text.plurals import quantity

_DIGITS = 4
_PERCENT = 100
_VERDICTS = {
    "gain": "it earned more than it cost",
    "loss": "it cost more than it earned",
    "unknown": "whether it earned more than it cost is not known",
}


def measurement_text(measurement: Measurement) -> str:
    """Return in a few lines what a campaign gained, or that its groups are too small to tell."""
    return "\n".join(_lines(measurement))


def measurement_json(measurement: Measurement) -> Mapping[str, object]:
    """Return what a campaign gained as a JSON object; what is not known is null."""
    return {
        "campaign": measurement.campaign,
        "first_day": str(measurement.first_day),
        "last_day": str(measurement.last_day),
        "complete": measurement.is_complete,
        "ended_by": measurement.ended_by or None,
        "treated": _group_json(measurement.treated),
        "held_out": _group_json(measurement.held_out),
        "share_difference": _estimate_json(measurement.share_difference),
        "margin_difference": _estimate_json(measurement.margin_difference),
        "costs": _rounded(measurement.costs),
        "gain": _estimate_json(measurement.gain),
        "gain_without_discount": _estimate_json(measurement.gain_without_discount),
        "verdict": measurement.verdict,
        "too_small": measurement.is_too_small,
        "detectable_share": _detectable_json(measurement.detectable_share),
        "detectable_margin": _detectable_json(measurement.detectable_margin),
        "unknown_amounts": measurement.unknown_amounts,
    }


def _lines(measurement: Measurement) -> Iterator[str]:
    yield f"campaign {measurement.campaign}, orders from {measurement.first_day} to {measurement.last_day}"
    if measurement.ended_by:
        yield f"measured up to the start of campaign {measurement.ended_by}, which has customers of this one"
    elif not measurement.is_complete:
        yield "not all days to measure are over: the figures will change"
    yield ""
    yield from _group_lines("contacted", measurement.treated)
    yield from _group_lines("held out", measurement.held_out)
    yield ""
    share = measurement.share_difference
    yield (
        f"difference in buyers: {_points(share.value)} (95 %: {_points(share.low)} to {_points(share.high)})"
    )
    yield f"difference in margin a customer: {_with_interval(measurement.margin_difference)}"
    yield (
        f"gain of the campaign, less {measurement.costs:,.2f} for contacting and the discount in all orders: "
        f"{_with_interval(measurement.gain)}"
    )
    if measurement.gain_without_discount != measurement.gain:
        yield f"  if nobody used the discount: {_with_interval(measurement.gain_without_discount)}"
    if math.isnan(measurement.gain.low):
        yield "too few bought to tell whether it earned more than it cost"
    else:
        yield _VERDICTS[measurement.verdict]
    if measurement.is_too_small:
        yield from _too_small_lines(measurement)
    if measurement.unknown_amounts:
        orders = quantity(measurement.unknown_amounts, "order")
        yield f"{orders} without an amount: counted with a margin of 0"


def _group_lines(name: str, group: Group) -> Iterator[str]:
    yield (
        f"{name}: {quantity(group.customers, 'customer')}, {group.buyers:,} bought "
        f"({_PERCENT * group.share:.2f} %), margin {group.margin:,.2f} a customer"
    )
    if group.erased:
        yield (
            f"  {quantity(group.erased, 'customer')} of them refused marketing or were deleted since: "
            "counted as not having bought"
        )


def _too_small_lines(measurement: Measurement) -> Iterator[str]:
    if not (measurement.treated.buyers or measurement.held_out.buyers):
        yield "nobody of either group bought in these days"
        return
    share, margin = measurement.detectable_share, measurement.detectable_margin
    yield "the groups are too small for the effect, if there is one; they show four in five effects of"
    yield f"  {_PERCENT * share.effect:.2f} points more or fewer buyers{_needed(share)}"
    yield f"  {margin.effect:,.2f} margin a customer beyond the costs, or below them{_needed(margin)}"


def _needed(detectable: Detectable) -> str:
    if detectable.needed is None:
        return ""
    return f"; to show the one seen, if it is real, takes {quantity(detectable.needed, 'customer')}"


def _points(share: float) -> str:
    return f"{_PERCENT * share:+.2f} points"


def _with_interval(estimate: Estimate) -> str:
    if math.isnan(estimate.low):
        return f"{estimate.value:+,.2f} (too few bought for an interval)"
    return f"{estimate.value:+,.2f} (95 %: {estimate.low:+,.2f} to {estimate.high:+,.2f})"


def _group_json(group: Group) -> dict[str, object]:
    return {
        "customers": group.customers,
        "erased": group.erased,
        "buyers": group.buyers,
        "orders": group.orders,
        "share": _rounded(group.share),
        "margin": _rounded(group.margin),
    }


def _estimate_json(estimate: Estimate) -> dict[str, object]:
    is_known = not math.isnan(estimate.low)
    return {
        "value": _rounded(estimate.value),
        "interval": [_rounded(estimate.low), _rounded(estimate.high)] if is_known else None,
    }


def _detectable_json(detectable: Detectable) -> dict[str, object]:
    return {"effect": _rounded(detectable.effect), "needed": detectable.needed}


def _rounded(value: float) -> float | None:
    return round(value, _DIGITS) if math.isfinite(value) else None
