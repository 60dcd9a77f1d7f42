"""The products of the live index, and who finds them: an encoder by its cosine, or a plain score."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import LiveEngine
from shangsou.errors import NoIndex
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings
from shangsou.text.normalize import normalize
from training.comparison.plain_scores import TitleScorer, plain_scorers
from training.pairs.read_products import read_products

# Queries that are compared with all titles together: 40 MB of cosines for 74,362 products.
_BATCH = 128


@dataclass(frozen=True, slots=True)
class Shop:
    """The products on sale, by their ids."""

    engine: LiveEngine
    product_ids: Sequence[str]
    titles: Sequence[str]
    """Normalized, as they are encoded."""


class Retriever(Protocol):
    """Finds products for queries."""

    def find(self, queries: Sequence[str], depth: int) -> list[list[str]]:
        """Return the ids of the first products of each query, best first."""
        ...


@contextmanager
def open_shop(settings: Settings) -> Iterator[Shop]:
    """Open the live index, whatever encoder it was built with; raises `NoIndex` where there is none."""
    searcher = open_searcher(settings.model_copy(update={"model": None}), logs_pending=False)
    try:
        engine = cast("LiveEngine", searcher.context().engine)
        products = list(read_products(engine))
        if not products:
            raise NoIndex('no product of the index is on sale; run "shangsou index FILE"')
        yield Shop(engine, [one.product_id for one in products], [one.title for one in products])
    finally:
        searcher.close()


def plain_retrievers(shop: Shop) -> Mapping[str, Retriever]:
    """Return the baselines, by name, with the words and the BM25 of the index."""
    recipe = shop.engine.generation.recipe
    scorers = plain_scorers(shop.titles, recipe.segmenter, k1=recipe.k1, b=recipe.b)
    return {name: PlainRetriever(shop, scorer) for name, scorer in scorers.items()}


class PlainRetriever:
    """Finds products by a plain score; what has none is not found."""

    def __init__(self, shop: Shop, scorer: TitleScorer) -> None:
        self._product_ids, self._scorer = shop.product_ids, scorer

    def find(self, queries: Sequence[str], depth: int) -> list[list[str]]:
        """Return the ids of the first products of each query, best first, ties by id."""
        found = []
        for query in queries:
            scores = self._scorer.scores(normalize(query))
            rows = _first(scores[None, :], depth)[0]
            found.append([self._product_ids[row] for row in rows if scores[row] > 0])
        return found


class VectorRetriever:
    """Finds products by the cosine of their titles: the encoder alone, without any other part of a search."""

    def __init__(self, shop: Shop, encoder: Encoder) -> None:
        self._product_ids, self._encoder = shop.product_ids, encoder
        self._vectors = encoder.encode(shop.titles)

    def find(self, queries: Sequence[str], depth: int) -> list[list[str]]:
        """Return the ids of the first products of each query, best first, ties by id."""
        found: list[list[str]] = []
        for start in range(0, len(queries), _BATCH):
            vectors = self._encoder.encode([normalize(query) for query in queries[start : start + _BATCH]])
            first = _first(vectors @ self._vectors.T, depth)
            found += [[self._product_ids[row] for row in rows] for rows in first]
        return found


def _first(scores: "np.typing.NDArray[np.floating]", depth: int) -> list[list[int]]:
    """Return the columns of the highest scores of each row, ties by column."""
    depth = min(depth, scores.shape[1])
    rows = []
    for row in scores:
        # All that tie with the last one, so that the order is the same on every machine.
        best = np.flatnonzero(row >= np.partition(row, -depth)[-depth])
        rows.append(best[np.argsort(-row[best], kind="stable")][:depth].tolist())
    return rows
