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


@pytest.mark.parametrize(
    ("score", "is_match"),
    # The phone scores .8 but for its type; .7 of that are .56, of its whole score .63.
    [(0.57, True), (0.55, False)],
)
def test_what_the_type_adds_to_the_best_score_is_not_asked_of_others(score: float, is_match: bool) -> None:
    found = [Candidate("phone", 0.9, None, None, 0.1), *candidates(case=score)]
    matches, _ = decided(found, evidence({"case": 0.6}, typed="phone"), TYPE_AND_WORDS)
    assert ("case" in matches) == is_match
    assert matches["phone"] == 0.9


def test_what_an_accessory_loses_by_its_type_keeps_it_from_no_match() -> None:
    # The stand scores .6 but for its loss of .3, more than .7 of .8.
    found = [*candidates(phone=0.8), Candidate("stand", 0.3, None, None, -0.3)]
    matches, _ = decided(found, evidence({"stand": 0.6}, typed="phone"), TYPE_AND_WORDS)
    assert matches == {"phone": 0.8, "stand": 0.3}


@pytest.mark.parametrize("rule", [TYPE_AND_WORDS, NO_TYPE])
def test_where_it_was_decided_before_what_matches_by_score_or_meaning_only_that_does(rule: MatchRule) -> None:
    # All are as near as can be in score and meaning, and hold some of the words, but for the admitted one.
    found = candidates(best=0.8, other=0.8, admitted=0.1)
    known = evidence({"best": 1.0, "other": 1.0}, loose="best other")
    assert list(decided(found, known, rule)[0]) == ["best", "other"]
    matches, related = decided(found, known._replace(admitted_ids={"admitted"}), rule)
    assert (list(matches), related) == (["admitted"], ["best", "other"])
    matches, related = decided(found, known._replace(admitted_ids=()), rule)
    assert (list(matches), related) == ([], ["best", "other", "admitted"])


def test_what_is_of_the_type_or_holds_the_words_needs_no_decision_before() -> None:
    known = evidence(typed="typed", strict="strict")._replace(admitted_ids=())
    found = candidates(typed=0.5, strict=0.4)
    assert list(decided(found, known, TYPE_AND_WORDS)[0]) == ["typed"]
    assert list(decided(found, known, NO_TYPE)[0]) == ["strict"]


def test_where_all_words_are_needed_neither_some_of_them_nor_the_meaning_are_enough() -> None:
    found = candidates(all=0.5, some=0.9, meaning=0.9)
    known = evidence({"some": 1.0, "meaning": 1.0}, strict="all", loose="all some")
    matches, related = decided(found, known, NO_TYPE._replace(needs_all_words=True))
    assert (list(matches), related) == (["all"], ["some", "meaning"])
    assert list(decided(found, known, NO_TYPE)[0]) == ["all", "some", "meaning"]


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


@pytest.mark.parametrize(
    ("cosine", "holds_words", "is_near"),
    # With words from .45 on, without from .45 + .15.
    [(0.46, True, True), (0.44, True, False), (0.61, False, True), (0.59, False, False)],
)
def test_what_comes_near_lies_over_the_cutoff_and_further_over_it_without_words(
    cosine: float, holds_words: bool, is_near: bool
) -> None:
    assert near("other", cosine, holds_words=holds_words) == (["other"] if is_near else [])


def test_without_words_to_go_by_what_comes_near_lies_over_the_cutoff() -> None:
    rule = BARE_TYPE._replace(uses_words=False)
    assert near("other", 0.46, holds_words=False, rule=rule) == ["other"]
    assert near("other", 0.44, holds_words=False, rule=rule) == []


def test_without_a_vector_what_words_found_comes_near() -> None:
    rule = BARE_TYPE._replace(has_vector=False)
    assert near("other", 0.0, holds_words=True, rule=rule) == ["other"]
    assert near("other", 0.0, holds_words=False, rule=rule) == []


def near(product_id: str, cosine: float, *, holds_words: bool, rule: MatchRule = BARE_TYPE) -> list[str]:
    """Return what comes near of a product of another type, with a cut-off of .45."""
    words = ScorePart(1, 2.0, 0.5, 0.6) if holds_words else None
    found = [Candidate("best", 0.8, None, None), Candidate(product_id, 0.3, words, None)]
    recipe = replace(RECIPE, semantic_cutoff=0.45)
    _, related = decide_matches(found, evidence({product_id: cosine}, typed="best"), rule, recipe)
    return [one.product_id for one in related]


def test_ties_keep_the_order_of_the_fusion() -> None:
    matches, related = decided(candidates(b=0.5, z=0.5, a=0.5, y=0.5), evidence(typed="a b"), BARE_TYPE)
    assert list(matches) == ["b", "a"]
    assert related == ["z", "y"]


def test_of_no_candidates_none_match() -> None:
    for rule in (BARE_TYPE, TYPE_AND_WORDS, NO_TYPE):
        assert decide_matches([], evidence(), rule, RECIPE) == ([], [])


@pytest.mark.parametrize("rule", [BARE_TYPE, TYPE_AND_WORDS, NO_TYPE, NO_TYPE._replace(matches_all=True)])
def test_what_contradicts_a_hard_fact_never_matches_however_well_it_fits(rule: MatchRule) -> None:
    known = evidence({"grey": 1.0, "black": 1.0}, typed="grey black", strict="grey black")
    matches, related = decided(
        candidates(grey=0.9, black=0.5), known._replace(contradicting_ids={"grey"}), rule
    )
    assert list(matches) == ["black"]
    assert related == ["grey"]


def test_where_everything_matches_words_and_meaning_decide_nothing() -> None:
    everything = NO_TYPE._replace(matches_all=True)
    matches, related = decided(candidates(far=0.5, farther=0.0), evidence({"far": 0.1}), everything)
    assert (list(matches), related) == (["far", "farther"], [])


def test_the_best_candidate_is_that_by_words_and_meaning_whatever_it_gains_by_facts() -> None:
    # By words and meaning the best has .5, of which .7 are .35; with its bonus it has 1.5.
    best = Candidate("best", 1.5, None, None, fact_bonus=1.0)
    other = Candidate("other", 0.36, None, None)
    loser = Candidate("loser", 0.1, None, None, fact_bonus=-0.26)
    known = evidence({"other": 0.9, "loser": 0.9}, typed="best")
    matches, related = decided([best, other, loser], known, TYPE_AND_WORDS)
    # What contradicts a soft fact has .36 without its loss.
    assert (list(matches), related) == (["best", "other", "loser"], [])
