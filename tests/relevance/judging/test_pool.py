"""Pools of pairs to judge."""

import pytest

from relevance.judgements import Query
from relevance.judging.pool import Pair, judged_by_run, mean_judged_share, pool_runs, read_pool, write_pool
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput

Q1, Q2 = Query("q1", "all", "连衣裙"), Query("q2", "all", "手机", note="送老人")


def run(**found):
    return {
        qid: [Hit(doc_id, 1 / rank) for rank, doc_id in enumerate(ids, start=1)] for qid, ids in found.items()
    }


def ids(pairs):
    return [pair.doc_id for pair in pairs]


def test_runs_are_interleaved_by_rank_to_the_depth():
    runs = {"a": run(q1=["a1", "a2", "a3"]), "b": run(q1=["b1", "b2", "b3"])}
    assert ids(pool_runs([Q1], runs, {}, depth=2)) == ["a1", "b1", "a2", "b2"]


def test_what_more_runs_show_comes_first_among_equal_best_ranks():
    # x and y both stand first once; y is in both runs.
    runs = {"a": run(q1=["x", "y"]), "b": run(q1=["y", "z"])}
    assert ids(pool_runs([Q1], runs, {}, depth=2)) == ["y", "x", "z"]


def test_a_product_that_is_judged_even_as_not_relevant_is_not_asked_for_again():
    assert ids(pool_runs([Q1], {"a": run(q1=["x", "y"])}, {"q1": {"x": 0}}, depth=10)) == ["y"]


def test_the_query_with_the_least_judged_comes_first():
    runs = {"a": run(q1=["x", "y"], q2=["u", "v"])}
    assert ids(pool_runs([Q1, Q2], runs, {"q1": {"x": 1}}, depth=10)) == ["u", "v", "y"]


def test_the_share_judged_is_of_the_first_ten_and_the_mean_over_runs():
    long = run(q1=[f"d{number}" for number in range(20)])
    # Two of the first ten are judged; d15 is further down. Of the two that b found, one.
    runs = {"a": long, "b": run(q1=["d0", "other"])}
    assert mean_judged_share("q1", runs, {"q1": {"d0": 1, "d9": 0, "d15": 3}}) == pytest.approx(
        (0.2 + 0.5) / 2
    )


def test_a_run_without_hits_leaves_nothing_to_judge():
    assert judged_by_run([Q1, Q2], {"a": run(q1=["x"])}, {}) == {"a": 0.5}


def test_a_pool_is_written_and_read_back(tmp_path):
    path = tmp_path / "pool.tsv"
    pairs = [Pair(Q2, "d1"), Pair(Q1, "d1"), Pair(Q2, "d2")]
    write_pool(pairs, path)
    assert read_pool(path) == pairs


def test_a_pool_by_hand_needs_no_set_and_no_note(tmp_path):
    path = tmp_path / "pool.tsv"
    path.write_text("query\tqid\tdoc_id\n手机\tq2\td1\n手机\tq2\td1\n", "utf-8")
    assert read_pool(path) == [Pair(Query("q2", "all", "手机"), "d1")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("qid\tquery\nq1\t伞\n", ":1: no column doc_id", id="column missing"),
        pytest.param("qid\tquery\tdoc_id\n", "holds nothing to judge", id="header alone"),
        pytest.param("qid\tquery\tdoc_id\nq1\t伞\n", ":2: no doc_id", id="value missing"),
        pytest.param("qid\tquery\tdoc_id\nq1\t伞\td\nq1\t鞋\td\n", ":3: qid 'q1' is another", id="two texts"),
    ],
)
def test_a_pool_that_cannot_be_used_is_named_by_line(tmp_path, text, message):
    path = tmp_path / "pool.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=message):
        read_pool(path)
