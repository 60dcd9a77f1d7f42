"""The gate of an encoder: what closes it, worked by hand."""

import pytest

from relevance.gate import BrokenQueries
from relevance.model_gate import WHOLE, Leg, ModelVerdict, Part, Row, judge_model, make_part, parse_figure
from relevance.reason import Reason
from shangsou.errors import UnusableInput

NONE_BROKEN = BrokenQueries((), (), ())


def rows(*gains: float, start: int = 0, measure: str = "ndcg@10") -> list[Row]:
    """Return a row for each gain, of a query of its own, all of which had .5 before."""
    return [Row(f"q{start + n}", {measure: 0.5}, {measure: 0.5 + gain}) for n, gain in enumerate(gains)]


def whole(leg: Leg, *gains: float, measure: str = "ndcg@10") -> Part:
    return make_part(leg, WHOLE, [rows(*gains, measure=measure)], is_tested=False)


def judged(*parts: Part, figure: str = "hybrid.ndcg", named: int = 1) -> ModelVerdict:
    return judge_model(parts, figure, NONE_BROKEN, figures_named=named)


RISES = [0.1] * 5


def test_a_figure_that_was_named_rises_and_nothing_falls() -> None:
    verdict = judged(make_part("hybrid", "手机", [rows(*RISES)]), whole("hybrid", *RISES))
    assert verdict.reasons == ()
    # All five rose: one of 32 signs.
    assert verdict.rise.p == pytest.approx(1 / 32)
    assert (verdict.rise.before, verdict.rise.after) == pytest.approx((0.5, 0.6))


def test_a_slice_that_falls_alone_closes_the_gate() -> None:
    # The set is where it was: six queries fell, and six rose as far. The slice holds those that fell.
    everything = [-0.1] * 6 + [0.1] * 6
    verdict = judged(
        make_part("hybrid", "手机", [rows(*everything)]),
        make_part("hybrid", "new products", [rows(*[-0.1] * 6)]),
        whole("encoder", *RISES),
        figure="encoder.ndcg",
    )
    # One of 64 signs, times two tests. Of twelve coins half or fewer are heads: (1 + 924 / 4096) / 2.
    assert verdict.adjusted_p == pytest.approx(
        {"hybrid: new products": 2 / 64, "hybrid: 手机": (1 + 924 / 4096) / 2}
    )
    [reason] = verdict.reasons
    assert reason.text.startswith("hybrid: new products fell by more than chance")
    assert "混合搜索·新商品明显变差" in reason.chinese


def test_a_figure_that_rises_without_having_been_named_does_not_count() -> None:
    parts = whole("encoder", *RISES), whole("hybrid", 0, 0, 0, 0, 0)
    [reason] = judged(*parts).reasons
    assert reason.text == "no rise: hybrid.ndcg 0.500 → 0.500"
    assert judged(*parts, figure="encoder.ndcg").reasons == ()


def test_who_names_another_figure_each_time_needs_a_clearer_rise() -> None:
    part = whole("hybrid", *RISES)
    assert judged(part, named=1).reasons == ()
    # 1/32 twice is more than .05.
    assert judged(part, named=2).rise.p == pytest.approx(2 / 32)
    assert "no rise by more than chance" in judged(part, named=2).reasons[0].text


def test_with_few_queries_the_rise_that_would_have_been_seen_is_named() -> None:
    # The standard error is .0577 / 2, and 1.645 + .842 of it are .0718.
    [reason] = judged(whole("hybrid", 0.1, 0.2, 0.1, 0.2)).reasons
    assert "hybrid.ndcg 0.500 → 0.650 (one-sided p = 0.062)" in reason.text
    assert "with 4 queries a rise of 0.072 would have been seen four times in five" in reason.text
    assert "上升 0.072 才看得出来" in reason.chinese


def test_a_part_in_which_no_fall_could_be_seen_takes_no_share_of_the_level() -> None:
    six_fell = make_part("hybrid", "手机", [rows(*[-0.1] * 6)])
    # Four queries have 16 signs: 1/16 is above .05, whatever else is tested.
    tags = [make_part("hybrid", f"#tag{number}", [rows(*[-0.1] * 4)]) for number in range(20)]
    verdict = judged(six_fell, *tags, whole("hybrid", *RISES))
    assert verdict.adjusted_p == pytest.approx({"hybrid: 手机": 1 / 64})
    assert verdict.untestable == tuple(f"hybrid: #tag{number}" for number in range(20))


def test_what_many_shoppers_typed_is_one_query() -> None:
    typed = [Row("红裙", {"ndcg@10": 0.5}, {"ndcg@10": 0.4}) for _ in range(9)]
    part = make_part("personal", "shoppers", [[*typed, *rows(0.0)]])
    assert part.queries == 2
    # .09 in the mean of ten searches: the one query that changed has twice that.
    assert part.gains["ndcg@10"][0] == pytest.approx([-0.18, 0.0])
    assert judged(part, whole("hybrid", *RISES)).untestable == ("personal: shoppers",)


def test_the_mean_over_sets_weighs_each_set_the_same() -> None:
    part = make_part("hybrid", WHOLE, [rows(0.1, 0.1, 0.1, 0.1), rows(-0.1, start=4)])
    assert part.before["ndcg@10"] == part.after["ndcg@10"] == pytest.approx(0.5)
    assert part.queries == 5


def test_pairs_are_judged_by_accuracy() -> None:
    right = rows(*[0.5] * 6, measure="accuracy")
    fallen = rows(*[-0.5] * 6, measure="accuracy")
    rise = make_part("pairs", WHOLE, [right], is_tested=False)
    assert judged(rise, figure="pairs.accuracy").reasons == ()
    verdict = judged(make_part("pairs", "test pairs", [fallen]), rise, figure="pairs.accuracy")
    assert verdict.adjusted_p == {"pairs: test pairs": 1 / 64}


def test_queries_that_find_nothing_any_more_close_it() -> None:
    broken = BrokenQueries((), (), (Reason("1 query finds nothing", "一条没有结果"),))
    verdict = judge_model([whole("hybrid", *RISES)], "hybrid.ndcg", broken)
    assert verdict.reasons == broken.reasons


def test_only_figures_that_there_are_and_that_were_measured_can_be_named() -> None:
    with pytest.raises(UnusableInput, match=r"hybrid\.mrr"):
        parse_figure("hybrid.f1")
    assert parse_figure("hybrid.mrr") == "hybrid.mrr"
    with pytest.raises(UnusableInput, match="was not measured"):
        judged(whole("hybrid", *RISES), figure="personal.ndcg")
