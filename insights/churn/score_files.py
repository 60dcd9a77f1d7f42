"""Rows of scores for files that programs read."""

from collections.abc import Callable, Iterator

from insights.churn.scores import Reason, Scores

HEADER = ("customer", "probability", "expected_purchases", "expected_value", "reasons")
_DIGITS = 4


def score_rows(scores: Scores, name: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    """Yield a row as `HEADER` says for each customer, in the order of the scores.

    Parameters
    ----------
    scores
        Of customers.
    name
        What stands for the id of a customer.
    """
    for at, customer in enumerate(scores.customers):
        value = scores.expected_value[at]
        yield (
            name(customer),
            f"{scores.probability[at]:.{_DIGITS}f}",
            f"{scores.expected_purchases[at]:.{_DIGITS}f}",
            "" if value != value else f"{value:.2f}",  # noqa: PLR0124 - no NaN
            "; ".join(map(_reason, scores.reasons[at])),
        )


def _reason(reason: Reason) -> str:
    """Return a reason with whether it speaks against buying again, as a risk, or for it."""
    return f"{'risk' if reason.is_risk else 'chance'}: {reason.english}"
