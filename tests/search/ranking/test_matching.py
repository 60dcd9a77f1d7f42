"""Decisions of what matches, worked by hand."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from shangsou.search.ranking.fusion import Candidate, ScorePart
from shangsou.search.ranking.matching import MatchEvidence, MatchRule, decide_matches
from shangsou.search.ranking.recipe import default_ranking

# With a cut-off of -1 all that does not match comes near.
RECIPE = replace(
    default_ranking(),
    type_weight=0.1,
    match_score=0.7,
    match_cosine_with_words=0.55,
    match_cosine=0.64,
    semantic_cutoff=-1.0,
)
BARE_TYPE = MatchRule(by_type=True, is_bare=True, has_vector=True)
TYPE_AND_WORDS = MatchRule(by_type=True, is_bare=False, has_vector=True)
NO_TYPE = MatchRule(by_type=False, is_bare=False, has_vector=True)


def candidates(**scores: float) -> list[Candidate]:
    return [Candidate(product_id, score, None, None) for product_id, score in scores.items()]


def evidence(
    cosines: Mapping[str, float] | None = None, typed: str = "", strict: str = "", loose: str = ""
) -> MatchEvidence:
    """Return evidence from ids with spaces between them."""
    return MatchEvidence(cosines or {}, set(typed.split()), set(strict.split()), set(loose.split()))


def decided(
    found: list[Candidate], known: MatchEvidence, rule: MatchRule
) -> tuple[dict[str, float], list[str]]:
    """Return the scores of what matches, in order, and the ids of what only comes near."""
    matches, related = decide_matches(found, known, rule, RECIPE)
    return {match.product_id: match.score for match in matches}, [other.product_id for other in related]


def test_a_bare_type_finds_what_is_of_it_and_nothing_else_however_near() -> None:
    matches, related = decided(
        candidates(phone_case=0.9, phone=0.5, other_case=0.4, old_phone=0.0),
        evidence({"phone_case": 1.0, "old_phone": 0.1}, typed="phone old_phone"),
        BARE_TYPE,
    )
    assert matches == pytest.approx({"phone": 0.6, "old_phone": 0.1})
    assert list(matches) == ["phone", "old_phone"]
    assert related == ["phone_case", "other_case"]


@pytest.mark.parametrize(
    ("score", "cosine", "is_match"),
    [
        # The best scores .8, of which .7 are .56.
        (0.57, 0.55, True),
        (0.57, 0.54, False),
        (0.55, 0.9, False),
        (0.8, 0.55, True),
        (0.8, 0.2, False),
    ],
)
def test_what_is_of_another_type_matches_a_longer_query_near_the_best_in_score_and_meaning(
    score: float, cosine: float, is_match: bool
) -> None:
    matches, related = decided(
        candidates(best=0.8, other=score), evidence({"other": cosine}, typed="best"), TYPE_AND_WORDS
    )
    assert ("other" in matches) == is_match
    assert ("other" in related) != is_match


def test_the_best_is_the_best_of_all_candidates_and_itself_no_match_for_that() -> None:
    matches, related = decided(
        candidates(case=0.8, phone=0.3, stand=0.5), evidence({"stand": 0.9}, typed="phone"), TYPE_AND_WORDS
    )
    # .5 is near the best that matches, not near the best.
    assert list(matches) == ["phone"]
    assert related == ["case", "stand"]


def test_without_a_vector_the_score_alone_decides() -> None:
    matches, _ = decided(
        candidates(best=0.8, other=0.57, far=0.5),
        evidence(typed="best"),
        TYPE_AND_WORDS._replace(has_vector=False),
    )
    assert list(matches) == ["best", "other"]


def test_the_type_lifts_a_match_over_one_of_another_type() -> None:
    found = candidates(case=0.8, phone=0.75)
    matches, _ = decide_matches(found, evidence({"case": 0.9}, typed="phone"), TYPE_AND_WORDS, RECIPE)
    assert [match.product_id for match in matches] == ["phone", "case"]
    assert [match.score for match in matches] == pytest.approx([0.85, 0.8])
    assert [match.type_bonus for match in matches] == [0.1, 0.0]


@pytest.mark.parametrize(
    ("known", "is_match"),
    [
        pytest.param(evidence(strict="p"), True, id="all words"),
        pytest.param(evidence({"p": 0.55}, loose="p"), True, id="some words, and near"),
        pytest.param(evidence({"p": 0.54}, loose="p"), False, id="some words, and not so near"),
        pytest.param(evidence(loose="p"), False, id="some words, and no vector"),
        pytest.param(evidence({"p": 0.64}), True, id="no words, but very near"),
        pytest.param(evidence({"p": 0.63}), False, id="no words, and not so near"),
        pytest.param(evidence({"p": 0.1}, typed="p"), False, id="of a type, which nobody asked for"),
        pytest.param(evidence(), False, id="nothing"),
    ],
)
def test_without_a_type_words_and_meaning_decide_and_the_score_does_not(
    known: MatchEvidence, is_match: bool
) -> None:
    for score in (0.0, 1.0):
        matches, related = decided(candidates(best=1.0, p=score), known, NO_TYPE)
        assert ("p" in matches) == is_match
        assert related == (["best"] if is_match else ["best", "p"])
        if is_match:
            assert matches == {"p": score}


@pytest.mark.parametrize("rule", [BARE_TYPE, NO_TYPE])
def test_what_only_goes_with_a_thing_stays_a_match_but_lower(rule: MatchRule) -> None:
    known = evidence({"stand": 0.9, "phone": 0.9}, typed="stand phone")._replace(accessory_ids={"stand"})
    recipe = replace(RECIPE, accessory_weight=0.3)
    matches, _ = decide_matches(candidates(stand=0.8, phone=0.6), known, rule, recipe)
    assert [match.product_id for match in matches] == ["phone", "stand"]
    # .8 - .3, and with the type .1 more.
    bonus = recipe.type_weight if rule.by_type else 0.0
    assert [match.score for match in matches] == pytest.approx([0.6 + bonus, 0.5 + bonus])
    assert [match.type_bonus for match in matches] == pytest.approx([bonus, bonus - 0.3])


@pytest.mark.parametrize(
    ("cosine", "holds_words", "is_near"),
    [(0.51, True, True), (0.49, True, False), (0.61, False, True), (0.59, False, False)],
)
def test_what_comes_near_lies_over_the_cutoff_and_further_over_it_without_words(
    cosine: float, holds_words: bool, is_near: bool
) -> None:
    # With words from .45 + .05 on, without from .45 + .15.
    words = ScorePart(1, 2.0, 0.5, 0.6) if holds_words else None
    found = [Candidate("best", 0.8, None, None), Candidate("other", 0.3, words, None)]
    recipe = replace(RECIPE, semantic_cutoff=0.45)
    _, related = decide_matches(found, evidence({"other": cosine}, typed="best"), BARE_TYPE, recipe)
    assert [one.product_id for one in related] == (["other"] if is_near else [])


def test_ties_keep_the_order_of_the_fusion() -> None:
    matches, related = decided(candidates(b=0.5, z=0.5, a=0.5, y=0.5), evidence(typed="a b"), BARE_TYPE)
    assert list(matches) == ["b", "a"]
    assert related == ["z", "y"]


def test_of_no_candidates_none_match() -> None:
    for rule in (BARE_TYPE, TYPE_AND_WORDS, NO_TYPE):
        assert decide_matches([], evidence(), rule, RECIPE) == ([], [])
