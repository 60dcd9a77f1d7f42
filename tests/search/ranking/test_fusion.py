"""Fusion of two rankings."""

from dataclasses import replace

import pytest

from shangsou.engines.query import Hit
from shangsou.search.ranking.fusion import Bonuses, Candidate, ScorePart, above_cutoff, fuse, merge_semantic
from shangsou.search.ranking.recipe import default_ranking

CONVEX = replace(
    default_ranking(), fusion="convex", lexical_weight=0.6, semantic_cutoff=0.5, semantic_span=0.1
)
NO_BONUSES = Bonuses({}, {}, {})
RRF = replace(default_ranking(), fusion="rrf", rank_constant=60)


def test_convex_scales_bm25_by_its_best_and_cosines_between_cutoff_and_best() -> None:
    # lexical: 手机 8/8 x .6 = .6, 手机壳 4/8 x .6 = .3
    # semantic: 手机壳 (.9-.5)/(.9-.5) x .4 = .4, 充电器 (.7-.5)/(.9-.5) x .4 = .2
    fused = fuse(
        [Hit("手机", 8.0), Hit("手机壳", 4.0)],
        [Hit("手机壳", 0.9), Hit("充电器", 0.7)],
        ["手机", "手机壳", "充电器"],
        NO_BONUSES,
        CONVEX,
    )
    assert [candidate.product_id for candidate in fused] == ["手机壳", "手机", "充电器"]
    assert [candidate.score for candidate in fused] == pytest.approx([0.7, 0.6, 0.2])


def test_a_product_absent_from_a_leg_has_no_part_from_it() -> None:
    fused = fuse([Hit("手机", 8.0)], [], ["手机"], NO_BONUSES, CONVEX)
    assert fused[0].semantic is None
    assert fused[0].lexical == ScorePart(rank=1, score=8.0, normalized=1.0, weight=0.6)
    assert fused[0].lexical.contribution == pytest.approx(0.6)


def test_a_product_found_by_both_retrievers_beats_one_found_first_by_one_under_rrf() -> None:
    # 手机壳 1/62 + 1/61, 充电器 1/62 … ranks from 1: 手机 1/61, 手机壳 1/62 + 1/62, 充电器 1/61.
    fused = fuse(
        [Hit("手机", 8.0), Hit("手机壳", 4.0)],
        [Hit("充电器", 0.9), Hit("手机壳", 0.7)],
        ["充电器", "手机壳", "手机"],
        NO_BONUSES,
        RRF,
    )
    assert [candidate.product_id for candidate in fused] == ["手机壳", "手机", "充电器"]
    assert fused[0].score == pytest.approx(2 / 62)


def test_equal_scores_keep_the_lexical_order() -> None:
    fused = fuse([Hit("b", 2.0), Hit("a", 2.0)], [], ["a", "b"], NO_BONUSES, CONVEX)
    assert [candidate.product_id for candidate in fused] == ["b", "a"]


def test_a_best_hit_barely_over_the_cutoff_does_not_count_in_full() -> None:
    # (.54 - .5) / .1 x .4 = .16: the best is .04 over the cut-off, but the scale spans at least .1.
    assert fuse([], [Hit("伞", 0.54)], ["伞"], NO_BONUSES, CONVEX)[0].score == pytest.approx(0.16)


def test_a_description_counts_by_its_weight_and_only_where_it_beats_the_title() -> None:
    # a: title .8 beats .9 x .8 = .72; b: description .9 x .9 = .81 beats title .6.
    best = merge_semantic([Hit("a", 0.8), Hit("b", 0.6)], [Hit("b", 0.9), Hit("a", 0.8)], 0.9)
    assert [hit.product_id for hit in best] == ["b", "a"]
    assert [hit.score for hit in best] == pytest.approx([0.81, 0.8])


def test_hits_below_the_cutoff_are_weak() -> None:
    assert above_cutoff([Hit("a", 0.6), Hit("b", 0.5), Hit("c", 0.4)], 0.5) == [Hit("a", 0.6), Hit("b", 0.5)]


def test_products_below_a_cutoff_stay_with_nothing_from_that_leg_and_in_the_order_they_were_given() -> None:
    # BM25 of 2 is below .3 x 8 = 2.4, and a cosine of .4 below .5.
    recipe = replace(CONVEX, lexical_cutoff=0.3)
    fused = fuse(
        [Hit("手机", 8.0), Hit("耳机", 2.4), Hit("伞", 2.0)],
        [Hit("耳机", 0.9), Hit("伞", 0.4)],
        ["杯", "伞", "手机", "耳机"],
        NO_BONUSES,
        recipe,
    )
    # 手机 .6 alone; 耳机 2.4/8 x .6 = .18 and (.9 - .5)/.4 x .4 = .4, together .58.
    assert [candidate.product_id for candidate in fused] == ["手机", "耳机", "杯", "伞"]
    assert [candidate.score for candidate in fused] == pytest.approx([0.6, 0.58, 0, 0])
    assert fused[3] == Candidate("伞", 0.0, None, None)


def test_what_a_score_gains_by_the_type_is_added_to_it_and_kept_apart() -> None:
    # By BM25 alone 手机 scores .6, 手机壳 .6 x 7.5/8 = .5625 and 充电器 nothing; with the type 手机壳 .5925.
    fused = fuse(
        [Hit("手机", 8.0), Hit("手机壳", 7.5)],
        [],
        ["手机", "手机壳", "充电器"],
        Bonuses({"手机壳": 0.03, "充电器": 0.03}, {}, {}),
        CONVEX,
    )
    assert [candidate.product_id for candidate in fused] == ["手机", "手机壳", "充电器"]
    assert [candidate.score for candidate in fused] == pytest.approx([0.6, 0.5925, 0.03])
    assert [candidate.type_bonus for candidate in fused] == [0.0, 0.03, 0.03]


def test_a_bonus_or_a_loss_by_the_type_decides_the_order_of_the_fusion() -> None:
    hits = [Hit("支架", 8.0), Hit("手机", 6.0)]
    # 支架 .6, 手机 .6 x 6/8 = .45; with .2 more 手机 has .65, and with .2 less 支架 has .4.
    for bonuses, scores in (({"手机": 0.2}, [0.65, 0.6]), ({"支架": -0.2}, [0.45, 0.4])):
        fused = fuse(hits, [], ["支架", "手机"], Bonuses(bonuses, {}, {}), CONVEX)
        assert [candidate.product_id for candidate in fused] == ["手机", "支架"]
        assert [candidate.score for candidate in fused] == pytest.approx(scores)


def test_bonuses_add_up_and_are_kept_apart() -> None:
    # 手机 .6 - .2 + .05, 手机壳 .6 x 6/8 = .45 with .02 and .1 more.
    phone_case, phone = fuse(
        [Hit("手机", 8.0), Hit("手机壳", 6.0)],
        [],
        ["手机", "手机壳"],
        Bonuses({"手机壳": 0.02}, {"手机壳": 0.1, "手机": -0.2}, {"手机": 0.05}),
        CONVEX,
    )
    assert (phone_case.product_id, phone.product_id) == ("手机壳", "手机")
    assert [phone_case.score, phone.score] == pytest.approx([0.57, 0.45])
    assert [phone_case.type_bonus, phone_case.fact_bonus] == [0.02, 0.1]
    assert [phone.type_bonus, phone.fact_bonus] == [0.0, -0.2]
    assert [phone_case.popularity_bonus, phone.popularity_bonus] == [0.0, 0.05]
    assert [phone_case.plain_score, phone.plain_score] == pytest.approx([0.45, 0.6])


def test_nothing_found_fuses_to_nothing() -> None:
    assert fuse([], [], [], NO_BONUSES, CONVEX) == []
