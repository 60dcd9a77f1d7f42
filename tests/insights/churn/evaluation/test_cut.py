"""Cuts of who is said to buy again."""

from datetime import date

import numpy as np
import pytest

from insights.churn.evaluation.cut import Cut, NoEarlierDay, cut_of_outcomes, cut_of_probabilities

DAY = date(2026, 6, 1)


def test_the_cut_is_where_f1_was_highest_on_an_earlier_day():
    # From the top: B 2/3, B 4/4 = 1, then less.
    bought = np.array([True, False, True, False])
    assert cut_of_outcomes(bought, np.array([0.9, 0.2, 0.6, 0.1]), DAY) == Cut(0.6, DAY)


def test_customers_of_equal_probability_are_on_one_side_of_the_cut():
    # One of the two at .5 bought. Above .5 lies one buyer: F1 2/3. From .5 on: 4/5. From .1 on: 4/7.
    bought = np.array([True, True, False, False, False])
    assert cut_of_outcomes(bought, np.array([0.9, 0.5, 0.5, 0.1, 0.1]), DAY).probability == 0.5


def test_without_an_earlier_day_probabilities_choose_the_cut():
    # Expected buyers 1.7. From the top: 1.8 / 2.7, 3.2 / 3.7, 3.4 / 4.7: the second is the highest.
    why = NoEarlierDay.TOO_SHORT
    assert cut_of_probabilities(np.array([0.1, 0.9, 0.7]), why) == Cut(0.7, None, why)


@pytest.mark.parametrize("probability", [0.0, 0.3])
def test_one_probability_of_all_is_the_cut(probability):
    assert cut_of_probabilities(np.full(4, probability), NoEarlierDay.NOT_SCORED).probability == probability
