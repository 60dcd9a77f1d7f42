"""The gain of a campaign, or that its groups are too small."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

from insights.winback.campaign import Campaign
from insights.winback.measurement import measure_campaign
from insights.winback.measurement_text import measurement_json, measurement_text
from insights.winback.outcomes import Outcomes
from shangsou.errors import UnusableInput

START = date(2026, 6, 1)


def outcomes(treated, held_out, *, days=30, ended_by=""):
    """Outcomes of customers of two groups, by what each paid."""
    names = tuple(f"c{number}" for number in range(len(treated) + len(held_out)))
    groups = (names[: len(treated)], names[len(treated) :])
    paid = np.array([*treated, *held_out], np.float64)
    return Outcomes(
        Campaign("spring", START, 30, *groups),
        np.arange(len(paid)) < len(treated),
        (paid > 0).astype(np.int64),
        paid,
        START,
        START + timedelta(days=days - 1),
        ended_by,
        0,
    )


def measure(one, **terms):
    return measure_campaign(one, **({"margin_share": 0.5, "contact_cost": 1.0} | terms))


# Of 400 treated 200 paid 90 to 110, 100 in the mean; of 100 held out 10 did.
CLEAR = outcomes([90.0, 110.0] * 100 + [0.0] * 200, [90.0, 110.0] * 5 + [0.0] * 90)


def test_the_gain_is_the_difference_in_margin_times_the_treated_less_the_costs():
    measured = measure(CLEAR)
    # Margins .5 x 50 = 25 and .5 x 10 = 5; 400 x 20 - 400 = 7,600.
    assert (measured.treated.margin, measured.held_out.margin) == (25, 5)
    assert measured.share_difference.value == pytest.approx(0.4)
    assert measured.margin_difference.value == pytest.approx(20)
    assert (measured.costs, measured.gain.value) == (400, pytest.approx(7600))
    assert measured.gain.low == pytest.approx(400 * measured.margin_difference.low - 400)
    assert (measured.verdict, measured.is_too_small, measured.is_complete) == ("gain", False, True)


def test_a_discount_takes_what_it_took_off_the_price():
    # Orders of the treated at 20 % off: of 100 paid, 62.5 were the cost of goods. 18.75 and 5.
    assert measure(CLEAR, discount=0.2).margin_difference.value == pytest.approx(13.75)


def test_a_campaign_that_costs_more_than_it_earns_is_a_loss():
    assert measure(CLEAR, contact_cost=50.0).verdict == "loss"


def test_groups_that_are_too_small_say_what_they_could_have_found_and_how_many_it_takes():
    # Half of each buys for 10: no difference but the costs of .1.
    measured = measure(outcomes([10.0, 0.0] * 40, [10.0, 0.0] * 10), contact_cost=0.1)
    assert (measured.verdict, measured.is_too_small) == ("unknown", True)
    # 2.8016 x sqrt(.5 x .5 x (1/80 + 1/20)) = .3502.
    assert measured.detectable_share.effect == pytest.approx(0.3502, abs=1e-4)
    assert measured.detectable_share.needed is None
    # Margins of 5 or 0: variances 6.25 x 80/79 and 6.25 x 20/19 over 80 and 20; 2.8016 x .6390 = 1.7903,
    # and to see .1 takes 100 x (17.903)^2.
    assert measured.detectable_margin.effect == pytest.approx(1.790, abs=1e-3)
    assert measured.detectable_margin.needed == pytest.approx(32_050, abs=50)
    text = measurement_text(measured)
    assert "the groups are too small for the effect" in text
    assert "35.02 points more or fewer buyers\n" in text
    assert "to show the one seen, if it is real, takes 32,0" in text


def test_too_few_buyers_have_no_interval_of_money():
    measured = measure(outcomes([10.0, 0.0, 0.0], [0.0, 0.0]))
    assert measured.verdict == "unknown"
    assert "too few bought to tell" in measurement_text(measured)
    document = json.loads(json.dumps(measurement_json(measured), allow_nan=False))
    assert document["gain"] == {"value": pytest.approx(2.0, abs=1e-3), "interval": None}
    assert document["too_small"] is True


def test_who_was_erased_or_refused_counts_as_not_having_bought_in_both_groups():
    # Of 400 contacted 100 refused, who would not have bought: margins of 25 and 5 a customer, as before.
    left = outcomes([90.0, 110.0] * 100 + [0.0] * 100, [90.0, 110.0] * 5 + [0.0] * 89)
    measured, before = measure(left, erased_treated=100, erased_held_out=1), measure(CLEAR)
    assert (measured.treated.customers, measured.held_out.customers) == (400, 100)
    assert (measured.treated.margin, measured.costs) == (25, 400)
    assert measured.margin_difference == before.margin_difference
    assert measured.share_difference == before.share_difference
    text = measurement_text(measured)
    assert "100 customers of them refused marketing or were deleted since: counted as not having" in text
    assert "1 customer of them" in text


def test_where_nobody_bought_that_is_all_there_is_to_tell():
    text = measurement_text(measure(outcomes([0.0] * 20, [0.0] * 20)))
    assert "nobody of either group bought in these days" in text
    assert "four in five" not in text


def test_days_that_are_missing_are_reported():
    assert "not all days to measure are over" in measurement_text(measure(outcomes([1, 0], [0, 1], days=9)))
    ended = outcomes([1, 0], [0, 1], days=9, ended_by="summer")
    assert "up to the start of campaign summer" in measurement_text(measure(ended))


def test_a_group_of_one_cannot_be_compared():
    with pytest.raises(UnusableInput, match="one of its groups has 1 of the customers"):
        measure(outcomes([1, 0, 1], [1]))


def test_no_loss_is_claimed_that_is_there_only_if_everybody_used_the_discount():
    # Half of both groups paid 100. At a margin of .5 that is 25 a customer; at half off, of 100 paid the
    # goods cost 100, and nothing is left.
    both = outcomes([100.0, 0.0] * 500, [100.0, 0.0] * 500)
    measured = measure(both, discount=0.5, contact_cost=0.0)
    assert measured.gain.value == pytest.approx(-25_000)
    assert measured.gain.high < 0
    assert measured.gain_without_discount.value == pytest.approx(0)
    assert measured.verdict == "unknown"
    assert "if nobody used the discount: +0.00" in measurement_text(measured)


def test_without_a_discount_both_gains_are_the_same():
    measured = measure(CLEAR)
    assert measured.gain_without_discount == measured.gain
    assert "discount:" not in measurement_text(measured)
