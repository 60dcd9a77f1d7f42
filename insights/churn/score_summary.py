"""The summary of scores as text and as JSON, of all customers. It shows no small group, as pages do."""

from collections import Counter

from insights.churn.scores import Scores
from insights.reports.small_groups import MIN_GROUP, is_shown
from shangsou.text.plurals import quantity

_SHOWN_REASONS = 6


def scores_text(scores: Scores) -> list[str]:
    """Return lines for a terminal."""
    if len(scores.customers) < MIN_GROUP:
        return [
            f"fewer than {MIN_GROUP} customers: sums are not shown; each one's score is in the file of --out"
        ]
    buyers, purchases = scores.probability.sum(), scores.expected_purchases.sum()
    customers, days = quantity(len(scores.customers), "customer"), quantity(scores.horizon_days, "day")
    lines = [
        f"{customers}, {days} from the day after {scores.as_of}: {buyers:,.0f} expected to buy again",
        f"on {purchases:,.0f} days with an order{_value(scores)}",
        f"by {scores.method}{_losses(scores)}",
    ]
    for code, is_risk, count in common_reasons(scores)[:_SHOWN_REASONS]:
        lines.append(f"  {'-' if is_risk else '+'} {code}: {quantity(count, 'customer')}")
    return lines


def scores_json(scores: Scores) -> dict[str, object]:
    """Return plain JSON values; sums are null for fewer customers than pages show."""
    value = float(scores.expected_value.sum())
    are_shown = len(scores.customers) >= MIN_GROUP
    has_value = are_shown and value == value  # noqa: PLR0124 - no NaN
    return {
        "as_of": scores.as_of.isoformat(),
        "horizon_days": scores.horizon_days,
        "customers": len(scores.customers) if are_shown else None,
        "expected_buyers": round(float(scores.probability.sum()), 1) if are_shown else None,
        "expected_purchases": round(float(scores.expected_purchases.sum()), 1) if are_shown else None,
        "expected_value": round(value, 2) if has_value else None,
        "method": scores.method,
        "log_losses": {loss.method: round(loss.log_loss, 5) for loss in scores.losses if are_shown},
        "reasons": [
            {"reason": code, "customers": count, "is_risk": is_risk}
            for code, is_risk, count in common_reasons(scores)
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


def common_reasons(scores: Scores) -> list[tuple[str, bool, int]]:
    """Return code, whether it is a risk, and customers of each reason that may be shown, the commonest first.

    A reason of few customers, or of all but few, may not.
    """
    counts = Counter(
        key for reasons in scores.reasons for key in {(one.code, one.is_risk) for one in reasons}
    )
    shown = [(*key, count) for key, count in counts.items() if is_shown(count, len(scores.customers))]
    return sorted(shown, key=lambda one: (-one[2], one))
