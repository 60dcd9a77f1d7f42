"""Tables of an evaluation of churn scores for a terminal. They show no small group, as pages do."""

import math

from insights.churn.evaluation.cut import NoEarlierDay
from insights.churn.evaluation.evaluate import ChurnEvaluation
from insights.churn.evaluation.measures import Confusion, Errors
from insights.churn.evaluation.origin_evaluation import MODEL, OriginEvaluation
from insights.evaluation.text_report import table_lines
from insights.reports.churn_groups import (
    are_origin_cuts_shown,
    are_origins_shown,
    are_peers_shown,
    calibration_groups,
    shown_confusion,
    shown_reasons,
    smallest_group,
)
from insights.reports.small_groups import MIN_GROUP
from shangsou.text.plurals import quantity

_RANKS = ("AUC", "avg precision", "lift of buyers", "lift of leavers")
_ORIGINS = ("customers", "bought", "expected", "AUC", "calib. error", "cut", "F1", "purchases", "value")
_NO_EARLIER_DAY = {
    NoEarlierDay.TOO_SHORT: "the records begin too late to choose it on an earlier day",
    NoEarlierDay.NOT_SCORED: "nothing could be fitted to what was known a horizon earlier",
    NoEarlierDay.NOBODY_BOUGHT: "nobody bought in the horizon before, on which it would be chosen",
}
_REASONS = ("customers", "left", "left without it", "of as many orders")


def evaluation_text(evaluation: ChurnEvaluation) -> str:
    """Return tables: how scores rank, how true probabilities are, the cut, the origins, the reasons."""
    origins = evaluation.origins
    if not calibration_groups(evaluation):
        return (
            f"{quantity(len(origins), 'origin')} from {origins[0].origin} to {origins[-1].origin}: too few "
            "customers bought again, or did not, to show figures; give orders of a longer time, or another "
            "--horizon-days"
        )
    ranks = {
        name: [
            _figure(one.auc),
            _figure(one.average_precision),
            _lift(one.buyer_lift),
            _lift(one.leaver_lift),
        ]
        for name, one in evaluation.ranks.items()
    }
    bought = int(evaluation.has_bought.sum())
    lines = [
        (
            f"{quantity(len(origins), 'origin')} from {origins[0].origin} to {origins[-1].origin}, "
            f"{quantity(evaluation.horizon_days, 'day')} held out each: "
            f"{quantity(len(evaluation.has_bought), 'score')}, {bought:,} of customers who bought again"
        ),
        "",
        *table_lines("", _RANKS, ranks),
        "",
        difference_text(evaluation),
        (
            f"calibration error {_figure(evaluation.calibration_error)} over ten bins, "
            f"Brier score {_figure(evaluation.brier_score)}"
        ),
        _confusion_text(shown_confusion(evaluation)),
        *(f"  {one.origin}: {_cut_text(one)}" for one in origins),
        "",
        *_origin_lines(evaluation),
        *_reason_lines(evaluation),
    ]
    return "\n".join(lines)


def difference_text(evaluation: ChurnEvaluation) -> str:
    """Return in a sentence how the model compares with the best baseline."""
    difference = evaluation.difference
    if math.isnan(difference.mean):
        return f"all customers bought, or none: {MODEL} cannot be compared"
    text = f"AUC of {MODEL} less that of {difference.baseline}, the best baseline: {difference.mean:+.3f}"
    if difference.interval is None:
        return f"{text} (too few customers for an interval)"
    low, high = difference.interval
    return f"{text} (95 % over customers: {low:+.3f} to {high:+.3f})"


def _confusion_text(table: Confusion | None) -> str:
    if table is None:
        return f"at the cut: not shown, since on a side of it fewer than {MIN_GROUP} bought, or did not"
    return (
        f"at the cut: accuracy {_figure(table.accuracy)}, precision {_figure(table.precision)}, "
        f"recall {_figure(table.recall)}, F1 {_figure(table.f1)}, of who buys again"
    )


def _origin_lines(evaluation: ChurnEvaluation) -> list[str]:
    if not are_origins_shown(evaluation):
        return [f"origins are not shown one by one: at one fewer than {MIN_GROUP} bought, or did not"]
    with_f1 = are_origin_cuts_shown(evaluation)
    rows = {str(one.origin): _origin_cells(one, with_f1=with_f1) for one in evaluation.origins}
    return table_lines("origin", _ORIGINS, rows)


def _reason_lines(evaluation: ChurnEvaluation) -> list[str]:
    shown, smallest = shown_reasons(evaluation), smallest_group(evaluation)
    rows = {
        f"{'-' if one.is_risk else '+'} {one.code}": [
            f"{one.customers:,}",
            _figure(one.share_left),
            _figure(one.others_share_left),
            _figure(one.peers_share_left if are_peers_shown(one, smallest) else math.nan),
        ]
        for one in shown
    }
    lines = ["", *table_lines("reason", _REASONS, rows)] if rows else []
    if hidden := len(evaluation.reasons) - len(shown):
        lines += ["", f"{quantity(hidden, 'reason')} of too few customers not shown"]
    return lines


def _cut_text(one: OriginEvaluation) -> str:
    cut = f"who has {one.cut.probability:.3f} or more is said to buy"
    if one.cut.no_earlier_day is not None:
        return f"{cut}: the highest expected F1, since {_NO_EARLIER_DAY[one.cut.no_earlier_day]}"
    return f"{cut}: the highest F1 as of {one.cut.chosen_as_of}"


def _origin_cells(one: OriginEvaluation, *, with_f1: bool) -> list[str]:
    return [
        f"{len(one.scores.customers):,}",
        f"{int(one.outcomes.has_bought.sum()):,}",
        f"{one.scores.probability.sum():,.1f}",
        _figure(one.ranks[MODEL].auc),
        _figure(one.calibration_error),
        _figure(one.cut.probability),
        _figure(one.confusion.f1 if with_f1 else math.nan),
        _errors(one.purchases.get(MODEL)),
        _errors(one.value),
    ]


def _errors(errors: Errors | None) -> str:
    """Return by how much the sum was off, and the root mean square error."""
    if errors is None:
        return "-"
    bias = "-" if math.isnan(errors.bias) else f"{100 * errors.bias:+.0f} %"
    return f"{bias}, RMSE {errors.rmse:,.2f}"


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _lift(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"
