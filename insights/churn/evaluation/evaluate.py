"""Evaluation of a model of who buys again, as of past days, beside simple scores."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from insights.churn.evaluation.auc_difference import AucDifference, ComparedOrigin, auc_difference
from insights.churn.evaluation.baselines import BASELINES, FREQUENCY
from insights.churn.evaluation.cut import Cut, NoEarlierDay, cut_of_outcomes, cut_of_probabilities
from insights.churn.evaluation.measures import Confusion, Flags, Numbers, mean_known
from insights.churn.evaluation.origin_evaluation import MODEL, OriginEvaluation, RankMeasures, evaluate_origin
from insights.churn.evaluation.reason_outcomes import ReasonOutcome, reason_outcomes
from insights.churn.evaluation.split import Outcomes, Split, split_at
from insights.churn.scores import Scores
from insights.customers.activity import Activity
from insights.customers.orders import Orders
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

_Earlier = tuple[Scores, Outcomes] | NoEarlierDay
Model = Callable[[Orders, int, Activity | None], Scores]
"""Scores the customers of orders for as many days after the last one as its second argument says."""


@dataclass(frozen=True, slots=True)
class ChurnEvaluation:
    """An evaluation over origins, first to last."""

    horizon_days: int
    origins: tuple[OriginEvaluation, ...]
    left_out: Mapping[date, str]
    """Origins as of which nothing could be scored, with the reason."""
    ranks: Mapping[str, RankMeasures]
    """Means over the origins; of the scores that are known at all of them."""
    calibration_error: float
    """The mean over the origins, as the next: that of a run."""
    brier_score: float
    confusion: Confusion
    """Summed over the origins, each at its own cut."""
    difference: AucDifference
    """To the baseline with the highest AUC."""
    reasons: tuple[ReasonOutcome, ...]

    @property
    def has_bought(self) -> Flags:
        """Whether customers bought, of all origins one after the other."""
        return np.concatenate([one.outcomes.has_bought for one in self.origins])

    @property
    def probability(self) -> Numbers:
        """What was said of them."""
        return np.concatenate([one.scores.probability for one in self.origins])


def evaluate_churn(
    orders: Orders, activity: Activity | None, model: Model, origins: Iterable[date], horizon_days: int
) -> ChurnEvaluation:
    """Return the measures of a model fitted to what was known at each origin, from the start.

    The cut of an origin is chosen on the scores as of one horizon before it, whose outcomes were known then.
    Where that day could not be scored, or nobody bought after it, the probabilities themselves choose it.

    Parameters
    ----------
    orders
        With those of the days held out.
    activity
        As of the orders.
    model
        Sees the records up to an origin alone.
    origins
        Last days known, first to last, as `rolling_origins` returns them.
    horizon_days
        How many days are held out after each.

    Raises
    ------
    UnusableInput
        Nothing can be scored at any origin.
    ValueError
        The model leaves a customer out.
    """
    evaluated: list[OriginEvaluation] = []
    left_out: dict[date, str] = {}
    before: _Earlier | None = None
    for origin in origins:
        if before is None:
            before = _scored_before(orders, activity, model, origin, horizon_days)
        split = split_at(orders, activity, origin, horizon_days)
        try:
            scores = _score(model, split, horizon_days)
        except UnusableInput as reason:
            left_out[origin] = str(reason)
            before = NoEarlierDay.NOT_SCORED
            continue
        evaluated.append(evaluate_origin(origin, scores, split, _choose_cut(scores, before)))
        before = scores, split.outcomes
    if not evaluated:
        raise UnusableInput(f"nothing can be measured: {next(iter(left_out.values()), 'there is no origin')}")
    return _summarize(horizon_days, tuple(evaluated), left_out)


def _scored_before(
    orders: Orders, activity: Activity | None, model: Model, origin: date, horizon_days: int
) -> _Earlier:
    """Return the scores as of a horizon before, with their outcomes; or why there are none."""
    earlier = origin - timedelta(horizon_days)
    if (earlier - orders.first_day).days + 1 < horizon_days:
        return NoEarlierDay.TOO_SHORT
    split = split_at(orders, activity, earlier, horizon_days)
    try:
        return _score(model, split, horizon_days), split.outcomes
    except UnusableInput:
        return NoEarlierDay.NOT_SCORED


def _score(model: Model, split: Split, horizon_days: int) -> Scores:
    """Return the scores of the customers of a split, in their order."""
    scores = model(split.known, horizon_days, split.activity)
    if scores.customers == split.known.customers:
        return scores
    position = {customer: at for at, customer in enumerate(scores.customers)}
    missing = sum(one not in position for one in split.known.customers)
    if missing:
        raise ValueError(
            f"the scores as of {scores.as_of} leave out {quantity(missing, 'customer')} of the orders"
        )
    rows = [position[one] for one in split.known.customers]
    return scores.take(rows)


def _choose_cut(scores: Scores, before: _Earlier) -> Cut:
    if isinstance(before, NoEarlierDay):
        return cut_of_probabilities(scores.probability, before)
    earlier, outcomes = before
    if not outcomes.has_bought.any():
        return cut_of_probabilities(scores.probability, NoEarlierDay.NOBODY_BOUGHT)
    return cut_of_outcomes(outcomes.has_bought, earlier.probability, earlier.as_of)


def _summarize(
    horizon_days: int, origins: tuple[OriginEvaluation, ...], left_out: Mapping[date, str]
) -> ChurnEvaluation:
    names = [name for name in (MODEL, *BASELINES) if all(name in one.ranks for one in origins)]
    ranks = {
        name: RankMeasures(
            *(
                mean_known([getattr(one.ranks[name], measure) for one in origins])
                for measure in ("auc", "average_precision", "buyer_lift", "leaver_lift")
            )
        )
        for name in names
    }
    baseline = max(names[1:], key=lambda name: np.nan_to_num(ranks[name].auc, nan=-1))
    tables = [one.confusion for one in origins]
    return ChurnEvaluation(
        horizon_days,
        origins,
        left_out,
        ranks,
        mean_known([one.calibration_error for one in origins]),
        mean_known([one.brier_score for one in origins]),
        Confusion(
            sum(one.true_positives for one in tables),
            sum(one.false_positives for one in tables),
            sum(one.false_negatives for one in tables),
            sum(one.true_negatives for one in tables),
        ),
        auc_difference(baseline, _compared(origins, baseline)),
        reason_outcomes(
            [reasons for one in origins for reasons in one.scores.reasons],
            np.concatenate([one.outcomes.has_bought for one in origins]),
            np.concatenate([one.baselines[FREQUENCY] for one in origins]),
        ),
    )


def _compared(origins: Sequence[OriginEvaluation], baseline: str) -> list[ComparedOrigin]:
    numbers: dict[str, int] = {}
    return [
        ComparedOrigin(
            np.array([numbers.setdefault(customer, len(numbers)) for customer in one.scores.customers]),
            one.outcomes.has_bought,
            one.scores.probability,
            one.baselines[baseline],
        )
        for one in origins
    ]
