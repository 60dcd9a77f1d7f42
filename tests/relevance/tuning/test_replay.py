"""Replayed searches rank as real ones, under any parameters, in either engine."""

import random
from dataclasses import replace

import numpy as np
import pytest

from relevance.errors import DegradedSearches
from relevance.evaluation import evaluate
from relevance.judgements import Query
from relevance.searchers import RecipeSearcher
from relevance.tuning.parameters import (
    PARAMETERS,
    Parameter,
    neighbour_settings,
    pair_settings,
    parameters_of,
    setting_of,
    with_setting,
)
from relevance.tuning.target import TuningTarget
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.errors import EncoderUnavailable
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.ranking.type_overrides import TypeOverride
from shangsou.search.request import SearchRequest
from shangsou.search.service import live_index
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.tuning import QUERIES, RIGHT, OpenEvaluator

ASKED = QUERIES[::3]
FUSION_AND_FIELDS = parameters_of(["fusion", "fields"])


def test_a_replay_is_worth_what_the_search_is_under_any_setting(open_evaluator: OpenEvaluator) -> None:
    source = random.Random(7)
    # Those that should come behind the first one: where they are depends on every number.
    others = {query.qid: {f"{query.qid}-kind": 1, f"{query.qid}-thing": 1} for query in ASKED}
    means = set()
    with open_evaluator(TuningTarget(ASKED, others)) as evaluator:
        for _ in range(5):
            setting = tuple(source.choice(parameter.values) for parameter in FUSION_AND_FIELDS)
            search_scores = evaluator.search_scores(setting)
            # Where Elasticsearch adds up in another order, two that tie may change places.
            assert np.isclose(evaluator.replay_scores(setting), search_scores).sum() >= len(ASKED) - 1
            means.add(search_scores.mean())
    assert len(means) > 3


def test_synonyms_and_limits_in_words_are_replayed_too(open_evaluator: OpenEvaluator) -> None:
    asked = [
        Query("limits", "all", "100元以下的雨伞"),
        Query("excluded", "all", "雨伞 不要儿童"),
        Query("quoted", "all", '"便携雨伞"'),
        Query("emoji", "all", "🎁"),
        Query("unknown", "all", "龘"),
    ]
    target = TuningTarget(asked, {query.qid: {"q1-right": 1, "q0-right": 1} for query in asked})
    recipe = replace(
        default_ranking(), semantic_cutoff=0.2, synonyms={"雨伞": ("水壶",)}, field_weights={"title.grams": 1}
    )
    with open_evaluator(target, recipe=recipe) as evaluator:
        for setting in [evaluator.start, *neighbour_settings(evaluator.start, FUSION_AND_FIELDS)[::10]]:
            assert evaluator.replay_scores(setting) == pytest.approx(evaluator.search_scores(setting))


def test_types_decide_in_a_replay_what_they_decide_in_a_search(open_evaluator: OpenEvaluator) -> None:
    overrides = tuple(TypeOverride(thing, thing) for thing in ("雨伞", "水壶"))
    recipe = replace(default_ranking(), semantic_cutoff=0.2, type_overrides=overrides)
    # A type and more, a type alone, one whose products hold no word of the query, and none that is known.
    asked = [Query(text, "all", text) for text in ("便携雨伞", "水壶", "水壶书包", "书包")]
    right = TuningTarget(asked, {query.qid: {"q1-right": 1} for query in asked})
    with open_evaluator(right, recipe=recipe) as evaluator:
        for setting in [evaluator.start, *neighbour_settings(evaluator.start, FUSION_AND_FIELDS)[::15]]:
            tried = evaluator.recipe(setting)
            replayed = {
                query.qid: replay.ranking(tried, 100)
                for query, replay in zip(asked, evaluator._recorded((tried.k1, tried.b)).replays, strict=True)
            }
            with evaluator.searcher(tried) as searcher:
                searched = evaluate(RecipeSearcher(searcher, tried), asked, right.qrels).run
                matched = searcher.search(SearchRequest("水壶", size=100), tried)
            # All of a type match, whatever their words; as many as have it in one of their texts.
            assert len(matched.hits) == matched.total == 18
            for qid, hits in searched.items():
                ids = [hit.product_id for hit in hits]
                # Where Elasticsearch adds up in another order, two that tie may change places.
                assert sum(map(str.__ne__, ids, replayed[qid])) <= 2, (setting, qid)
                assert set(ids) == set(replayed[qid]), (setting, qid)


def test_searches_without_their_encoder_are_not_tuned_on(
    open_evaluator: OpenEvaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(HashEncoder):
        def encode(self, texts):
            raise EncoderUnavailable("out of memory")

    with open_evaluator() as evaluator:
        monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: Failing())
        with pytest.raises(
            DegradedSearches, match="q0: encoder: the search encoder does not answer; fix this and tune again"
        ):
            evaluator.replay_scores(evaluator.start)


def test_every_parameter_is_read_put_and_written_as_json() -> None:
    recipe = default_ranking()
    plain: dict[str, object] = {"field_weights": {"title.grams": 1.0, "moon.grams": 2.0}, "moon": 3}
    for parameter in PARAMETERS:
        value = next(value for value in parameter.values if value != parameter.read(recipe))
        assert parameter.read(parameter.put(recipe, value)) == value
        written = parameter.put_json(plain, value)
        # What another version put there stays.
        assert written["moon"] == 3
        assert written["field_weights"]["moon.grams"] == 2.0
    assert {parameter.key for parameter in PARAMETERS if parameter.key} == set(SCORED_FIELDS)
    setting = setting_of(recipe, PARAMETERS)
    assert with_setting(recipe, PARAMETERS, setting) == recipe


def test_a_move_changes_one_parameter() -> None:
    parameters = PARAMETERS[:2]
    found = neighbour_settings(("convex", 0.6), parameters)
    assert found[0] == ("rrf", 0.6)
    assert ("convex", 0.6) not in found
    assert all(sum(map(str.__ne__, map(str, move), ("convex", "0.6"))) == 1 for move in found)


def test_a_pair_changes_two_parameters_to_quarter_points_of_their_other_values() -> None:
    choice = Parameter("fusion", "fusion", ("convex", "rrf"))
    share = Parameter("fusion", "lexical_weight", (0.1, 0.2, 0.3, 0.4, 0.5))
    number = Parameter("fusion", "semantic_span", (1.0, 2.0, 3.0, 4.0))
    # Of .2, .3, .4, .5 the second and the third; of 1 to 4 without 4 the first (.5, to even) and the last.
    assert pair_settings(("convex", 0.1, 4.0), [choice, share, number]) == [
        ("rrf", 0.3, 4.0),
        ("rrf", 0.4, 4.0),
        ("rrf", 0.1, 1.0),
        ("rrf", 0.1, 3.0),
        ("convex", 0.3, 1.0),
        ("convex", 0.3, 3.0),
        ("convex", 0.4, 1.0),
        ("convex", 0.4, 3.0),
    ]
    assert pair_settings(("convex",), [choice]) == []


def test_the_shop_asks_what_one_product_answers() -> None:
    assert len({query.text for query in QUERIES}) == len(RIGHT.qrels) == 60
