"""The summary of scores as text and as JSON: of all customers, and of no single one."""

from collections import Counter

from insights.churn.scores import Scores
from insights.reports.small_groups import MIN_GROUP
from shangsou.text.plurals import quantity

_SHOWN_REASONS = 6


def scores_text(scores: Scores) -> list[str]:
    """Return lines for a terminal."""
    buyers, purchases = scores.probability.sum(), scores.expected_purchases.sum()
    customers, days = quantity(len(scores.customers), "customer"), quantity(scores.horizon_days, "day")
    lines = [
        f"{customers}, {days} from the day after {scores.as_of}: {buyers:,.0f} expected to buy again",
        f"on {purchases:,.0f} days with an order{_value(scores)}",
        f"by {scores.method}{_losses(scores)}",
    ]
    for code, count, is_risk in _common_reasons(scores)[:_SHOWN_REASONS]:
        lines.append(f"  {'-' if is_risk else '+'} {code}: {quantity(count, 'customer')}")
    return lines


def scores_json(scores: Scores) -> dict[str, object]:
    """Return plain JSON values."""
    value = float(scores.expected_value.sum())
    return {
        "as_of": scores.as_of.isoformat(),
        "horizon_days": scores.horizon_days,
        "customers": len(scores.customers),
        "expected_buyers": round(float(scores.probability.sum()), 1),
        "expected_purchases": round(float(scores.expected_purchases.sum()), 1),
        "expected_value": None if value != value else round(value, 2),  # noqa: PLR0124 - no NaN
        "method": scores.method,
        "log_losses": {loss.method: round(loss.log_loss, 5) for loss in scores.losses},
        "reasons": [
            {"reason": code, "customers": count, "is_risk": is_risk}
            for code, count, is_risk in _common_reasons(scores)
        ],
    }


def _value(scores: Scores) -> str:
    value = float(scores.expected_value.sum())
    return "" if value != value else f" worth {value:,.0f}"  # noqa: PLR0124 - no NaN


def _losses(scores: Scores) -> str:
    """Return how the methods did on the last days, the lower, the better."""
    if not scores.losses:
        return ""
    shown = ", ".join(f"{loss.method} {loss.log_loss:.4f}" for loss in scores.losses)
    is_among = any(loss.method == scores.method for loss in scores.losses)
    remark = "differences within chance do not count" if is_among else f"{scores.method} knew too little then"
    return f"; log loss on the last days: {shown}; {remark}"


def _common_reasons(scores: Scores) -> list[tuple[str, int, bool]]:
    """Return reasons with the number of customers who have them, the commonest first."""
    counts = Counter((reason.code, reason.is_risk) for reasons in scores.reasons for reason in reasons)
    return [(code, count, is_risk) for (code, is_risk), count in counts.most_common() if count >= MIN_GROUP]
