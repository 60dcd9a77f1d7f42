"""Runs with what was asked: a judged query that is missing is never taken for one that does not matter."""

import json
from pathlib import Path

import pytest

from relevance.judgements import Query
from relevance.provenance import Provenance
from relevance.run_records import AskedRun, common_queries, read_asked_run, write_asked_run
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput

QUERIES = [Query(qid, "all", qid) for qid in ("a", "b", "c")]
QRELS = {"a": {"1": 1}, "b": {"1": 1}, "c": {"1": 0}}
PROVENANCE = Provenance("2026-12-01T00:00:00+00:00", "abc", "gen-3", "4-0123", {"mode": "hybrid"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "before.trec"


def test_what_was_asked_in_vain_comes_back(path: Path) -> None:
    asked_run = AskedRun({"a": [Hit("1", 0.5)], "b": []}, frozenset(["a", "b"]), 100, PROVENANCE)
    write_asked_run(asked_run, path)
    read = read_asked_run(path, QUERIES, QRELS, "refuse")
    assert (read.run, read.asked, read.depth, read.provenance) == (
        {"a": [Hit("1", 0.5)]}, frozenset(["a", "b"]), 100, PROVENANCE
    )  # fmt: skip


def test_a_judged_query_that_was_not_asked_is_refused_also_as_empty(path: Path) -> None:
    write_asked_run(AskedRun({"a": [Hit("1", 0.5)]}, frozenset(["a"]), 100), path)
    for missing in ("refuse", "empty"):
        with pytest.raises(UnusableInput, match="1 of 2 judged queries were not asked, as 'b'"):
            read_asked_run(path, QUERIES, QRELS, missing)  # type: ignore[arg-type]
    common = read_asked_run(path, QUERIES, QRELS, "common")
    assert common_queries(QUERIES, [common.asked, frozenset("abc")]) == QUERIES[:1]


def test_a_run_of_another_tool_may_lack_no_judged_query_unless_an_option_allows_it(
    path: Path,
) -> None:
    path.write_text("a Q0 1 1 0.5 other\n", "utf-8")
    with pytest.raises(UnusableInput, match="1 of 2 judged queries are not in it, as 'b'"):
        read_asked_run(path, QUERIES, QRELS, "refuse")
    empty = read_asked_run(path, QUERIES, QRELS, "empty")
    assert (empty.asked, empty.depth) == (frozenset(["a", "b", "c"]), 1)
    assert read_asked_run(path, QUERIES, QRELS, "common").asked == frozenset(["a"])
    # Without a relevant product c is not measured, and need not be there.
    path.write_text("a Q0 1 1 0.5 other\nb Q0 1 1 0.5 other\n", "utf-8")
    assert read_asked_run(path, QUERIES, QRELS, "refuse").asked == frozenset(["a", "b"])


def test_a_record_of_another_run_is_refused(path: Path) -> None:
    write_asked_run(AskedRun({"a": [Hit("1", 0.5)], "b": []}, frozenset(["a", "b"]), 100), path)
    path.write_text("b Q0 1 1 0.5 other\n", "utf-8")
    with pytest.raises(UnusableInput, match="is of another run"):
        read_asked_run(path, QUERIES, QRELS, "refuse")


def test_a_query_whose_text_has_changed_under_its_id_is_refused(path: Path) -> None:
    hits = {"a": [Hit("1", 0.5)], "b": []}
    write_asked_run(AskedRun(hits, frozenset("ab"), 100, texts={"a": "a", "b": "乙"}), path)
    with pytest.raises(UnusableInput, match="under 'b' was asked '乙', and now it is 'b'"):
        read_asked_run(path, QUERIES, QRELS, "refuse")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"run_sha256": 7}', "{" * 50_000])
def test_a_record_that_is_none_is_named(path: Path, text: str) -> None:
    path.write_text("a Q0 1 1 0.5 other\nb Q0 1 1 0.5 other\n", "utf-8")
    path.with_name("before.trec.json").write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=r"before\.trec\.json says nothing"):
        read_asked_run(path, QUERIES, QRELS, "refuse")


def test_a_run_of_other_queries_is_refused_whatever_is_asked_for(path: Path) -> None:
    path.write_text("z Q0 1 1 0.5 other\n", "utf-8")
    for missing in ("refuse", "common"):
        with pytest.raises(UnusableInput, match="none of its qids"):
            read_asked_run(path, QUERIES, QRELS, missing)  # type: ignore[arg-type]


def test_without_judgements_every_query_counts(path: Path) -> None:
    path.write_text("a Q0 1 1 0.5 other\nb Q0 1 1 0.5 other\n", "utf-8")
    with pytest.raises(UnusableInput, match="1 of 3 judged queries"):
        read_asked_run(path, QUERIES, {}, "refuse")


def test_a_record_says_what_it_is(path: Path) -> None:
    write_asked_run(AskedRun({"a": [Hit("1", 0.5)]}, frozenset(["a"]), 100, PROVENANCE), path)
    record = json.loads(path.with_name("before.trec.json").read_text("utf-8"))
    assert record["qids"] == ["a"]
    assert (record["depth"], record["commit"], record["generation"], record["ranking"]) == (
        100, "abc", "gen-3", "4-0123"
    )  # fmt: skip
