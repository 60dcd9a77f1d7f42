"""Groups of people that are too small to be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.reports.small_groups import is_shown, merge_small


def test_a_small_group_is_shown_with_the_next():
    assert merge_small([[12], [3], [8], [10]]) == [range(1), range(1, 3), range(3, 4)]


def test_the_last_groups_join_the_one_before_where_they_are_too_small():
    assert merge_small([[12], [10], [9]]) == [range(1), range(1, 3)]


def test_every_part_of_a_group_has_to_be_large_enough():
    # Nine of the first who bought are too few, though the first has 100 people.
    assert merge_small([(9, 91), (1, 0), (10, 10)]) == [range(2), range(2, 3)]


def test_all_together_may_be_too_few():
    assert merge_small([[4], [5]]) == []
    assert merge_small([]) == []


def test_fractions_of_tied_people_add_up():
    assert merge_small([[10 / 3], [10 / 3], [10 / 3]]) == [range(3)]


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=12))
def test_runs_hold_each_group_once_and_none_is_small(counts):
    runs = merge_small(counts)
    assert all(sum(counts[at][part] for at in run) >= 10 for run in runs for part in (0, 1))
    if runs:
        assert [at for run in runs for at in run] == list(range(len(counts)))
    else:
        assert min((sum(column) for column in zip(*counts, strict=True)), default=0) < 10


@pytest.mark.parametrize(
    ("count", "total", "shown"),
    [(10, 20, True), (9, 20, False), (12, 20, False), (20, 20, True), (5, 5, False)],
)
def test_a_part_is_shown_where_neither_it_nor_the_rest_is_small(count, total, shown):
    assert is_shown(count, total) is shown
