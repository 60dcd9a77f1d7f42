"""The sheet of scores, for a marketer."""

from collections.abc import Callable

from insights.churn.scores import Reason, Scores
from insights.reports.spreadsheet import Column, Sheet

_COLUMNS = (
    Column("客户", width=24),
    Column("回购概率", "share"),
    Column("预计下单天数", "quantity", 12),
    Column("预计金额", "money", 12),
    Column("理由", width=60),
)


def score_sheet(scores: Scores, name: Callable[[str], str]) -> Sheet:
    """Return scores in Chinese, those who are least likely to buy again first.

    `name` returns what stands for the id of a customer.
    """
    order = scores.probability.argsort(kind="stable").tolist()
    rows = []
    for at in order:
        value = float(scores.expected_value[at])
        rows.append(
            (
                name(scores.customers[at]),
                float(scores.probability[at]),
                float(scores.expected_purchases[at]),
                None if value != value else value,  # noqa: PLR0124 - no NaN
                "；".join(map(_reason, scores.reasons[at])),
            )
        )
    return Sheet(f"{scores.horizon_days} 天内回购", _COLUMNS, rows)


def _reason(reason: Reason) -> str:
    return f"{'可能流失' if reason.is_risk else '可能再买'}：{reason.chinese}"
