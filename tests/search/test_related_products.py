"""Products that only come near a query: which are shown, and what each lacks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from shangsou.engines.engine import Engine
from shangsou.engines.query import LexicalQuery
from shangsou.lexicon.product_types import TypePrediction
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.ranking.fusion import Candidate, ScorePart
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.ranking.retrieval import RetrievalQuery
from shangsou.search.related import MAX_RELATED, fetch_related
from shangsou.search.understood import Understood

# So that .5 is what the vectors have to reach.
RECIPE = replace(default_ranking(), semantic_cutoff=0.45)
HYBRID = RetrievalQuery(LexicalQuery(("狗粮",), (), (), 0, {}), np.ones(2, np.float32))
WORDS_ALONE = replace(HYBRID, vector=None)
VECTORS_ALONE = replace(HYBRID, scores_words=False)
UNDERSTOOD = Understood("狗粮", "狗粮", ("狗粮",), ())


class Catalog:
    """Knows every product but `gone`, and the type of `grain` alone."""

    def products(self, ids: Sequence[str]) -> list[Product]:
        return [Product(product_id, product_id) for product_id in ids if product_id != "gone"]

    def main_types(self, ids: Sequence[str]) -> dict[str, str]:
        return {product_id: "杂粮" for product_id in ids if product_id == "grain"}


def candidate(product_id: str, *, bm25: float | None = None, cosine: float | None = None) -> Candidate:
    lexical = None if bm25 is None else ScorePart(1, bm25, 1.0, 0.6)
    semantic = None if cosine is None else ScorePart(1, cosine, 1.0, 0.4)
    return Candidate(product_id, 1.0, lexical, semantic)


def related(
    *candidates: Candidate, query: RetrievalQuery = HYBRID, understood: Understood = UNDERSTOOD
) -> list[str]:
    found = fetch_related(candidates, query, understood, RECIPE, cast("Engine", Catalog()))
    return [one.product.product_id for one in found]


BOTH = candidate("both", bm25=7.7, cosine=0.55)
FAR_IN_MEANING = candidate("far in meaning", bm25=6.7, cosine=0.49)
CHARACTERS = candidate("characters", bm25=4.6)
MEANING = candidate("meaning", cosine=0.56)
NEITHER = candidate("neither")
ALL = (BOTH, FAR_IN_MEANING, CHARACTERS, MEANING, NEITHER)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (HYBRID, ["both"]),
        (WORDS_ALONE, ["both", "far in meaning", "characters"]),
        (VECTORS_ALONE, ["both", "meaning"]),
    ],
    ids=["hybrid", "words alone", "vectors alone"],
)
def test_a_product_comes_near_by_each_leg_that_was_asked(query: RetrievalQuery, shown: list[str]) -> None:
    assert related(*ALL, query=query) == shown


def test_a_query_that_only_shares_characters_with_titles_has_nothing_near() -> None:
    # As 大闸蟹 in a shop of rice and umbrellas.
    assert related(CHARACTERS, FAR_IN_MEANING) == []


def test_as_many_are_shown_as_are_wanted_and_none_that_is_gone() -> None:
    many = [candidate(f"p{number}", bm25=1.0, cosine=0.6) for number in range(MAX_RELATED + 5)]
    assert related(*many) == [f"p{number}" for number in range(MAX_RELATED)]
    assert related(candidate("gone", bm25=1.0, cosine=0.6)) == []


@pytest.mark.parametrize(
    ("product_id", "asked", "lack"),
    [
        ("grain", (), Lack("words", "狗粮", "杂粮")),
        ("bag", (), Lack("words", "狗粮", None)),
        (
            "grain",
            (TypePrediction("宠物粮", 0.8), TypePrediction("狗粮", 0.2)),
            Lack("product_type", "宠物粮", "杂粮"),
        ),
    ],
    ids=["no type asked for", "of no known type", "the likeliest type"],
)
def test_a_related_product_lacks_the_type_or_the_words(
    product_id: str, asked: tuple[TypePrediction, ...], lack: Lack
) -> None:
    understood = replace(UNDERSTOOD, product_types=asked)
    near = candidate(product_id, bm25=1.0, cosine=0.6)
    (found,) = fetch_related([near], HYBRID, understood, RECIPE, cast("Engine", Catalog()))
    assert found.lacks == (lack,)
