"""Hits that nobody judged are reported with what they may hide, worked by hand."""

from relevance.groups import UNGROUPED
from relevance.judgements import Query
from shangsou.engines.query import Hit
from training.gate.answers import Answers
from training.gate.judged_sets import JudgedSets
from training.gate.unjudged import find_unjudged

# Of the ten products that are judged, a alone is right.
GRADES = {"a": 3, **dict.fromkeys("bcdefghij", 0)}
JUDGED = JudgedSets([Query("q", "女装", "红裙"), Query("r", "女装", "绿裙")], {"q": GRADES, "r": GRADES})


def answers(**found):
    run = {qid: [Hit(product_id, 1.0) for product_id in ids] for qid, ids in found.items()}
    return Answers({"hybrid": run}, (), ())


def unjudged(before, after):
    return find_unjudged(answers(**before), answers(**after), JUDGED, UNGROUPED, graded=False)


def remarks(before, after):
    return [remark.text for remark in unjudged(before, after).remarks]


def test_more_unjudged_hits_are_counted_with_the_figure_without_them():
    before = {"q": "abcdefghij", "r": "abcdefghij"}
    # In q a stays first among the judged, in r it is third: half of its gain, so that the mean is .75.
    (remark,) = remarks(before, {"q": "xabcdefghi", "r": "ybcadefghi"})
    assert remark.startswith(
        "hybrid, 女装: of the first ten hits 0 of 20 before and 2 of 20 after were judged by"
    )
    assert "nDCG@10 would be 1.000 → 0.750, which flatters a new model" in remark


def test_where_no_more_are_unjudged_there_is_nothing_to_say():
    before = {"q": "xabcdefghi", "r": "abcdefghij"}
    assert not remarks(before, {"q": "yabcdefghi", "r": "abcdefghij"})


def test_where_few_were_judged_too_little_is_left_to_compare():
    before = {"q": "astuvwxyzk", "r": "astuvwxyzk"}
    assert not remarks(before, {"q": "lstuvwxyzk", "r": "lstuvwxyzk"})


def test_a_query_without_hits_counts_none():
    (remark,) = remarks({"q": "abcdefghij"}, {"q": "xabcdefghi", "r": ""})
    assert "0 of 10 before and 1 of 10 after" in remark


def test_the_hits_of_both_models_are_to_be_judged_the_query_with_most_of_them_first():
    before = {"q": "abcdefghij", "r": "wabcdefghi"}
    found = unjudged(before, {"q": "xabcdefghi", "r": "yzabcdefgh"})
    assert [(pair.query.text, pair.doc_id) for pair in found.pairs] == [
        ("绿裙", "w"), ("绿裙", "y"), ("绿裙", "z"), ("红裙", "x"),
    ]  # fmt: skip
    assert not unjudged(before, before).pairs
