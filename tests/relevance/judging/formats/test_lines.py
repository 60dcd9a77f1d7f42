"""TREC qrels and the lines of learning to rank."""

import pytest

from relevance.judgements import Query, read_qrels
from relevance.judging.formats.formats import detect_format, read_judgement_set, write_judgement_set
from relevance.judging.formats.judgement_set import JudgementSet
from shangsou.errors import UnusableInput

# As Quepid's templates write them: a blank line before each judgement, floating-point ratings.
QUEPID_TREC = "\n12 0 d1 3.0\n\n12 0 d2 0.0\n\n"
QUEPID_LTR = "\n3.0 qid:12 # d1 红色 连衣裙\n\n0.0 qid:13 # d2 手机 # 壳\n"


@pytest.fixture
def write(tmp_path):
    def write_text(name, text):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write_text


def test_quepids_trec_is_read_here_and_where_qrels_are_read(write):
    path = write("case_7_trec.txt", QUEPID_TREC)
    assert detect_format(path) == "trec"
    assert read_judgement_set(path).qrels == {"12": {"d1": 3, "d2": 0}}
    assert read_qrels(path) == {"12": {"d1": 3, "d2": 0}}


def test_quepids_lines_of_learning_to_rank_hold_the_texts(write):
    path = write("case_7_ltr.txt", QUEPID_LTR)
    assert detect_format(path) == "ltr"
    found = read_judgement_set(path)
    assert found.qrels == {"12": {"d1": 3}, "13": {"d2": 0}}
    assert found.queries == [Query("12", "all", "红色 连衣裙"), Query("13", "all", "手机 # 壳")]


def test_features_between_the_query_and_the_product_are_passed_over(write):
    path = write("a.txt", "# of SVM-rank\n2 qid:1 1:0.5 2:3 # d1\n")
    assert read_judgement_set(path, "ltr").qrels == {"1": {"d1": 2}}


def test_known_texts_have_their_own_qids_in_place_of_quepids(write):
    known = [Query("a", "女装", "红色 连衣裙")]
    found = read_judgement_set(write("a.txt", QUEPID_LTR), queries=known)
    assert found.qrels == {"a": {"d1": 3}, "13": {"d2": 0}}


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("1 0 d1 3\n1 d1 3\n", "trec", ":2: '1 d1 3' has 3 fields"),
        ("1 0 a b 3\n", "trec", ":1: '1 0 a b 3' has 5 fields"),
        ("3 qid:1 # d1\n3 qid:1\n", "ltr", ":2: '3 qid:1' is no line of learning to rank"),
        ("1 0 d1 4\n", "trec", ":1: rating '4' is no grade from 0 to 3"),
        ("1 0 d1 0.5\n", "trec", ":1: rating '0.5' is no grade"),
    ],
)
def test_lines_that_cannot_be_used_are_named(write, text, kind, message):
    with pytest.raises(UnusableInput) as problem:
        read_judgement_set(write("a.txt", text), kind)
    assert message in str(problem.value)


def test_our_qrels_are_read_the_same_by_ir_measures(tmp_path):
    ir_measures = pytest.importorskip("ir_measures", reason="a check against ir-measures")
    qrels = {"q1": {"连衣裙-1": 3, "d2": 0}, "q2": {'"d"': 1}}
    path = tmp_path / "a.trec"
    write_judgement_set(JudgementSet((), qrels), path, "trec")
    read = {}
    for judgement in ir_measures.read_trec_qrels(str(path)):
        read.setdefault(judgement.query_id, {})[judgement.doc_id] = judgement.relevance
    assert read == qrels


def test_our_qrels_are_read_the_same_by_trec_eval(tmp_path):
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="a check against trec_eval")
    qrels = {"q1": {"连衣裙-1": 3, "d2": 0}, "q2": {'"d"': 1}}
    path = tmp_path / "a.trec"
    write_judgement_set(JudgementSet((), qrels), path, "trec")
    with path.open(encoding="utf-8") as lines:
        assert pytrec_eval.parse_qrel(lines) == qrels
