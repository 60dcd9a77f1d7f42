"""Tables of an evaluation of churn scores for a terminal."""

import math

from insights.churn.evaluation.evaluate import ChurnEvaluation
from insights.churn.evaluation.measures import Errors
from insights.churn.evaluation.origin_evaluation import MODEL, OriginEvaluation
from insights.evaluation.text_report import table_lines
from shangsou.text.plurals import quantity

_RANKS = ("AUC", "avg precision", "lift of buyers", "lift of leavers")
_ORIGINS = ("customers", "bought", "expected", "AUC", "calib. error", "cut", "F1", "purchases", "value")
_REASONS = ("customers", "left", "left without it", "of as many orders")


def evaluation_text(evaluation: ChurnEvaluation) -> str:
    """Return the measures as tables: how scores rank, how true probabilities are, the cut, the reasons."""
    origins, table = evaluation.origins, evaluation.confusion
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
        (
            f"at the cut: accuracy {_figure(table.accuracy)}, precision {_figure(table.precision)}, "
            f"recall {_figure(table.recall)}, F1 {_figure(table.f1)}, of who buys again"
        ),
        *(f"  {one.origin}: {_cut_text(one)}" for one in origins),
        "",
        *table_lines("origin", _ORIGINS, {str(one.origin): _origin_cells(one) for one in origins}),
    ]
    if evaluation.reasons:
        reasons = {
            f"{'-' if one.is_risk else '+'} {one.code}": [
                f"{one.customers:,}",
                _figure(one.share_left),
                _figure(one.others_share_left),
                _figure(one.peers_share_left),
            ]
            for one in evaluation.reasons
        }
        lines += ["", *table_lines("reason", _REASONS, reasons)]
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


def _cut_text(one: OriginEvaluation) -> str:
    cut = f"who has {one.cut.probability:.3f} or more is said to buy"
    if one.cut.chosen_as_of is None:
        return (
            f"{cut}: the highest expected F1, since the records begin too late to choose it on earlier days"
        )
    return f"{cut}: the highest F1 as of {one.cut.chosen_as_of}"


def _origin_cells(one: OriginEvaluation) -> list[str]:
    return [
        f"{len(one.scores.customers):,}",
        f"{int(one.outcomes.has_bought.sum()):,}",
        f"{one.scores.probability.sum():,.1f}",
        _figure(one.ranks[MODEL].auc),
        _figure(one.calibration_error),
        _figure(one.cut.probability),
        _figure(one.confusion.f1),
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
