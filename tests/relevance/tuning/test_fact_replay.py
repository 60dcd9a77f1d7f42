"""Searches that ask for facts are replayed as they are searched."""

from dataclasses import replace

import pytest

from relevance.judgements import Query
from relevance.tuning.recording import record
from relevance.tuning.replay import Replay
from shangsou.engines.engine import Engine
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.context import SearchContext
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from tests.fixtures.fact_shop import PLAIN
from tests.fixtures.hash_encoder import HashEncoder

RECIPES = {
    "as it is": PLAIN,
    "facts weigh nothing": replace(PLAIN, hard_fact_weight=0.0, soft_fact_weight=0.0),
    "facts weigh most": replace(PLAIN, hard_fact_weight=1.0, soft_fact_weight=1.0),
    "meaning alone": replace(PLAIN, lexical_weight=0.0),
    "titles alone": replace(PLAIN, field_weights={"title.grams": 1.0}),
}


@pytest.mark.parametrize(
    "text",
    ["黑色毛衣", "羊毛毛衣", "5公斤大米", "5公斤", "耐克跑鞋 42码", "耐克 42码", "hx6857/20跑鞋", "耐克大米"],
)
def test_a_replay_ranks_as_the_search_under_any_weights(
    fact_engine: Engine, fact_lexicon: Lexicon, hash_encoder: HashEncoder, text: str
) -> None:
    replay = Replay(
        record(Query("q", "all", text), SearchContext(fact_engine, hash_encoder, PLAIN, fact_lexicon))
    )
    for name, recipe in RECIPES.items():
        context = SearchContext(fact_engine, hash_encoder, recipe, fact_lexicon)
        response = search(SearchRequest(text, size=100), context)
        assert response.understood.facts, text
        searched = [hit.product.product_id for hit in response.hits]
        searched += [related.hit.product.product_id for related in response.related]
        assert replay.ranking(recipe, 100) == searched, name
