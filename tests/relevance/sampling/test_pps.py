"""Sampling with probability proportional to size."""

from collections import Counter
from math import isclose, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.sampling.pps import draw_by_size

# Three of these: 50 of 100 and then 30 of 50 are more than a share of one; the last is one of 10 + 5 + 3 + 2.
SIZES = [50, 30, 10, 5, 3, 2]
PROBABILITIES = [1, 1, 0.5, 0.25, 0.15, 0.1]
TRIALS = 4_000


def test_each_unit_is_drawn_as_often_as_its_size_says():
    counts: Counter[int] = Counter()
    for seed in range(TRIALS):
        counts.update(draw.position for draw in draw_by_size(SIZES, 3, Random(seed)))
    for position, probability in enumerate(PROBABILITIES):
        error = sqrt(probability * (1 - probability) / TRIALS)
        assert abs(counts[position] / TRIALS - probability) <= 4 * error, position


def test_a_draw_says_its_probability():
    seen = {
        draw.position: draw.probability
        for seed in range(100)
        for draw in draw_by_size(SIZES, 3, Random(seed))
    }
    assert [seen[position] for position in range(len(SIZES))] == pytest.approx(PROBABILITIES)


def test_two_units_that_are_neighbours_in_size_are_drawn_together_too():
    # Without a random order 1 and 2 of [1, 1, 1, 1] would never be in one sample of two.
    pairs = {
        tuple(draw.position for draw in draw_by_size([1, 1, 1, 1], 2, Random(seed))) for seed in range(200)
    }
    assert len(pairs) == 6


def test_all_of_the_units_are_drawn_for_certain():
    draws = draw_by_size([3, 1, 2], 3, Random(0))
    assert [(draw.position, draw.probability) for draw in draws] == [(0, 1), (1, 1), (2, 1)]


def test_a_random_state_decides_the_sample():
    sizes = list(range(1, 200))
    assert draw_by_size(sizes, 20, Random("a")) == draw_by_size(sizes, 20, Random("a"))
    assert draw_by_size(sizes, 20, Random("a")) != draw_by_size(sizes, 20, Random("b"))


@given(
    sizes=st.lists(st.integers(1, 10**12), min_size=1, max_size=40),
    data=st.data(),
)
def test_a_sample_has_as_many_distinct_units_as_asked_for(sizes: list[int], data: st.DataObject):
    count = data.draw(st.integers(0, len(sizes)))
    draws = draw_by_size(sizes, count, Random(data.draw(st.integers())))
    positions = [draw.position for draw in draws]
    assert positions == sorted(set(positions))
    assert len(positions) == count
    assert all(0 < draw.probability <= 1 for draw in draws)


@given(sizes=st.lists(st.integers(1, 10**6), min_size=2, max_size=30), seed=st.integers())
def test_what_the_drawn_units_stand_for_adds_up_to_all(sizes: list[int], seed: int):
    draws = draw_by_size(sizes, len(sizes) // 2, Random(seed))
    assert isclose(sum(sizes[draw.position] / draw.probability for draw in draws), sum(sizes))


@pytest.mark.parametrize(("sizes", "count"), [([1, 2], 3), ([1, 2], -1), ([1, 0], 1), ([], 1)])
def test_more_units_than_there_are_or_one_without_a_size_is_an_error(sizes: list[int], count: int):
    with pytest.raises(ValueError, match=r"cannot be drawn|whole numbers"):
        draw_by_size(sizes, count, Random(0))
