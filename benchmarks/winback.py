"""Simulated campaigns: how often uplift and a gain are found where they are, and where they are not."""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulated_campaigns import (
    CONTACT_COST,
    DISCOUNT,
    MARGIN_SHARE,
    Response,
    SimulatedCampaign,
    simulate_campaign,
)
from insights.winback.measurement import measure_campaign
from insights.winback.uplift import fit_uplift

# Response, customers and trials.
CASES: tuple[tuple[Response, int, int], ...] = (
    ("none", 5_000, 200),
    ("even", 5_000, 200),
    ("varied", 20_000, 60),
)
# The level of the Qini's interval was chosen on those before.
_FIRST_TRIAL = 1000


def measure(data: Path, elastic_url: str) -> dict[str, object]:  # noqa: ARG001 - it reads neither
    """Return for each simulated response how often uplift, and an average effect, is found.

    At most .05 of trials may find uplift where the response is "none" or "even", and an average effect where
    it is "none". `won` is, where uplift was found, what contacting the half with the highest predictions wins
    over what contacting a random half does. `gain_covered` is how often the true gain lies within what is
    measured: from the lower end as if all used the discount to the upper one as if nobody did.
    """
    return {
        f"simulated {response}, {size}": _trials(response, size, trials) for response, size, trials in CASES
    }


def _trials(response: Response, size: int, trials: int) -> dict[str, object]:
    uplift_found = average_found = average_covered = gain_covered = 0
    won: list[float] = []
    gains: list[float] = []
    learners: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for trial in range(_FIRST_TRIAL, _FIRST_TRIAL + trials):
        campaign = simulate_campaign(size, response, np.random.default_rng((trial, size)))
        uplift = fit_uplift(campaign.rows)
        average = uplift.average
        average_found += average.low > 0 or average.high < 0
        average_covered += average.low <= float(campaign.effect.mean()) <= average.high
        uplift_found += uplift.is_usable
        measured = measure_campaign(
            campaign.outcomes, margin_share=MARGIN_SHARE, contact_cost=CONTACT_COST, discount=DISCOUNT
        )
        gains.append(campaign.gain)
        gain_covered += measured.gain.low <= campaign.gain <= measured.gain_without_discount.high
        verdicts[measured.verdict] += 1
        learners[uplift.learner] += 1
        if uplift.is_usable and response != "none":
            others = simulate_campaign(size, response, np.random.default_rng((trial, size, 1)))
            won.append(_gain_of_half(others, uplift.predict(others.rows.features)))
    print(f"{response} {size}: {uplift_found} of {trials}", file=sys.stderr)
    return {
        "trials": trials,
        "uplift_found": round(uplift_found / trials, 3),
        "average_found": round(average_found / trials, 3),
        "average_covered": round(average_covered / trials, 3),
        "true_gain": round(float(np.mean(gains))),
        "gain_covered": round(gain_covered / trials, 3),
        "verdicts": dict(verdicts),
        "won": round(float(np.mean(won)), 3) if won else None,
        "learners": dict(learners),
    }


def _gain_of_half(campaign: SimulatedCampaign, predicted: NDArray[np.float64]) -> float:
    half = np.argsort(-predicted)[: len(predicted) // 2]
    return float(campaign.effect[half].mean() / campaign.effect.mean())
