"""Retrieval of candidates over the hand-made shop of the engine contract, in both engines."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shangsou.engines.engine import Engine, GenerationStore
from shangsou.engines.listing import Listing
from shangsou.engines.query import Filters, Hit, Leg, TypeCondition
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.search.ranking.asked_facts import AskedFact
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.ranking.retrieval import RetrievalQuery, RetrievalResult, retrieve
from shangsou.search.understood import QueryFact
from tests.engines.catalog import EAST, index, lexical_hits, query, shop_documents

ASKED = query("red shoe")
RECIPE = replace(
    default_ranking(),
    candidates=1,
    fusion="convex",
    lexical_weight=0.6,
    lexical_cutoff=0.1,
    semantic_cutoff=0.5,
    semantic_span=0.1,
    description_weight=0.9,
    type_weight=0.03,
    match_cosine=0.64,
    sales_weight=0.0,
    rating_weight=0.0,
    sold_out_last=False,
)
MANY = replace(RECIPE, candidates=10)
SHOES = TypeCondition(("shoe",))


def found(engine: Engine, asked: RetrievalQuery, recipe: object = RECIPE, depth: int = 0) -> RetrievalResult:
    return retrieve(asked, [Filters()], engine, recipe, depth)[Filters()]  # type: ignore[arg-type]


def ids(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.product_id for candidate in candidates]


def test_a_candidate_of_one_leg_has_the_score_of_the_other_too(shop: Engine) -> None:
    # With one candidate from each leg the words find red-shoe, the titles red-dress (a cosine of 1) and the
    # descriptions blue-dress (1 as well, weighted .9).
    by_id = {one.product_id: one for one in found(shop, RetrievalQuery(ASKED, EAST)).matches}
    assert set(by_id) == {"red-shoe", "red-dress", "blue-dress"}
    scores = dict(lexical_hits(shop, ASKED))
    dress, shoe, blue = by_id["red-dress"], by_id["red-shoe"], by_id["blue-dress"]
    assert dress.lexical is not None
    assert dress.lexical.score == pytest.approx(scores["red-dress"], rel=1e-5)
    assert dress.lexical.normalized == pytest.approx(scores["red-dress"] / scores["red-shoe"], rel=1e-5)
    assert dress.lexical.rank == 2
    assert shoe.semantic is not None
    # (.8 - .5) / (1 - .5) = .6
    assert (shoe.semantic.score, shoe.semantic.normalized) == pytest.approx((0.8, 0.6), abs=1e-5)
    assert blue.lexical is None
    assert blue.semantic is not None
    assert blue.semantic.score == pytest.approx(0.9, abs=1e-5)
    # red-shoe .6 + .4 x .6 = .84; blue-dress .4 x (.9 - .5) / .5 = .32.
    assert shoe.score == pytest.approx(0.84, abs=1e-5)
    assert blue.score == pytest.approx(0.32, abs=1e-5)


def test_what_is_neither_of_the_words_nor_near_is_not_found(shop: Engine) -> None:
    result = found(shop, RetrievalQuery(ASKED, EAST), MANY)
    # red-shoe and its twin hold all words; red-dress and blue-dress are near by title and description, the
    # gift by its description (.8 x .9 = .72).
    assert set(ids(result.matches)) == {"red-shoe", "red-shoe-twin", "red-dress", "blue-dress", "gift"}
    # The case is as far as can be.
    assert ids(result.related) == []


def test_with_types_only_what_is_of_them_matches_a_bare_query(shop: Engine) -> None:
    bare = RetrievalQuery(ASKED, EAST, types=SHOES, is_bare=True)
    result = found(shop, bare, MANY)
    assert ids(result.matches) == ["red-shoe", "red-shoe-twin"]
    # .6 x 1 + .4 x .6 + .03
    assert [match.score for match in result.matches] == pytest.approx([0.87, 0.87], abs=1e-5)
    assert set(ids(result.related)) == {"red-dress", "blue-dress", "gift"}


def test_what_is_of_the_types_is_a_candidate_though_both_legs_overlook_it(shop: Engine) -> None:
    # Three hold `dress` and four `red`, so that blue-dress comes second; of the shoes, half as many as there
    # are candidates of a leg are candidates too.
    asked = RetrievalQuery(query("red dress"), None, types=SHOES, is_bare=True)
    result = found(shop, asked, replace(RECIPE, candidates=2))
    assert ids(result.matches) == ["red-shoe"]
    assert ids(result.related) == ["red-dress", "blue-dress"]


def test_without_a_vector_words_alone_decide(shop: Engine) -> None:
    result = found(shop, RetrievalQuery(ASKED, None), MANY)
    assert ids(result.matches) == ["red-shoe", "red-shoe-twin"]
    assert ids(result.related) == ["red-dress"]
    assert {match.semantic for match in result.matches} == {None}


def test_a_semantic_search_orders_by_meaning_and_finds_what_holds_the_words_too(shop: Engine) -> None:
    result = found(shop, RetrievalQuery(query("men"), EAST, scores_words=False), MANY)
    # The twin holds `men`; it is at .8, and so would match by its meaning as well.
    assert ids(result.matches)[0] == "red-dress"
    assert {match.lexical for match in result.matches} == {None}
    # `case` is as far as can be, but holds the word.
    case = query(grams="手", required="手机 机壳", count=2, weights={"title.grams": 1})
    result = found(shop, RetrievalQuery(case, EAST, scores_words=False), MANY)
    assert ids(result.matches)[-1] == "case"
    # Without a vector a semantic search, too, goes by words.
    result = found(shop, RetrievalQuery(ASKED, None, scores_words=False), MANY)
    assert all(match.lexical for match in result.matches)


def test_candidates_are_sought_within_each_set_of_filters(shop: Engine) -> None:
    ava, men = Filters(brands=("Ava",)), Filters(categories=(("men",),))
    results = retrieve(RetrievalQuery(ASKED, EAST), [ava, men], shop, RECIPE)
    assert set(ids(results[ava].matches)) == {"red-shoe", "red-dress"}
    assert ids(results[men].matches) == ["red-shoe-twin"]


def test_what_is_too_far_from_the_best_of_all_is_no_match_where_a_filter_leaves_it_as_the_best(
    shop: Engine,
) -> None:
    recipe = replace(MANY, match_score=0.7, match_cosine_with_words=0.55)
    asked = RetrievalQuery(ASKED, EAST, types=TypeCondition(("手机壳",)))
    everything, bea, ava = Filters(), Filters(brands=("Bea",)), Filters(brands=("Ava",))
    results = retrieve(asked, [everything, bea, ava], shop, recipe)
    # red-shoe .84, of which .7 are .588; blue-dress .32. Among those of Bea it is the best.
    assert "blue-dress" in ids(results[everything].related)
    assert (ids(results[bea].matches), ids(results[bea].related)) == ([], ["blue-dress"])
    assert set(ids(results[ava].matches)) == set(ids(results[everything].matches)) & {"red-shoe", "red-dress"}
    assert "red-shoe" in ids(results[ava].matches)
    # The same where the filter is the only one.
    assert retrieve(asked, [bea], shop, recipe)[bea].matches == []


def test_where_all_words_are_needed_only_strict_matches_match(shop: Engine) -> None:
    asked = RetrievalQuery(ASKED, EAST, needs_all_words=True)
    result = found(shop, asked, MANY)
    # red-dress, at a cosine of 1, holds one word of two.
    assert ids(result.matches) == ["red-shoe", "red-shoe-twin"]
    assert set(ids(result.related)) == {"red-dress", "blue-dress", "gift"}


def test_what_only_goes_with_a_thing_comes_lower_where_that_is_not_asked_for(store: GenerationStore) -> None:
    types = [("dress",), ("dress",), ("shoe", ACCESSORY), ("shoe",), (), (), ()]
    index(store, shop_documents(), types=types)
    bare = RetrievalQuery(ASKED, EAST, types=SHOES, is_bare=True)
    recipe = replace(MANY, accessory_weight=0.06)
    with_all = found(store.open(), bare, recipe)
    assert ids(with_all.matches) == ["red-shoe", "red-shoe-twin"]
    without = found(store.open(), replace(bare, wants_accessory=False), recipe)
    assert ids(without.matches) == ["red-shoe-twin", "red-shoe"]
    # .84 + .03, and five times .06 less, since the query says nothing but its type.
    assert [match.score for match in without.matches] == pytest.approx([0.87, 0.57], abs=1e-5)
    assert [match.type_bonus for match in without.matches] == pytest.approx([0.03, -0.27])


def test_as_many_matches_as_asked_for_come_by_words_alone_and_only_for_the_page(shop: Engine) -> None:
    page, facet = Filters(), Filters(in_stock=True)
    results = retrieve(RetrievalQuery(ASKED, EAST), [page, facet], shop, RECIPE, depth=5)
    scores = dict(lexical_hits(shop, ASKED))
    assert [hit.product_id for hit in results[page].further_hits] == ["red-shoe", "red-shoe-twin"]
    assert [hit.score for hit in results[page].further_hits] == pytest.approx(
        [scores["red-shoe"], scores["red-shoe-twin"]], rel=1e-6
    )
    assert results[facet].further_hits == []
    assert found(shop, RetrievalQuery(ASKED, EAST), depth=1).further_hits == results[page].further_hits[:1]
    typed = RetrievalQuery(query("red"), EAST, types=TypeCondition(("dress",)))
    # The blue dress is of the type, but no word of it scores.
    assert [hit.product_id for hit in found(shop, typed, depth=5).further_hits] == ["red-dress"]


def test_a_query_that_says_nothing_finds_nothing(shop: Engine) -> None:
    assert found(shop, RetrievalQuery(None, None)) == RetrievalResult([], [], [], {}, [])


class Watched:
    """An engine that notes the round trips of a retrieval."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.trips: list[str] = []

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        self.trips.append("retrieve")
        return self._engine.retrieve(legs)

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        self.trips.append("passing")
        return self._engine.passing(product_ids, filters)

    def passing_variants(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        self.trips.append("passing variants")
        return self._engine.passing_variants(product_ids, filters)

    def listings(self, product_ids: Sequence[str]) -> dict[str, Listing]:
        self.trips.append("listings")
        return self._engine.listings(product_ids)

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        self.trips.append("holding")
        return self._engine.holding(product_ids, terms)


@pytest.mark.parametrize(
    ("asked", "trips"),
    [
        # All of it without filters, then which of what matches passes.
        (
            RetrievalQuery(ASKED, EAST),
            [
                "retrieve",
                "listings",
                "retrieve",
                "retrieve",
                "passing variants",
                "listings",
                "retrieve",
            ],
        ),
        # What matches by its type, or its words, alone needs no decision.
        (
            RetrievalQuery(ASKED, EAST, types=SHOES, is_bare=True),
            ["retrieve", "listings", "retrieve"],
        ),
        (RetrievalQuery(ASKED, EAST, needs_all_words=True), ["retrieve", "listings", "retrieve"]),
    ],
)
def test_within_filters_it_is_decided_without_them_what_matches_unless_that_is_certain(
    shop: Engine, asked: RetrievalQuery, trips: list[str]
) -> None:
    watched = Watched(shop)
    retrieve(asked, [Filters(brands=("Ava",))], watched, RECIPE)
    assert watched.trips == trips


@pytest.mark.parametrize("types", [None, SHOES])
@pytest.mark.parametrize("wants_accessory", [True, False])
def test_it_takes_three_round_trips_with_types_and_without(
    shop: Engine, types: TypeCondition | None, *, wants_accessory: bool
) -> None:
    watched = Watched(shop)
    asked = RetrievalQuery(ASKED, EAST, types=types, wants_accessory=wants_accessory)
    retrieve(asked, [Filters()], watched, RECIPE)
    assert watched.trips == ["retrieve", "listings", "retrieve"]


def asking_for(colour: str, *, is_hard: bool, types: TypeCondition | None = SHOES) -> RetrievalQuery:
    fact = QueryFact(f"colour:{colour}", "colour", colour, colour, is_hard)
    asked = AskedFact(fact, (colour,), stating=("coloured",))
    return RetrievalQuery(ASKED, EAST, types=types, is_bare=True, facts=(asked,))


def found_within_facts(engine: Engine, asked: RetrievalQuery) -> RetrievalResult:
    filters = Filters(facts=tuple(one.condition() for one in asked.facts if one.fact.is_hard))
    recipe = replace(MANY, hard_fact_weight=0.2, soft_fact_weight=0.4)
    return retrieve(asked, [filters], engine, recipe)[filters]


def test_what_holds_a_fact_gains_by_it_and_what_is_silent_does_not(shop: Engine) -> None:
    # Both shoes have .87 without; the twin states no colour.
    for is_hard, score in ((True, 1.07), (False, 1.27)):
        matches = found_within_facts(shop, asking_for("blue", is_hard=is_hard)).matches
        assert ids(matches) == ["red-shoe", "red-shoe-twin"]
        assert [match.score for match in matches] == pytest.approx([score, 0.87], abs=1e-5)


def test_what_contradicts_a_hard_fact_comes_near_and_a_soft_one_behind(shop: Engine) -> None:
    hard = found_within_facts(shop, asking_for("green", is_hard=True))
    assert ids(hard.matches) == ["red-shoe-twin"]
    assert "red-shoe" in ids(hard.related)
    soft = found_within_facts(shop, asking_for("green", is_hard=False))
    assert ids(soft.matches) == ["red-shoe-twin", "red-shoe"]
    assert [match.score for match in soft.matches] == pytest.approx([0.87, 0.47], abs=1e-5)


def test_what_is_of_another_type_gains_nothing_by_a_fact_but_loses_by_it(shop: Engine) -> None:
    related = {
        one.product_id: one for one in found_within_facts(shop, asking_for("blue", is_hard=True)).related
    }
    # The blue dress is no shoe.
    assert related["blue-dress"].fact_bonus == 0.0
    assert related["red-dress"].fact_bonus == -0.2
