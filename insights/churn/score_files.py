"""Rows of scores for files that programs read."""

from collections.abc import Callable, Iterator

from insights.churn.scores import Scores

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
            "; ".join(reason.english for reason in scores.reasons[at]),
        )
