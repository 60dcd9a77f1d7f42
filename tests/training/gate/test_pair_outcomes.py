"""Pairs that belong together against random ones, and the cosine that tells them apart."""

from dataclasses import replace

import numpy as np
import pytest

from training.gate.pair_outcomes import JudgedPairs, best_threshold, figures_of, judge_pairs, judged_pairs
from training.pairs.pair import Pair


def booleans(*values: int) -> np.ndarray:
    return np.array(values, np.bool_)


class ByTable:
    """An encoder of vectors that are given."""

    stamp = None

    def __init__(self, **vectors):
        self._vectors = vectors

    def encode(self, texts):
        return np.array([self._vectors[text] for text in texts], np.float32)


def test_the_threshold_lies_between_the_cosines_that_it_tells_apart():
    assert best_threshold(np.array([0.9, 0.7, 0.5, 0.1]), booleans(1, 1, 0, 0)) == pytest.approx(0.6)


def test_where_one_is_wrong_either_way_the_higher_threshold_is_taken():
    # From .8 on two of three are right, and from .4 on two as well: what belongs is .9 and .5, not .7.
    assert best_threshold(np.array([0.9, 0.7, 0.5]), booleans(1, 0, 1)) == pytest.approx(0.8)


def test_equal_cosines_are_on_one_side():
    cosines = np.array([0.5, 0.5, 0.5, 0.2])
    threshold = best_threshold(cosines, booleans(1, 1, 0, 0))
    assert (cosines >= threshold).tolist() == [True, True, True, False]


def test_if_nothing_belongs_together_no_pair_reaches_the_threshold():
    cosines = np.array([0.5, 0.9])
    assert not (cosines >= best_threshold(cosines, booleans(0, 0))).any()


def test_if_all_belong_together_each_reaches_it():
    cosines = np.array([0.5, 0.9])
    assert (cosines >= best_threshold(cosines, booleans(1, 1))).all()


def test_accuracy_precision_recall_and_f1():
    figures = figures_of(booleans(1, 1, 1, 0, 0), booleans(1, 1, 0, 1, 0))
    # Two found rightly, one wrongly, one missed, one left rightly.
    assert (figures.accuracy, figures.precision, figures.recall) == pytest.approx((3 / 5, 2 / 3, 2 / 3))
    assert figures.f1 == pytest.approx(2 * 2 / (3 + 3))


def test_what_finds_nothing_has_no_precision():
    figures = figures_of(booleans(0, 0), booleans(1, 0))
    assert (figures.accuracy, figures.precision, figures.recall, figures.f1) == (0.5, 0, 0, 0)


def test_the_threshold_of_some_pairs_judges_others():
    vectors = {
        "红": [1, 0],
        "红裙": [0.8, 0.6],
        "锅": [0, 1],
        "杯": [1, 0],
        "蓝杯": [0.6, 0.8],
        "盘": [0.28, 0.96],
    }
    encoder = ByTable(**vectors)
    validation = JudgedPairs(("红", "红"), ("红裙", "锅"), booleans(1, 0))
    test = JudgedPairs(("杯", "杯"), ("蓝杯", "盘"), booleans(1, 0))
    outcomes = judge_pairs(encoder, validation, test)
    # .8 and 0 are told apart at .4; the cosines of the test are .6 and .28.
    assert outcomes.threshold == pytest.approx(0.4)
    assert outcomes.is_right.tolist() == [True, True]


PAIR = Pair("红裙", "d1", "法式红裙", 1.0, "click", 1, split="test")


def test_each_pair_counts_once_and_has_one_that_does_not_belong():
    pairs = [
        PAIR,
        replace(PAIR, shopper_hash="other"),
        # Of the same query, and of a near-duplicate of its product: neither is no pair of it.
        replace(PAIR, product_id="d2", title="复古红裙", group=2),
        replace(PAIR, query="锅", product_id="d3", title="铁锅", group=3),
        replace(PAIR, query="杯", product_id="d4", title="蓝杯", group=4, split="train"),
    ]
    judged = judged_pairs(pairs, "test")
    made = list(zip(judged.queries, judged.titles, judged.belongs.tolist(), strict=True))
    assert [one for one in made if one[2]] == [
        ("红裙", "复古红裙", True),
        ("红裙", "法式红裙", True),
        ("锅", "铁锅", True),
    ]
    others = [one for one in made if not one[2]]
    assert others[:2] == [("红裙", "铁锅", False)] * 2
    assert others[2][0] == "锅"
    assert others[2][1] in ("复古红裙", "法式红裙")


def test_a_split_of_one_product_has_nothing_to_tell_it_from():
    assert judged_pairs([PAIR], "test").queries == ()
    assert judged_pairs([PAIR], "validation").queries == ()
