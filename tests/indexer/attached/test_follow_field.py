"""The field by which changes of documents are followed."""

import pytest

from indexer.attached.follow_field import FollowField, read_field_types
from shangsou.errors import UnusableInput

USABLE = {"aggregatable": True, "searchable": True}


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (1_790_000_000, 1_789_999_940),  # seconds
        (1_790_000_000_000, 1_789_999_940_000),  # milliseconds
        (1_790_000_000_000_000, 1_789_999_940_000_000),  # microseconds
        (41, 41),  # a version that counts up
        (20_261_130, 20_261_130),
    ],
)
def test_times_are_read_again_for_a_minute_and_counts_from_the_last(last: float, expected: float) -> None:
    assert FollowField("updated", is_date=False).before(last) == expected


def test_dates_are_read_again_for_a_minute() -> None:
    followed = FollowField("updated_at", is_date=True)
    assert followed.before(1_790_000_000_000) == 1_789_999_940_000
    assert followed.from_value(5) == {"range": {"updated_at": {"gte": 5, "format": "epoch_millis"}}}


def test_a_date_of_the_future_is_taken_for_now() -> None:
    assert (
        FollowField("updated_at", is_date=True).until(4_102_444_800_000, 1_790_000_000.5) == 1_790_000_000_500
    )
    assert FollowField("updated", is_date=False).until(4_102_444_800, 1_790_000_000.5) == 1_790_000_000
    assert FollowField("version", is_date=False).until(7, 1_790_000_000.5) == 7


def test_dates_of_two_precisions_are_one_kind() -> None:
    types = {"date": USABLE, "date_nanos": USABLE}
    assert read_field_types("updated_at", types, "goods at ES") == FollowField("updated_at", is_date=True)


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ({}, "goods at ES has no such field"),
        ({"text": {"aggregatable": False, "searchable": True}}, "of type text"),
        ({"keyword": USABLE}, "of type keyword"),
        # Two indices of an alias that disagree.
        ({"date": USABLE, "long": USABLE}, "of type date and long"),
        ({"date": {"aggregatable": False, "searchable": True}}, "without an index or without doc values"),
    ],
)
def test_a_field_that_cannot_be_followed_is_refused_in_words(
    types: dict[str, dict[str, bool]], words: str
) -> None:
    with pytest.raises(UnusableInput, match=words) as raised:
        read_field_types("updated_at", types, "goods at ES")
    assert "--follow updated_at" in str(raised.value)
    assert "such as updated_at" in str(raised.value)
