"""`shangsou evaluate personal` and `shangsou train ranker` over a small shop, with what they print."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relevance.commands.evaluate import evaluate
from relevance.offline.personal import read_targets
from shangsou.errors import UnusableInput
from shangsou.search.service.searcher import Searcher

EVENTS = (
    "timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition\n"
    "1767264702\tu1\ts1\tclick\t{query}\t{clicked}\t1\n"
    "1767264702\tu2\ts2\tclick\t{query}\t{clicked}\t1\n"
    "1767999999\tu2\ts2\tpurchase\t{query}\t{late}\t1\n"
)
TARGETS = (
    "user_id\ttimestamp\tuser_query\tproduct_id\tindifferent\n"
    "u1\t1767264800\t{query}\t{bought}\t0\nu2\t1767264801\t{query}\t{clicked}\t1\n"
)


@pytest.fixture
def sample(sample_searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> Searcher:
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: sample_searcher)
    monkeypatch.setattr(sample_searcher, "close", lambda: None)
    return sample_searcher


def _run(folder: Path, events: str, targets: str, *options: str) -> Result:
    (folder / "events.tsv").write_text(events, "utf-8")
    (folder / "targets.tsv").write_text(targets, "utf-8")
    files = ["--events", str(folder / "events.tsv"), "--targets", str(folder / "targets.tsv")]
    return CliRunner().invoke(evaluate, ["personal", *files, *options], catch_exceptions=False)


def test_it_measures_three_orders_and_writes_their_runs(sample: Searcher, tmp_path: Path) -> None:
    from relevance.offline.candidates import CandidateCache

    query = "连衣裙"
    candidates = CandidateCache(sample.context()).of(query).candidates
    assert candidates is not None
    clicked, bought, late = candidates.pool.product_ids[:3]
    names = {"query": query, "clicked": clicked, "bought": bought, "late": late}
    result = _run(
        tmp_path, EVENTS.format(**names), TARGETS.format(**names), "--json", "--runs", str(tmp_path / "runs")
    )
    found = json.loads(result.stdout)
    assert found["targets"] == {"taste": 1, "indifferent": 1, "all": 2}
    # u1 clicked the first product before: it is left out, and what was bought moves up to the first place.
    assert found["taste"]["plain"] == {"mrr@10": 1, "recall@10": 1, "ndcg@10": 1}
    # u2 is to find again what was clicked before, which no list holds.
    assert found["indifferent"]["personal"] == {"mrr@10": 0, "recall@10": 0, "ndcg@10": 0}
    assert found["all"]["plain"]["mrr@10"] == 0.5
    for order in ("plain", "popular", "personal"):
        lines = (tmp_path / "runs" / f"{order}.trec").read_text("utf-8").splitlines()
        first = [line.split() for line in lines if line.startswith("u1@1767264800 ")]
        assert [line[3] for line in first] == [str(rank) for rank in range(1, len(first) + 1)]
        assert clicked not in {line[2] for line in first}
        assert len(first) <= 10
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        pytest.param("user_id\t\udcff\n", "0xff is not UTF-8; save the file", id="no text"),
        pytest.param("", "header names no column", id="empty"),
        pytest.param("user_id\ttimestamp\n", "user_query, product_id", id="columns missing"),
        pytest.param(
            "user_id\ttimestamp\tuser_query\tproduct_id\nu\tnoon\tq\tp\n",
            r"targets.tsv:2: .*'noon'",
            id="time",
        ),
        pytest.param(
            "user_id\ttimestamp\tuser_query\tproduct_id\nu\t1\t\tp\n", r":2: a target needs", id="no query"
        ),
        pytest.param("user_id\ttimestamp\tuser_query\tproduct_id\n", "no target", id="header alone"),
    ],
)
def test_targets_that_cannot_be_used_are_named(tmp_path: Path, targets: str, says: str) -> None:
    path = tmp_path / "targets.tsv"
    path.write_text(targets, "utf-8", errors="surrogateescape")
    with pytest.raises(UnusableInput, match=says):
        read_targets(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"nowhere\.tsv: cannot be read"):
        read_targets(tmp_path / "nowhere.tsv")


def test_targets_come_in_time_order_and_are_indifferent_only_where_they_say_so(tmp_path: Path) -> None:
    path = tmp_path / "targets.tsv"
    path.write_text(
        "user_id\ttimestamp\tuser_query\tproduct_id\tindifferent\n"
        "b\t1767264900\tq\tp\t1\na\t1767264800\tq\tp\t\n",
        "utf-8",
    )
    assert [(one.qid, one.indifferent) for one in read_targets(path)] == [
        ("a@1767264800", False),
        ("b@1767264900", True),
    ]
