"""The quality of an encoder's ranking together with the words of the project's own engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from relevance.judgements import Qrels, Query, read_graded_queries, read_qrels, read_queries
from relevance.metrics import measure, parse_measures
from relevance.tuning.crossvalidation import make_folds
from shangsou.engines.engine import Engine, LiveEngine
from shangsou.engines.query import NO_FILTERS, LexicalLeg
from shangsou.search.service.searcher import open_searcher
from shangsou.search.understanding.lexical_query import make_lexical_query
from shangsou.settings import Settings
from shangsou.text.normalize import normalize
from training.pairs.read_products import read_products
from training.pairs.shop_products import ShopProduct

GRADED = "graded"
"""The name of the set of queries whose products were graded by reading."""
SHARES = np.arange(0.0, 1.01, 0.05)
FOLDS, SHUFFLES = 5, 4
# Cosines are scaled by the best and the worst of so many, as where it was first measured.
_SCALED = 1_000
# Products that have a score by words; that of the others is below a tenth of the best, and counts as 0.
_SCORED = 10_000
# Character n-grams of titles: what a search by words alone finds most with.
_WORDS = {"title.grams": 1.0}
_NDCG = parse_measures("ndcg@10")


@dataclass(frozen=True, slots=True)
class JudgedSearches:
    """The judged queries with the BM25 scores of all products."""

    queries: Sequence[Query]
    qrels: Qrels
    product_ids: Sequence[str]
    lexical: NDArray[np.float32]
    """Shape (queries, products), each row over its maximum."""

    @property
    def texts(self) -> list[str]:
        """Of the queries, normalized."""
        return [normalize(query.text) for query in self.queries]


def read_judgements(data: Path) -> tuple[list[Query], Qrels]:
    """Return the development queries and, as one set more, the graded ones; those with a relevant product."""
    queries, qrels = (
        read_queries(data / "relevance" / "queries.tsv"),
        {**read_qrels(data / "relevance" / "qrels.tsv")},
    )
    graded, grades = read_graded_queries(data / "graded" / "grades.tsv")
    for query in graded:
        queries.append(Query(f"{GRADED}-{query.qid}", GRADED, query.text))
        qrels[f"{GRADED}-{query.qid}"] = grades[query.qid]
    return [query for query in queries if any(g > 0 for g in qrels.get(query.qid, {}).values())], qrels


def score_words(
    engine: Engine,
    product_ids: Sequence[str],
    queries: Sequence[Query],
    qrels: Qrels,
    weights: Mapping[str, float],
) -> JudgedSearches:
    """Return the judged searches as an engine scores them by words, with some weights of fields."""
    segmenter = engine.generation.recipe.segmenter
    column = {product: number for number, product in enumerate(product_ids)}
    lexical = np.zeros((len(queries), len(product_ids)), np.float32)
    for row, query in enumerate(queries):
        words = make_lexical_query(normalize(query.text), weights, segmenter)
        (hits,) = engine.retrieve([LexicalLeg(words, NO_FILTERS, _SCORED)])
        for product, score in hits:
            lexical[row, column[product]] = score / hits[0].score
    return JudgedSearches(queries, qrels, product_ids, lexical)


def read_shop(data: Path, settings: Settings) -> tuple[list[ShopProduct], JudgedSearches]:
    """Return the products of the live index, and the judged searches by the n-grams of their titles."""
    searcher = open_searcher(settings)
    try:
        engine = cast("LiveEngine", searcher.context().engine)
        products = list(read_products(engine))
        queries, qrels = read_judgements(data)
        ids = [product.product_id for product in products]
        return products, score_words(engine, ids, queries, qrels, _WORDS)
    finally:
        searcher.close()


def fused_ndcg(
    searches: JudgedSearches, query_vectors: NDArray[np.float32], title_vectors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return nDCG@10 of each query at each of `SHARES` of the words, shape (shares, queries).

    Convex combination (Bruch et al. 2023) of BM25 over its maximum and the cosine, of which the best is 1 and
    the thousandth 0.

    Parameters
    ----------
    query_vectors, title_vectors
        Of the queries and the products, of length 1; shapes (queries, dimensions), (products, dimensions).
    """
    values = np.zeros((len(SHARES), len(searches.queries)))
    for number, query in enumerate(searches.queries):
        cosines = title_vectors @ query_vectors[number]
        worst = np.partition(cosines, -min(_SCALED, len(cosines)))[-min(_SCALED, len(cosines))]
        scaled = np.maximum(0.0, (cosines - worst) / max(1e-9, cosines.max() - worst))
        words = searches.lexical[number]
        # What has neither a cosine above 0 nor one of the ten best scores is among the ten first nowhere.
        places = np.union1d(np.flatnonzero(scaled), np.argpartition(-words, 10)[:10])
        for row, share in enumerate(SHARES):
            fused = share * words[places] + (1 - share) * scaled[places]
            first = places[np.argsort(-fused, kind="stable")[:10]]
            ranking = [searches.product_ids[place] for place in first]
            values[row, number] = measure(ranking, searches.qrels[query.qid], _NDCG)["ndcg@10"]
    return values


@dataclass(frozen=True, slots=True)
class FusedFigures:
    """Of an encoder fused with words."""

    held_out: NDArray[np.float64]
    """nDCG@10 of each query with shares that were chosen without it, the mean over shuffles."""
    shares: tuple[float, ...]
    """The shares of the words that were chosen."""

    def mean(self, sets: Sequence[str], of: Sequence[str]) -> float:
        """Return the mean over some sets of the means over their queries."""
        names = np.array(sets)
        return float(np.mean([self.held_out[names == name].mean() for name in of]))


def cross_validate(values: NDArray[np.float64], sets: Sequence[str]) -> FusedFigures:
    """Return the figures with the best share, by the mean over sets, of the queries that are not held out."""
    names, unique = np.array(sets), sorted(set(sets))
    held_out, shares = np.zeros(len(sets)), []
    for _, held in make_folds(sets, FOLDS, SHUFFLES):
        kept = np.mean([values[:, ~held & (names == name)].mean(axis=1) for name in unique], axis=0)
        best = int(np.argmax(kept))
        shares.append(float(SHARES[best]))
        held_out[held] += values[best, held] / SHUFFLES
    return FusedFigures(held_out, tuple(shares))
