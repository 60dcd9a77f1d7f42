"""The names of lists."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.customer_lists.names import (
    check_campaign,
    churn_name,
    hold_out_name,
    is_list_name,
    kind_of,
    winback_name,
)
from shangsou.errors import UnusableInput


def test_a_name_says_the_kind_of_its_list():
    made_at = datetime(2026, 12, 2, 13, 3, 1, 42_000, tzinfo=timezone(timedelta(hours=8)))
    assert churn_name(made_at) == "churn-20261202T050301042Z"
    assert churn_name(datetime(2026, 12, 2, 5, 3, 1, 42_999, tzinfo=UTC)) == "churn-20261202T050301042Z"
    assert hold_out_name("双12_a.b") == "winback-双12_a.b-hold-out"
    names = (churn_name(made_at), winback_name("双12_a.b"), hold_out_name("双12_a.b"))
    assert [kind_of(name) for name in names] == ["churn", "winback", "hold-out"]


@pytest.mark.parametrize(
    "campaign",
    ["", ".", "..", "../x", "a/b", "a b", "-a", ".a", "a\n", "a\0", "é", "summer-hold-out", "字" * 61, "a:b"],
)
def test_a_campaign_that_cannot_be_a_file_or_two_lists_at_once_is_refused(campaign: str):
    with pytest.raises(UnusableInput, match="choose another"):
        check_campaign(campaign)


@pytest.mark.parametrize(
    "name",
    ["churn-1", "churn-20261202T050301042Z.csv", "winback-", "winback--hold-out", "key", "winback-../a"],
)
def test_what_is_no_name_of_a_list_is_refused(name: str):
    with pytest.raises(UnusableInput, match="no name of a list"):
        kind_of(name)


@given(st.text(max_size=70))
def test_a_campaign_is_refused_or_names_two_files_of_the_folder(campaign: str):
    try:
        name, hold_out = winback_name(campaign), hold_out_name(campaign)
    except UnusableInput:
        assert not is_list_name(f"winback-{campaign}") or campaign.endswith("-hold-out")
        return
    assert (kind_of(name), kind_of(hold_out)) == ("winback", "hold-out")
    assert "/" not in name
    assert len(f"{hold_out}.json.new".encode()) <= 255
