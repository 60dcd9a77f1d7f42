"""Histories of what was measured, and what became worse."""

from dataclasses import replace
from pathlib import Path

import pytest

from relevance.history import Entry, append_entry, find_drift, judged_on, latency, read_history
from relevance.judgements import Query
from relevance.provenance import Provenance, changes
from relevance.reason import Reason
from relevance.reports.history import history_page
from shangsou.errors import UnusableInput

BEFORE = Entry(
    "evaluate",
    Provenance("2026-11-30T02:00:00+00:00", "a" * 40, "gen-1", "4-00", {"mode": "hybrid", "model": "bge"}),
    {"手机": {"ndcg@10": 0.6}},
    0.05,
    20.0,
    40.0,
)


def test_entries_come_back_as_they_were_added(tmp_path: Path) -> None:
    after = replace(
        BEFORE, reasons=(Reason("手机 fell", "手机变差"),), empty_share=None, p50_ms=None, p95_ms=None
    )
    passed = replace(BEFORE, reasons=(), judged="2 queries 0a1b2c3d")
    for entry in (BEFORE, after, passed):
        append_entry(tmp_path / "history", entry)
    assert read_history(tmp_path / "history") == [BEFORE, after, passed]


def test_a_line_that_is_no_entry_is_named(tmp_path: Path) -> None:
    append_entry(tmp_path, BEFORE)
    with (tmp_path / "history.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"command": "evaluate"}\n')
    with pytest.raises(UnusableInput, match=r"history\.jsonl:2 is no entry"):
        read_history(tmp_path)
    with pytest.raises(UnusableInput, match="cannot be read"):
        read_history(tmp_path / "nothing")


def test_the_last_entry_is_held_against_the_median_of_those_before() -> None:
    odd = replace(BEFORE, figures={"手机": {"ndcg@10": 0.1}}, empty_share=0.9, p95_ms=900.0)
    assert find_drift([BEFORE, odd, BEFORE, BEFORE]) == []
    assert [reason.text for reason in find_drift([BEFORE, BEFORE, BEFORE, odd])] == [
        "evaluate: ndcg@10 of 手机 is 0.100, was 0.600",
        "evaluate: 90.0% of the searches find nothing, it was 5.0%",
        "evaluate: the 95th percentile of times is 900 ms, was 40 ms",
    ]
    assert find_drift([BEFORE, odd])[0].chinese == "评测：手机 的 ndcg@10 为 0.100，以往 0.600"
    # Nights on other machines: times may be left out.
    assert len(find_drift([BEFORE, odd], max_slower=100)) == 2


def test_figures_of_other_queries_or_judgements_are_not_held_against_each_other() -> None:
    queries = [Query("q1", "手机", "红米"), Query("q2", "手机", "小米")]
    qrels = {"q1": {"p": 3}, "q2": {"p": 1}}
    name = judged_on(queries, qrels)
    assert name.startswith("2 queries ")
    assert judged_on(queries[::-1], {"q2": {"p": 1}, "q1": {"p": 3}}) == name
    others = [
        judged_on(queries, {**qrels, "q2": {"p": 2}}),
        judged_on([queries[0], replace(queries[1], text="大米")], qrels),
        judged_on(queries[:1], qrels),
        judged_on(queries, {"q1": {"p": 3}}),
    ]
    assert len({name, *others}) == 5
    before = replace(BEFORE, judged=name)
    worse = replace(before, figures={"手机": {"ndcg@10": 0.1}})
    assert find_drift([before, replace(worse, judged=others[0])]) == []
    # The one between them is of another suite of queries, and no base line.
    assert len(find_drift([before, replace(worse, judged=others[0]), worse])) == 1
    page = history_page([before, replace(before, judged=others[2])], [])
    assert f"评测集 {name} → {others[2]}" in page


def test_what_is_within_the_limits_or_has_nothing_before_it_is_no_drift() -> None:
    near = replace(BEFORE, figures={"手机": {"ndcg@10": 0.581}}, empty_share=0.069, p95_ms=59.0)
    assert find_drift([BEFORE, near]) == []
    assert find_drift([near]) == []
    assert find_drift([]) == []
    # Another command, and a set that was not measured before.
    assert find_drift([BEFORE, replace(near, command="suite", figures={"x": {"passed": 0.0}})]) == []


def test_times_that_are_short_anyway_do_not_count() -> None:
    fast, slower = replace(BEFORE, p95_ms=5.0), replace(BEFORE, p95_ms=15.0)
    assert find_drift([fast, slower]) == []


def test_what_changed_between_two_entries_is_reported() -> None:
    other = Provenance("", "b" * 40, "gen-2", "4-00", {"mode": "lexical", "model": "bge"})
    assert changes(BEFORE.provenance, other) == [
        "commit aaaaaaaaaaaa → bbbbbbbbbbbb", "generation gen-1 → gen-2", "mode hybrid → lexical"
    ]  # fmt: skip
    assert changes(BEFORE.provenance, BEFORE.provenance) == []


@pytest.mark.parametrize(
    ("took", "expected"), [((), (None, None)), ((7.0,), (7, 7)), ((10.0, 20.0, 30.0), (20, 29))]
)
def test_latency_is_median_and_95th_percentile(
    took: tuple[float, ...], expected: tuple[float | None, float | None]
) -> None:
    assert latency(took) == expected


def test_the_page_draws_a_line_a_set_and_marks_what_changed_and_escapes_names() -> None:
    other = replace(BEFORE.provenance, ranking="4-01")
    nasty = {"<img src=x>": {"ndcg@10": 0.5}, "手机": {"ndcg@10": 0.7}}
    page = history_page(
        [BEFORE, replace(BEFORE, provenance=other, figures=nasty)], [Reason("", "手机 <b>变差</b>")]
    )
    assert "<img src=x>" not in page
    assert "<b>变差</b>" not in page
    assert "排序 4-00 → 4-01" in page
    assert page.count("<polyline") == 5  # two sets, the empty share, and two times
    assert "最近一次比以往差" in page
    assert "还没有记录" in history_page([], [])


def test_the_page_says_in_chinese_what_failed_and_nothing_of_what_had_no_gate() -> None:
    failed = replace(BEFORE, reasons=(Reason("手机 fell", "手机明显变差"),))
    page = history_page([BEFORE, failed, replace(BEFORE, reasons=())], [])
    assert "手机 fell" not in page
    assert [page.count(f"<td>{text}</td>") for text in ("–", "手机明显变差", "通过")] == [1, 1, 1]


def test_an_axis_of_shares_never_goes_below_zero() -> None:
    page = history_page([replace(BEFORE, empty_share=0.0)] * 2, [])
    assert "-0." not in page.split("没有结果的搜索占比")[1]
