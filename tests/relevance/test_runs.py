"""TREC runs, read and written."""

import random

import pytest

from relevance.runs import read_run, write_run
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput


def test_a_run_has_a_line_of_six_fields_for_each_hit(tmp_path):
    path = tmp_path / "run.trec"
    write_run({"q1": [Hit("d2", 0.75), Hit("d1", 0.5)], "q2": []}, path)
    assert path.read_text("utf-8") == "q1 Q0 d2 1 0.75 shangsou\nq1 Q0 d1 2 0.5 shangsou\n"


def test_a_run_comes_back_as_it_was_written(tmp_path):
    run = {"q1": [Hit("商品-2", 0.75), Hit("d1", 0.5)], "q2": [Hit("d1", 12.5)]}
    write_run(run, tmp_path / "run.trec")
    assert read_run(tmp_path / "run.trec") == run


def test_ties_are_written_apart_so_that_order_survives_tools_that_sort_by_score(tmp_path):
    path = tmp_path / "run.trec"
    # By document id trec_eval would put z before a.
    write_run({"q1": [Hit("a", 1.0), Hit("z", 1.0), Hit("b", 0.0), Hit("y", 0.0), Hit("c", 3.0)]}, path)
    scores = [float(line.split()[4]) for line in path.read_text("utf-8").splitlines()]
    assert scores == sorted(set(scores), reverse=True)
    assert [hit.product_id for hit in read_run(path)["q1"]] == ["a", "z", "b", "y", "c"]


@pytest.mark.parametrize("scale", [0.0, 1e-9, 0.3, 9.99999, 10.0, 31.4, 12345.6])
def test_trec_eval_measures_the_order_that_was_written(tmp_path, scale):
    import ir_measures

    ids = [f"d{number}" for number in range(100)]
    random.Random(7).shuffle(ids)
    write_run({"q": [Hit(doc_id, scale) for doc_id in ids]}, tmp_path / "run.trec")
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    for rank in (1, 2, 50, 99, 100):
        qrels = [ir_measures.Qrel("q", ids[rank - 1], 1)]
        assert ir_measures.calc_aggregate([ir_measures.RR], qrels, run)[ir_measures.RR] == pytest.approx(
            1 / rank
        )


def test_a_run_of_another_tool_is_ordered_as_trec_eval_does_by_score_and_ties_by_descending_id(tmp_path):
    path = tmp_path / "run.trec"
    path.write_text("q1\tQ0\tc\t3\t1.5\tother\nq1 Q0 b 2 1.5 other\nq1 Q0 a 1 0.5 other\n", "utf-8")
    assert read_run(path) == {"q1": [Hit("c", 1.5), Hit("b", 1.5), Hit("a", 0.5)]}
    # Scores are floats of 32 bits there: these two are the same.
    path.write_text("q1 Q0 b 1 16777217 other\nq1 Q0 c 2 16777216 other\n", "utf-8")
    assert [hit.product_id for hit in read_run(path)["q1"]] == ["c", "b"]


def test_ties_are_broken_as_by_the_reference_program(tmp_path):
    import ir_measures

    path = tmp_path / "run.trec"
    path.write_text(
        "".join(f"q Q0 {doc_id} {rank} 1.0 x\n" for rank, doc_id in enumerate("acbd", 1)), "utf-8"
    )
    run = list(ir_measures.read_trec_run(str(path)))
    for rank, hit in enumerate(read_run(path)["q"], start=1):
        value = ir_measures.calc_aggregate([ir_measures.RR], [ir_measures.Qrel("q", hit.product_id, 1)], run)
        assert value[ir_measures.RR] == pytest.approx(1 / rank)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("q1 Q0 d2 2 0.5", "has 5 fields; wanted is qid Q0 doc_id rank score tag", id="no tag"),
        pytest.param("q1 Q0 d2 two 0.5 t", "rank 'two' is no number", id="rank"),
        pytest.param("q1 Q0 d2 2 high t", "score 'high' is no number", id="score"),
        pytest.param("q1 Q0 d1 2 0.5 t", "'d1' is named twice for qid 'q1'", id="twice"),
    ],
)
def test_a_line_that_is_no_run_is_named(tmp_path, line, message):
    path = tmp_path / "run.trec"
    path.write_text(f"q1 Q0 d1 1 0.9 t\n{line}\n", "utf-8")
    with pytest.raises(UnusableInput) as problem:
        read_run(path)
    assert str(problem.value).startswith(f"{path}:2: ")
    assert message in str(problem.value)


@pytest.mark.parametrize("product_id", ["A 1", "", "A\u3000 1"], ids=["space", "empty", "wide space"])
def test_an_id_that_the_format_cannot_hold_is_refused_and_nothing_is_written(tmp_path, product_id):
    with pytest.raises(UnusableInput, match="white space"):
        write_run({"q1": [Hit("d1", 1.0), Hit(product_id, 0.5)]}, tmp_path / "run.trec")
    assert not (tmp_path / "run.trec").exists()


def test_a_run_that_cannot_be_written_is_reported(tmp_path):
    with pytest.raises(UnusableInput, match=r"cannot be written \(Is a directory\)"):
        write_run({"q1": [Hit("d1", 1.0)]}, tmp_path)
