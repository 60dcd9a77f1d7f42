"""T- and X-learner: models of what contacting a customer changes (Künzel, Sekhon, Bickel and Yu, 2019)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insights.winback.base_learners import BaseLearner, Predictor
from insights.winback.uplift_rows import UpliftRows

Numbers = NDArray[np.float64]
# Of the margins other than 0, which are heavy-tailed: beyond it a few orders would decide. Learning alone
# sees them cut; all that is measured sees them whole.
_CUT = 0.99


class MetaLearners(NamedTuple):
    """Both learners over the same base models."""

    t_learner: Predictor
    x_learner: Predictor


def fit_meta_learners(rows: UpliftRows, base: BaseLearner) -> MetaLearners:
    """Return models of the incremental margin.

    The T-learner is the difference of a model of the treated and one of the held out. The X-learner models
    the effects that these two impute to the customers of the other group, and weights both by the share
    of treated, which is known: where few are held out it rests on what the many treated tell.
    """
    y, treated, weights = _cut(rows.margin), rows.is_treated, rows.weights()
    features = rows.features
    of_treated = base(features[treated], y[treated], weights[treated])
    of_held_out = base(features[~treated], y[~treated], weights[~treated])
    gained = y[treated] - of_held_out(features[treated])
    missed = of_treated(features[~treated]) - y[~treated]
    effect_of_treated = base(features[treated], gained, weights[treated])
    effect_of_held_out = base(features[~treated], missed, weights[~treated])
    share = float(treated.mean())

    def x_learner(values: Numbers) -> Numbers:
        return share * effect_of_held_out(values) + (1 - share) * effect_of_treated(values)

    return MetaLearners(lambda values: of_treated(values) - of_held_out(values), x_learner)


def _cut(margin: Numbers) -> Numbers:
    amounts = np.abs(margin[margin != 0])
    if not len(amounts):
        return margin
    most = float(np.quantile(amounts, _CUT))
    return np.clip(margin, -most, most)
