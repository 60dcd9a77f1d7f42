"""Lists of customers in a home."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangsou.customer_lists import list_folder
from shangsou.customer_lists.customer_list import CustomerList, Erasure, Kind
from shangsou.customer_lists.lists import CustomerLists
from shangsou.errors import ListsUnavailable, UnusableInput
from tests.fixtures.full_disk import full_disk

CREATED = datetime(2026, 12, 2, 5, 3, 1, tzinfo=UTC)
CHURN, WINBACK, HOLD_OUT = "churn-20261202T050301042Z", "winback-双12", "winback-双12-hold-out"
KINDS: dict[str, Kind] = {CHURN: "churn", WINBACK: "winback", HOLD_OUT: "hold-out"}


@pytest.fixture
def lists(tmp_path: Path) -> CustomerLists:
    return CustomerLists(tmp_path)


def customer_list(lists: CustomerLists, name: str, *ids: str) -> CustomerList:
    rows = tuple((lists.pseudonym(customer), f"x, {customer[0]}\r\n", "偏好") for customer in ids)
    return CustomerList(name, KINDS[name], CREATED, ("customer", "text", "reasons"), rows, {"horizon": 90})


def write(lists: CustomerLists, name: str, *ids: str) -> CustomerList:
    _, written = lists.write(customer_list(lists, name, *ids), lists.begin_run())
    return written


def customers(lists: CustomerLists, name: str) -> list[str]:
    return [row[0] for row in lists.read(name).rows]


def test_a_list_is_read_back_as_it_was_written(lists: CustomerLists, tmp_path: Path):
    path, written = lists.write(customer_list(lists, CHURN, "甲", "乙"), lists.begin_run())
    assert path == tmp_path / "lists" / f"{CHURN}.csv"
    assert written == customer_list(lists, CHURN, "甲", "乙") == CustomerLists(tmp_path).read(CHURN)
    assert lists.names() == [CHURN]


def test_only_their_owner_reads_them_and_no_file_holds_an_id(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "13800138000")
    lists.record_export(CHURN, tmp_path / "out.csv", with_ids=True)
    lists.erase("13800138000")
    assert stat.S_IMODE((tmp_path / "lists").stat().st_mode) == 0o700
    files = list((tmp_path / "lists").iterdir())
    assert {path.name for path in files} == {
        f"{CHURN}.csv", f"{CHURN}.json", "key", "lock", "exports.json", "erasures.json"
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert not any(b"13800138000" in path.read_bytes() for path in files)


def test_a_customer_has_one_pseudonym_in_a_home_and_another_elsewhere(tmp_path: Path):
    home, elsewhere = CustomerLists(tmp_path / "a"), CustomerLists(tmp_path / "b")
    pseudonym = home.pseudonym("u1")
    assert len(pseudonym) == 20
    assert set(pseudonym) <= set("0123456789abcdef")
    assert CustomerLists(tmp_path / "a").pseudonym("u1") == pseudonym
    assert elsewhere.pseudonym("u1") != pseudonym != home.pseudonym("u2")


def test_processes_that_make_the_key_at_once_agree_on_it(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: CustomerLists(tmp_path).pseudonym("u1"), range(40)))
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"header": ("id", "text", "reasons")}, "the first column"),
        ({"rows": (("13800138000", "", ""),)}, "does not begin with a pseudonym"),
        ({"rows": (("a" * 20, "x"),)}, "more or fewer cells"),
        ({"rows": (("a" * 20, "x", ""), ("a" * 20, "y", ""))}, "twice"),
    ],
)
def test_a_list_with_ids_or_uneven_rows_is_not_written(
    lists: CustomerLists, change: dict[str, object], words: str
):
    with pytest.raises(ValueError, match=words) as caught:
        lists.write(replace(customer_list(lists, CHURN), **change), CREATED)  # type: ignore[arg-type]
    assert "13800138000" not in str(caught.value)
    assert lists.names() == []


def test_a_list_of_a_campaign_is_not_written_over(lists: CustomerLists):
    write(lists, WINBACK, "u1")
    with pytest.raises(UnusableInput, match=f"there is a list {WINBACK} in .* choose another name"):
        write(lists, WINBACK, "u2")
    assert customers(lists, WINBACK) == [lists.pseudonym("u1")]


def test_a_list_that_is_not_there_is_named_with_those_that_are(lists: CustomerLists):
    with pytest.raises(UnusableInput, match="holds none yet"):
        lists.read(CHURN)
    write(lists, WINBACK, "u1")
    with pytest.raises(UnusableInput, match=f"no list {CHURN} in .*; there is {WINBACK}"):
        lists.read(CHURN)
    with pytest.raises(UnusableInput, match="no name of a list"):
        lists.read("../key")


def test_a_list_of_another_home_is_recognized(tmp_path: Path):
    other, home = CustomerLists(tmp_path / "a"), CustomerLists(tmp_path / "b")
    write(other, WINBACK, "u1")
    write(home, CHURN, "u1")
    for suffix in (".csv", ".json"):
        source = tmp_path / "a" / "lists" / f"{WINBACK}{suffix}"
        (tmp_path / "b" / "lists" / source.name).write_bytes(source.read_bytes())
    with pytest.raises(UnusableInput, match="the key of another home"):
        home.read(WINBACK)
    # Nobody can tell whether the customer is in it; of the rest the row is gone.
    with pytest.raises(ListsUnavailable, match="the key of another home"):
        home.erase("u1")
    assert customers(home, CHURN) == []


@pytest.mark.parametrize("suffix", [".csv", ".json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format": 9}', b"[" * 100_000])
def test_a_damaged_list_is_not_read_and_says_so(
    lists: CustomerLists, tmp_path: Path, suffix: str, content: bytes
):
    write(lists, CHURN, "u1")
    (tmp_path / "lists" / f"{CHURN}{suffix}").write_bytes(content)
    with pytest.raises(UnusableInput, match=rf"{CHURN}\{suffix} is damaged \(.*restore both files"):
        lists.read(CHURN)


def test_a_row_that_was_cut_off_or_changed_is_noticed(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "u1", "u2")
    path = tmp_path / "lists" / f"{CHURN}.csv"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UnusableInput, match="it was changed, or cut off"):
        lists.read(CHURN)
    with pytest.raises(ListsUnavailable, match="it was changed, or cut off"):
        lists.erase("u1")
    path.unlink()
    with pytest.raises(UnusableInput, match="it is missing"):
        lists.read(CHURN)
    with pytest.raises(ListsUnavailable, match="it is missing"):
        lists.erase("u1")


def test_an_erasure_reaches_all_lists_and_no_other_customer(lists: CustomerLists):
    write(lists, CHURN, "a1", "b1", "a2")
    write(lists, WINBACK, "a1", "a2")
    write(lists, HOLD_OUT, "b1")
    assert lists.erase("a1") == Erasure(2, (CHURN, WINBACK), ())
    assert customers(lists, CHURN) == [lists.pseudonym("b1"), lists.pseudonym("a2")]
    assert customers(lists, WINBACK) == [lists.pseudonym("a2")]
    assert customers(lists, HOLD_OUT) == [lists.pseudonym("b1")]
    assert [lists.read(name).erased for name in (CHURN, WINBACK, HOLD_OUT)] == [1, 1, 0]
    assert lists.erase("a1") == Erasure(0, (), ())
    assert lists.read(CHURN).erased == 1


def test_a_refusal_of_marketing_reaches_campaigns_alone(lists: CustomerLists):
    for name in KINDS:
        write(lists, name, "u1")
    assert lists.erase("u1", {"winback", "hold-out"}).lists == (WINBACK, HOLD_OUT)
    assert customers(lists, CHURN) == [lists.pseudonym("u1")]


def test_a_run_that_read_its_events_before_an_erasure_does_not_bring_the_customer_back(lists: CustomerLists):
    read_at = lists.begin_run()
    prepared = customer_list(lists, CHURN, "u1", "u2")
    campaign = customer_list(lists, WINBACK, "u1", "u3")
    lists.erase("u1")
    lists.erase("u2", {"winback", "hold-out"})
    lists.erase("u3", {"winback", "hold-out"})
    _, written = lists.write(prepared, read_at)
    assert [row[0] for row in written.rows] == customers(lists, CHURN) == [lists.pseudonym("u2")]
    _, written = lists.write(campaign, read_at)
    assert customers(lists, WINBACK) == []
    # They were never in these lists.
    assert lists.read(WINBACK).erased == 0


def test_who_comes_back_after_an_erasure_is_in_later_lists(lists: CustomerLists):
    write(lists, CHURN, "u1")
    lists.erase("u1")
    lists.write(customer_list(lists, WINBACK, "u1"), datetime.now(UTC) + timedelta(seconds=1))
    assert customers(lists, WINBACK) == [lists.pseudonym("u1")]


def test_an_erasure_names_the_exports_that_held_the_customer_however_often_it_is_asked(
    lists: CustomerLists, tmp_path: Path
):
    write(lists, CHURN, "u1", "u2")
    write(lists, WINBACK, "u2")
    lists.record_export(CHURN, tmp_path / "churn.csv", with_ids=False)
    lists.record_export(WINBACK, tmp_path / "winback.csv", with_ids=True)
    for _ in range(2):
        (export,) = lists.erase("u1").exports
        assert (export.list_name, export.kind, export.with_ids) == (CHURN, "churn", False)
        assert export.path == str(tmp_path / "churn.csv")
    lists.erase("u2", {"winback", "hold-out"})
    assert [export.list_name for export in lists.erase("u2").exports] == [CHURN, WINBACK]
    assert [export.path for export in lists.read(CHURN).exports] == [str(tmp_path / "churn.csv")]


def test_an_export_is_written_without_who_was_erased_meanwhile(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "u1", "u2")
    lists.erase("u1")
    exported = lists.record_export(CHURN, tmp_path / "churn.csv", with_ids=False)
    assert [row[0] for row in exported.rows] == [lists.pseudonym("u2")]


def test_a_file_that_was_exported_to_twice_is_named_once(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "u1")
    lists.record_export(CHURN, tmp_path / "churn.csv", with_ids=False)
    lists.record_export(CHURN, tmp_path / "churn.csv", with_ids=True)
    (export,) = lists.erase("u1").exports
    assert export.with_ids


def test_an_export_among_the_lists_is_refused(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "u1")
    with pytest.raises(UnusableInput, match="lies among the lists"):
        lists.record_export(CHURN, tmp_path / "lists" / "winback-x.csv", with_ids=False)


def test_of_an_export_whose_list_is_removed_nobody_knows_and_it_is_named(
    lists: CustomerLists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(lists, CHURN, "u1")
    lists.record_export(CHURN, tmp_path / "churn.csv", with_ids=True)
    assert lists.erase("u9").exports == ()
    assert lists.remove_old(CREATED + timedelta(seconds=1)) == [CHURN]
    assert lists.names() == []
    assert [export.kind for export in lists.erase("u9").exports] == ["churn"]
    assert lists.erase("u9", {"winback"}).exports == ()
    monkeypatch.setattr("shangsou.customer_lists.exports._KEPT_BEHIND_THE_LIST", timedelta(days=-1))
    assert lists.remove_old(CREATED) == []
    assert lists.erase("u9").exports == ()


def test_old_lists_go_with_the_erasures_of_their_days(lists: CustomerLists, tmp_path: Path):
    assert lists.remove_old(CREATED) == []
    assert not (tmp_path / "lists").exists()
    write(lists, CHURN, "u1")
    lists.write(
        replace(customer_list(lists, WINBACK, "u1"), created_at=CREATED + timedelta(days=1)),
        lists.begin_run(),
    )
    lists.erase("u2")
    assert lists.remove_old(CREATED) == []
    assert lists.remove_old(CREATED + timedelta(days=1)) == [CHURN]
    assert lists.names() == [WINBACK]
    assert lists.remove_old(datetime.now(UTC) + timedelta(days=1)) == [WINBACK]
    assert {path.name for path in (tmp_path / "lists").iterdir()} == {"key", "lock", "erasures.json"}
    assert json.loads((tmp_path / "lists" / "erasures.json").read_bytes()) == []


def test_a_damaged_list_is_removed_by_the_time_of_its_file(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "u1")
    (tmp_path / "lists" / f"{CHURN}.json").write_bytes(b"damaged")
    assert lists.remove_old(datetime.now(UTC) - timedelta(days=1)) == []
    assert lists.remove_old(datetime.now(UTC) + timedelta(days=1)) == [CHURN]


def test_a_home_without_lists_stays_without(lists: CustomerLists, tmp_path: Path):
    assert lists.erase("u1") == Erasure(0, (), ())
    assert lists.names() == []
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_nothing_is_lost_and_an_erasure_claims_nothing(lists: CustomerLists):
    write(lists, CHURN, "u1", "u2")
    with full_disk(), pytest.raises(ListsUnavailable, match="the disk is full"):
        lists.erase("u1")
    with full_disk(), pytest.raises(ListsUnavailable, match="the disk is full"):
        write(lists, WINBACK, "u1")
    assert len(customers(lists, CHURN)) == 2
    assert lists.names() == [CHURN]
    assert lists.erase("u1").rows == 1


def test_a_damaged_journal_stops_what_depends_on_it(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, "u1")
    (tmp_path / "lists" / "erasures.json").write_bytes(b'[{"at": 1}]')
    for call in (lambda: lists.erase("u1"), lambda: lists.read(CHURN), lambda: write(lists, WINBACK, "u1")):
        with pytest.raises(ListsUnavailable, match=r"erasures\.json is damaged"):
            call()


class Killed(BaseException):
    """What no code catches."""


@pytest.mark.parametrize("step", range(6))
def test_a_kill_during_an_erasure_leaves_whole_lists_and_it_can_be_asked_again(
    lists: CustomerLists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
):
    """Steps 0 to 4 replace the journal and both files of two lists; at step 5 all is done."""
    write(lists, CHURN, "u1", "u2")
    write(lists, WINBACK, "u1", "u2")
    lists.record_export(CHURN, tmp_path / "churn.csv", with_ids=False)
    rest = [lists.pseudonym("u2")]
    steps = iter(range(10))

    def replace_or_die(source: Path, target: Path) -> None:
        if next(steps) == step:
            raise Killed
        source.replace(target)

    with monkeypatch.context() as patched:
        patched.setattr(list_folder, "atomic_replace", replace_or_die)
        if step == 5:
            lists.erase("u1")
        else:
            with pytest.raises(Killed):
                lists.erase("u1")
    before = [lists.pseudonym("u1"), *rest] if step == 0 else rest
    assert customers(lists, CHURN) == customers(lists, WINBACK) == before
    assert not list((tmp_path / "lists").glob("*.new"))
    assert [export.list_name for export in lists.erase("u1").exports] == [CHURN]
    assert customers(lists, CHURN) == customers(lists, WINBACK) == rest
    pseudonym = lists.pseudonym("u1").encode()
    assert not any(pseudonym in path.read_bytes() for path in (tmp_path / "lists").glob("*.csv"))


@pytest.mark.parametrize("step", range(2))
def test_a_kill_while_a_list_is_written_leaves_nothing_of_it(
    lists: CustomerLists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
):
    steps = iter(range(10))

    def replace_or_die(source: Path, target: Path) -> None:
        if next(steps) == step:
            raise Killed
        source.replace(target)

    with monkeypatch.context() as patched:
        patched.setattr(list_folder, "atomic_replace", replace_or_die)
        with pytest.raises(Killed):
            write(lists, CHURN, "u1")
    assert lists.names() == []
    assert {path.name for path in (tmp_path / "lists").iterdir()} == {"key", "lock"}
    assert len(write(lists, CHURN, "u1").rows) == 1


def test_many_at_once_lose_no_row_and_bring_nobody_back(lists: CustomerLists, tmp_path: Path):
    write(lists, CHURN, *(f"u{number}" for number in range(40)))
    with ThreadPoolExecutor(8) as pool:
        rows = list(
            pool.map(lambda number: CustomerLists(tmp_path).erase(f"u{number}").rows, range(0, 40, 2))
        )
    assert rows == [1] * 20
    assert set(customers(lists, CHURN)) == {lists.pseudonym(f"u{number}") for number in range(1, 40, 2)}
