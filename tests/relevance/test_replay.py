"""A replayed search ranks as the search itself does, whatever the numbers, in either engine."""

import random
from dataclasses import replace

import numpy as np
import pytest

from relevance.errors import DegradedSearches
from relevance.judgements import Query
from relevance.tuning.bench import Judged
from relevance.tuning.parameters import PARAMETERS, moves, parameters_of, setting_of, with_setting
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.errors import EncoderUnavailable
from shangsou.search import live
from shangsou.search.ranking import default_ranking
from tests.fixtures.core import HashEncoder
from tests.fixtures.tuning import QUERIES, RIGHT, OpenBench

ASKED = QUERIES[::3]
FUSION_AND_FIELDS = parameters_of(["fusion", "fields"])


def test_a_replay_is_worth_what_the_search_is_under_any_setting(open_bench: OpenBench) -> None:
    source = random.Random(7)
    # Those that should come behind the first one: where they are depends on every number.
    others = {query.qid: {f"{query.qid}-kind": 1, f"{query.qid}-thing": 1} for query in ASKED}
    means = set()
    with open_bench(Judged(ASKED, others)) as bench:
        for _ in range(5):
            setting = tuple(source.choice(parameter.values) for parameter in FUSION_AND_FIELDS)
            searched = bench.searched(setting)
            # Where Elasticsearch adds up in another order, two that tie may change places.
            assert np.isclose(bench.replayed(setting), searched).sum() >= len(ASKED) - 1
            means.add(searched.mean())
    assert len(means) > 3


def test_synonyms_and_limits_in_words_are_replayed_too(open_bench: OpenBench) -> None:
    asked = [
        Query("limits", "all", "100元以下的雨伞"),
        Query("excluded", "all", "雨伞 不要儿童"),
        Query("quoted", "all", '"便携雨伞"'),
        Query("emoji", "all", "🎁"),
        Query("unknown", "all", "龘"),
    ]
    judged = Judged(asked, {query.qid: {"q1-right": 1, "q0-right": 1} for query in asked})
    recipe = replace(
        default_ranking(), semantic_cutoff=0.2, synonyms={"雨伞": ("水壶",)}, field_weights={"title.grams": 1}
    )
    with open_bench(judged, recipe=recipe) as bench:
        for setting in [bench.start, *moves(bench.start, FUSION_AND_FIELDS)[::10]]:
            assert bench.replayed(setting) == pytest.approx(bench.searched(setting))


def test_searches_without_their_encoder_are_not_tuned_on(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(HashEncoder):
        def encode(self, texts):
            raise EncoderUnavailable("out of memory")

    with open_bench() as bench:
        monkeypatch.setattr(live, "open_encoder", lambda *_, **__: Failing())
        with pytest.raises(DegradedSearches, match="q0: encoder: out of memory; mend this and tune again"):
            bench.replayed(bench.start)


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
    found = moves(("convex", 0.6), parameters)
    assert found[0] == ("rrf", 0.6)
    assert ("convex", 0.6) not in found
    assert all(sum(map(str.__ne__, map(str, move), ("convex", "0.6"))) == 1 for move in found)


def test_the_shop_asks_what_one_product_answers() -> None:
    assert len({query.text for query in QUERIES}) == len(RIGHT.qrels) == 60
