"""Searches that find variants are replayed as they are searched, and judged by group as these are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import index_products
from relevance.tuning.evaluator import SettingEvaluator
from relevance.tuning.parameters import neighbour_settings, parameters_of
from relevance.tuning.target import TuningTarget
from shangsou.engines.stores import open_store
from shangsou.product import Product
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.service import live_index
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.tuning import QUERIES, tuning_products

ASKED = QUERIES[::6]
PARAMETERS = parameters_of(["fusion", "fields"])
COLOURS = ("红色", "蓝色", "黑色")


def variant_shop() -> list[Product]:
    """Return the products of the tuning shop in three colours each."""
    return [
        replace(
            product,
            product_id=f"{product.product_id}-{colour}",
            title=f"{product.title}{colour}",
            group_id=product.product_id,
        )
        for colour in COLOURS
        for product in tuning_products()
    ]


@pytest.fixture
def evaluator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettingEvaluator]:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    settings = Settings(home=tmp_path, engine="embedded")
    index_products(variant_shop(), store=open_store(settings), encoder=HashEncoder(), source="test")
    # Judged are two variants of each product, one of which may not be the one shown.
    grades = {
        query.qid: {f"{query.qid}-{kind}-{colour}": 1 for kind in ("kind", "thing") for colour in COLOURS[1:]}
        for query in ASKED
    }
    # A low cut-off: made of hashes, the vectors of different texts are hardly near each other.
    recipe = replace(default_ranking(), semantic_cutoff=0.2)
    with SettingEvaluator(settings, TuningTarget(ASKED, grades, "map@10"), PARAMETERS, recipe) as opened:
        yield opened


def test_a_replay_is_worth_what_the_search_is_where_variants_were_judged(evaluator: SettingEvaluator) -> None:
    means = set()
    for setting in [evaluator.start, *neighbour_settings(evaluator.start, PARAMETERS)[1::12]]:
        search_scores = evaluator.search_scores(setting)
        assert evaluator.replay_scores(setting) == pytest.approx(search_scores)
        # By product no ranking of groups could hold all four judged variants, and map were .5 at most.
        assert search_scores.mean() > 0.5
        means.add(round(search_scores.mean(), 6))
    assert len(means) > 1
