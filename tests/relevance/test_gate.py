"""The gate of a release: what closes it, worked by hand."""

import pytest

from relevance.comparison import compare
from relevance.errors import RankingRegressed
from relevance.evaluation import score
from relevance.gate import CHANGED_PAGES, MEAN, Limits, Verdict, judge, verdict_to_json
from relevance.groups import UNGROUPED, ProductGroups
from relevance.judgements import Qrels, Query
from relevance.runs import Run
from shangsou.engines.query import Hit
from shangsou.product import Product


def hits(*product_ids: str) -> list[Hit]:
    return [Hit(product_id, 1 / rank) for rank, product_id in enumerate(product_ids, start=1)]


def verdict_on(  # noqa: PLR0917 - as `judge`
    before: Run,
    after: Run,
    queries: list[Query],
    qrels: Qrels,
    limits: Limits | None = None,
    groups: ProductGroups = UNGROUPED,
) -> Verdict:
    scores = [score(run, queries, qrels, groups=groups) for run in (before, after)]
    comparison = compare(scores[1], scores[0], queries)
    return judge(comparison, before, after, queries, qrels, groups, limits or Limits())


def shop(sets: dict[str, int], grade: int = 3) -> tuple[list[Query], Qrels, Run]:
    """Return so many queries of each set, each with one best product, which is found first."""
    queries = [
        Query(f"{name}{number}", name, f"{name}{number}") for name in sets for number in range(sets[name])
    ]
    return (
        queries,
        {query.qid: {"best": grade} for query in queries},
        {query.qid: hits("best") for query in queries},
    )


def test_nothing_changed_and_the_gate_is_open() -> None:
    queries, qrels, run = shop({"手机": 5, "女装": 5})
    verdict = verdict_on(run, run, queries, qrels)
    assert verdict.reasons == ()
    assert verdict.adjusted_p == {"手机": 1, "女装": 1, MEAN: 1, CHANGED_PAGES: 1}
    verdict.check("from a to b")


def test_one_query_that_finds_nothing_any_more_closes_it() -> None:
    queries, qrels, run = shop({"手机": 50})
    after = {**run, "手机7": []}
    verdict = verdict_on(run, after, queries, qrels)
    assert [query.qid for query in verdict.emptied] == ["手机7"]
    # One fall of fifty is no more than chance.
    assert verdict.fell == []
    with pytest.raises(RankingRegressed, match=r"1 query found something and now finds nothing.*\(手机7\)"):
        verdict.check("from a to b")
    assert verdict_on(run, after, queries, qrels, Limits(emptied=1, lost=1)).reasons == ()


def test_a_query_that_found_nothing_before_cannot_be_emptied() -> None:
    queries, qrels, run = shop({"手机": 5})
    without = {**run, "手机0": []}
    assert verdict_on(without, without, queries, qrels).reasons == ()


def test_of_the_head_no_query_may_lose_its_best_answer_and_of_others_one_in_fifty() -> None:
    queries, qrels, run = shop({"手机": 100})
    head = [Query(query.qid, query.set, query.text, ("head",)) for query in queries[:10]]
    queries = [*head, *queries[10:]]
    qrels = {qid: {"best": 3, "next": 2} for qid in qrels}
    lost = hits("next")
    # Of the ninety others 2 % are one.
    assert verdict_on(run, {**run, "手机50": lost}, queries, qrels).reasons == ()
    two = verdict_on(run, {**run, "手机50": lost, "手机51": lost}, queries, qrels)
    assert "2 queries have no best answer left among the first 100, at most 1 may" in two.reasons[0].text
    one = verdict_on(run, {**run, "手机3": lost}, queries, qrels)
    assert "1 query of the head has no best answer left" in one.reasons[0].text
    assert "热门查询" in one.reasons[0].chinese
    assert verdict_on(run, {**run, "手机3": lost}, queries, qrels, Limits(lost=1)).reasons == ()


def test_the_best_answer_may_be_any_variant_and_stand_at_the_hundredth_place() -> None:
    queries, qrels, run = shop({"手机": 5})
    groups = ProductGroups([Product("best", "机", group_id="g"), Product("blue", "机", group_id="g")])
    others = [f"other{number}" for number in range(99)]
    after = {**run, "手机0": hits("blue"), "手机1": hits(*others, "best")}
    assert verdict_on(run, after, queries, qrels, groups=groups).lost == ()
    after = {**run, "手机1": hits(*others, "one more", "best")}
    assert [query.qid for query in verdict_on(run, after, queries, qrels).lost] == ["手机1"]


def test_where_no_grade_is_3_the_highest_is_the_best() -> None:
    queries, qrels, run = shop({"手机": 5}, grade=1)
    assert [query.qid for query in verdict_on(run, {**run, "手机1": hits("x")}, queries, qrels).lost] == [
        "手机1"
    ]


def test_a_set_may_fall_no_further_than_the_limit_whatever_chance_explains() -> None:
    queries, qrels, run = shop({"手机": 10})
    # From 1 to 1 / log2(3) in one of ten: -.0369.
    after = {**run, "手机0": hits("other", "best")}
    assert verdict_on(run, after, queries, qrels, Limits(drop=0.04)).reasons == ()
    [reason] = verdict_on(run, after, queries, qrels, Limits(drop=0.03)).reasons
    assert reason.text == "手机 fell by 0.037 in ndcg@10, more than 0.03"


def test_tests_are_one_sided_and_adjusted_for_the_sets_and_the_mean() -> None:
    queries, qrels, run = shop({"手机": 5, "女装": 5})
    worse = {**run, **{f"手机{number}": hits("other", "best") for number in range(5)}}
    verdict = verdict_on(run, worse, queries, qrels)
    # All five fell: 1 of 32 signs. The five others, unchanged, say nothing: the mean and the changed pages
    # have the same p. The smallest of three times 3, and all of it twice, for the two families.
    assert verdict.adjusted_p == pytest.approx(
        {"手机": 6 / 32, MEAN: 6 / 32, CHANGED_PAGES: 2 / 32, "女装": 1}
    )
    assert verdict_on(worse, run, queries, qrels).fell == []


def test_a_single_set_is_its_own_mean_and_tested_once() -> None:
    queries, qrels, run = shop({"手机": 5})
    worse = {qid: hits("other", "best") for qid in run}
    verdict = verdict_on(run, worse, queries, qrels)
    assert verdict.adjusted_p == pytest.approx({"手机": 2 / 32, CHANGED_PAGES: 2 / 32})
    queries, qrels, run = shop({"手机": 6})
    assert verdict_on(run, {qid: hits("other", "best") for qid in run}, queries, qrels).fell == [
        "手机",
        CHANGED_PAGES,
    ]


def test_the_mean_over_sets_closes_it_too() -> None:
    queries, qrels, run = shop({"a": 4, "b": 4, "c": 4})
    worse = {qid: hits("other", "best") for qid in run}
    verdict = verdict_on(run, worse, queries, qrels)
    # 1 of 16 signs in each set, 1 of 4096 for the mean and the changed pages.
    assert verdict.fell == [MEAN, CHANGED_PAGES]
    assert verdict.adjusted_p["a"] == pytest.approx(6 / 16)
    assert "各集平均、结果变动大的查询明显变差" in verdict.reasons[0].chinese


def test_some_queries_that_broke_close_it_where_the_mean_hardly_moves() -> None:
    queries, qrels, run = shop({"手机": 100})
    # Half of the others gained and half lost a little; eight fell to the end of the page.
    behind = [f"other{number}" for number in range(9)]
    after: dict[str, list[Hit]] = {}
    before = dict(run)
    for number, query in enumerate(queries):
        if number < 8:
            after[query.qid] = hits(*behind, "best")
        elif number % 2:
            after[query.qid] = hits("x", "best")
        else:
            before[query.qid], after[query.qid] = hits("x", "best"), hits("best")
    verdict = verdict_on(before, after, queries, qrels)
    assert verdict.fell == [CHANGED_PAGES]


def test_losses_on_pages_that_changed_entirely_count_for_more_than_many_gains_on_others() -> None:
    queries, qrels, run = shop({"手机": 36})
    before = {query.qid: hits("x", "best") for query in queries[:30]} | {
        query.qid: hits("best") for query in queries[30:]
    }
    after = dict(run) | {query.qid: hits("y") for query in queries[30:]}
    # Six lose 1, and share nothing with before: -6. Thirty gain 1 - 1 / log2(3) = .369; their overlap is
    # (.1 / .9) x .5 x .81 + .5 x .81 = .45, so .55 changed. By its first power the gains are 30 x .203 = 6.1,
    # by its second 3.3 of -6, within chance; by its eighth .1, so that six signs alone count: 1 in 64, twice.
    verdict = verdict_on(before, after, queries, qrels, Limits(lost=6))
    assert verdict.fell == [CHANGED_PAGES]
    assert verdict.adjusted_p[CHANGED_PAGES] == pytest.approx(2 / 64, abs=0.008)


def test_the_drop_that_the_gate_would_have_seen_is_reported() -> None:
    queries, qrels, run = shop({"手机": 4})
    after = {**run, "手机0": hits("other", "best"), "手机1": []}
    verdict = verdict_on({**run, "手机1": []}, after, queries, qrels)
    # Differences -.369, 0, 0, 0: deviation .1845, of the mean .0923; of two tests 1.960 + .842 of these.
    assert verdict.visible_drop["手机"] == pytest.approx(0.2586, abs=1e-3)
    assert verdict_to_json(verdict)["visible_drop"] == verdict.visible_drop
    alone = verdict_on({"手机0": hits("best")}, {"手机0": hits("best")}, queries[:1], qrels)
    assert verdict_to_json(alone)["visible_drop"] == {"手机": None}
