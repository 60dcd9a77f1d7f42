"""`shangsou attach` where something is wrong: nothing is lost, and it says what to do."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from shangsou.engines.elastic import point_in_time
from shangsou.engines.elastic.point_in_time import PointInTime
from tests.fixtures.attached import MAP, Merchant, counts, document, state, stored, stored_apart
from tests.fixtures.indexer import Finished, IndexerHome
from tests.servers.relay import Relay

pytestmark = [pytest.mark.elastic, pytest.mark.usefixtures("offline", "offline_changes")]

FOLLOW = ["--follow", "updated_at"]


@pytest.mark.parametrize("by", ["absence", "mark"])
def test_more_than_half_of_the_products_go_only_where_that_is_accepted(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], by: str
) -> None:
    options = [*FOLLOW, "--deleted", "is_deleted", *(["--full"] if by == "absence" else [])]
    assert attach(*options).code == 0
    if by == "absence":
        merchant.delete("d0", "d1", "d2", "d3")
    else:
        merchant.write({f"d{number}": {**document(number, 20), "is_deleted": 1} for number in range(4)})
    before = state(home)
    refused = attach(*options)
    assert refused.code == 1
    assert "4 of 6 products are no longer in" in refused.err
    assert "--allow-fewer" in refused.err
    assert len(stored(home)) == 6
    assert state(home) == before
    assert attach(*options, "--allow-fewer").code == 0
    assert sorted(stored(home)) == ["G4", "G5"]


def test_an_index_that_is_emptied_empties_no_shop(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    merchant.delete(*(f"d{number}" for number in range(6)))
    for arguments in ([], FOLLOW, [*FOLLOW, "--full"]):
        finished = attach(*arguments)
        assert len(stored(home)) == 6, finished.err
    assert finished.code == 1


@pytest.mark.parametrize("arguments", [[], ["--full"]])
def test_a_field_that_was_renamed_meanwhile_is_refused_and_no_title_is_lost(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], arguments: list[str]
) -> None:
    assert attach(*FOLLOW).code == 0
    before = state(home)
    for number in range(6):
        renamed = document(number, 30)
        renamed["goods"]["label"] = renamed["goods"].pop("name")
        merchant.write({f"d{number}": renamed})
    finished = attach(*FOLLOW, *arguments)
    assert finished.code in {1, 2}
    assert re.search("6 of 6 rows were rejected|--map title=goods.name names no column", finished.err)
    assert stored(home)["G0"].title == "红色马克杯"
    assert state(home) == before
    # The way out: another map, by which all is read again.
    corrected = [one.replace("goods.name", "goods.label") for one in MAP]
    corrected_run = attach(*corrected, *FOLLOW, "--json", mapped=False)
    assert counts(corrected_run) == {"pass": "full", "documents": 6, "unchanged": 6}


def test_a_draft_among_the_changes_keeps_nothing_else_from_the_shop(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    # No share of the two is small, and it is read first.
    merchant.write({"d1": document(1, 20, name=""), "d2": document(2, 20, name="不粘炒锅")})
    finished = attach(*FOLLOW, "--json")
    assert counts(finished) == {
        "pass": "changes",
        "documents": 4,
        "updated": 1,
        "unchanged": 2,
        "rejected": 1,
    }
    assert f'{merchant.index}/_doc/d1: product \\"G1\\" has no title' in finished.out
    products = stored(home)
    assert (products["G1"].title, products["G2"].title) == ("陶瓷汤碗", "不粘炒锅")


@pytest.mark.parametrize("stage", ["update", "state"])
def test_after_a_kill_between_reading_and_the_end_nothing_is_lost(
    home: IndexerHome, merchant: Merchant, stage: str
) -> None:
    arguments = ["attach", "--index", merchant.index, "--url", merchant.url, *MAP, *FOLLOW]
    assert home.run_apart(*arguments).code == 0
    before = state(home)
    merchant.write({"d1": document(1, 20, name="青花瓷汤碗")})
    assert home.run_apart(*arguments, fault=f"{stage}:kill").code == -9
    assert state(home) == before
    assert home.run_apart(*arguments).code == 0
    assert stored_apart(home)["G1"].title == "青花瓷汤碗"
    assert state(home)["last"] == before["last"] + 15 * 60_000


def test_a_moment_that_was_lost_is_read_again(
    merchant: Merchant, attach: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_moments(merchant, monkeypatch, times=1)
    finished = attach("--json")
    assert (finished.code, finished.document["indexed"]) == (0, 6)


def test_a_moment_that_is_lost_again_and_again_ends_in_words_and_changes_nothing(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attach(*FOLLOW).code == 0
    before = state(home)
    lose_moments(merchant, monkeypatch, times=3)
    finished = attach(*FOLLOW, "--full")
    assert finished.code == 1
    assert "no longer has" in finished.err
    assert "nothing was changed" in finished.err
    assert (len(stored(home)), state(home)) == (6, before)


def lose_moments(merchant: Merchant, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let Elasticsearch forget a moment behind its first page, as a node does that restarts."""
    monkeypatch.setattr(point_in_time, "_PAGE_SIZE", 2)
    search = PointInTime.search
    remaining = [times]

    def lost(moment: PointInTime, **body: Any) -> dict[str, Any]:
        if body.get("search_after") and remaining[0]:
            remaining[0] -= 1
            merchant.client.close_point_in_time(id=moment._id)
        return search(moment, **body)

    monkeypatch.setattr(PointInTime, "search", lost)


def test_a_server_that_goes_away_between_two_pages_ends_in_words_without_its_password(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_in_time, "_PAGE_SIZE", 2)
    search = PointInTime.search
    with Relay(merchant.url) as relay:
        opened: list[str] = []

        def cut(moment: PointInTime, **body: Any) -> dict[str, Any]:
            if body.get("search_after"):
                opened.append(moment._id)
                relay.cut()
            return search(moment, **body)

        monkeypatch.setattr(PointInTime, "search", cut)
        url = relay.url.replace("://", "://shop:secret@")
        finished = home.run("attach", "--index", merchant.index, "--url", url, *MAP)
    assert finished.code == 1
    assert "does not answer" in finished.err
    assert "check --url" in finished.err
    assert "secret" not in finished.err + finished.out
    assert home.store.current() is None
    # The cut kept it from being closed, and it would expire.
    merchant.client.close_point_in_time(id=opened[0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--follow", "note"], "it is of type text"),
        (["--follow", "goods.name"], "it is of type text"),
        (["--follow", "unsorted"], "without doc values"),
        (["--follow", "changed_at"], "has no such field"),
        (["--every", "5"], "--every needs --follow"),
        (["--full-every", "5"], "--full-every needs --follow"),
        (["--map", "price=goods.cost"], "--map price=goods.cost names no column"),
    ],
)
def test_a_wrong_choice_is_refused_in_words(
    home: IndexerHome, attach: Callable[..., Finished], options: list[str], words: str
) -> None:
    finished = attach(*options)
    assert finished.code == 2
    assert words in finished.err
    assert home.store.current() is None


def test_a_field_without_any_value_is_refused(merchant: Merchant, attach: Callable[..., Finished]) -> None:
    merchant.client.indices.put_mapping(index=merchant.index, properties={"empty_at": {"type": "date"}})
    finished = attach("--follow", "empty_at")
    assert finished.code == 2
    assert "no document of" in finished.err


@pytest.mark.parametrize("name", ["test-there-is-none", "test-there-is-none-*"])
def test_an_index_that_is_not_there_is_named(home: IndexerHome, merchant: Merchant, name: str) -> None:
    finished = home.run("attach", "--index", name, "--url", merchant.url)
    assert finished.code == 2
    assert f"--index {name}: there is no such index, alias or pattern at {merchant.url}" in finished.err


def test_two_at_once_are_refused(home: IndexerHome, attach: Callable[..., Finished]) -> None:
    from indexer.attached.state import attaching

    with attaching(home.folder):
        finished = attach(*FOLLOW)
    assert finished.code == 1
    assert "another shangsou attach is at work" in finished.err
