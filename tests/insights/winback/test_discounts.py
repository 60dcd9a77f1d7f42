"""The share that an offer takes off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.winback.discounts import DISCOUNTS, OfferTerms

UNKNOWN = float("nan")


@pytest.mark.parametrize(
    ("margin", "probability", "full_price_share", "discount"),
    [
        (0.4, 0.0, UNKNOWN, 0.2),  # half of .4
        (0.4, 0.0, 0.5, 0.2),
        (0.4, 0.0, 0.8, 0.1),  # a quarter, for who pays the full price
        (0.4, 0.2, UNKNOWN, 0.15),  # half of .8 * .4 is .16
        (0.4, 0.49, UNKNOWN, 0.1),  # half of .51 * .4 is .102
        (0.4, 0.5, UNKNOWN, 0.0),  # buys anyway
        (0.08, 0.0, UNKNOWN, 0.0),  # half of the margin is below what a shop would print
        (1.0, 0.0, UNKNOWN, 0.5),
    ],
)
def test_half_of_what_can_pay_is_offered_in_steps(margin, probability, full_price_share, discount):
    assert OfferTerms(margin).discount(probability, full_price_share) == discount


@given(st.floats(0.01, 1), st.floats(0, 1), st.floats(0, 1) | st.just(np.nan))
def test_no_discount_costs_more_than_it_can_gain(margin, probability, full_price_share):
    discount = OfferTerms(margin).discount(probability, full_price_share)
    assert discount in (0, *DISCOUNTS)
    # If all buy who would not: the gain of these is what the offer costs with the others at least.
    assert (1 - probability) * (margin - discount) >= probability * discount


@pytest.mark.parametrize("margin", [0, -0.1, 1.2, UNKNOWN])
def test_a_margin_that_is_no_share_is_refused(margin):
    with pytest.raises(ValueError, match="is no share above 0 and at most 1"):
        OfferTerms(margin)
