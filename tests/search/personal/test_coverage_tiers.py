"""Tiers of query coverage, which no preference outweighs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shangsou.search.personal.coverage_tiers import assign_tiers, cap_by_tier


def _tier(coverage: float, *, other_type: bool = False) -> int:
    return int(assign_tiers(np.array([coverage]), np.array([other_type]))[0])


def test_each_quarter_of_the_query_that_is_missing_is_a_step() -> None:
    # All of it; one of eight; one of four; one of three; two of three; none.
    assert [_tier(share) for share in (1, 7 / 8, 3 / 4, 2 / 3, 1 / 3, 0)] == [0, 0, 1, 1, 2, 4]


def test_what_is_filed_elsewhere_falls_shorter_than_what_holds_nothing_of_the_query() -> None:
    assert _tier(1.0, other_type=True) > _tier(0.0)


def test_a_liked_product_stops_behind_the_last_before_it_that_fits_better() -> None:
    # In plain order: two that fit, one that does not but is liked most, and a third that fits.
    capped = cap_by_tier(np.array([3.0, 2.0, 9.0, 1.0]), np.array([0, 0, 1, 0]))
    assert np.argsort(-capped, kind="stable").tolist() == [0, 1, 2, 3]


def test_among_those_that_fit_alike_taste_decides() -> None:
    capped = cap_by_tier(np.array([1.0, 3.0, 2.0]), np.array([1, 1, 1]))
    assert capped.tolist() == [1, 3, 2]


def test_what_the_plain_order_has_in_front_may_stay_there() -> None:
    capped = cap_by_tier(np.array([9.0, 2.0]), np.array([1, 0]))
    assert capped.tolist() == [9, 2]


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_none_ever_passes_one_that_fits_better_and_stood_before_it(rows: list[tuple[float, int]]) -> None:
    scores, tiers = (np.array(column) for column in zip(*rows, strict=True))
    order = np.argsort(-cap_by_tier(scores, tiers), kind="stable").tolist()
    for position, candidate in enumerate(order):
        passed = [other for other in order[position + 1 :] if other < candidate]
        assert all(tiers[other] >= tiers[candidate] for other in passed)
