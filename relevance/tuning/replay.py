"""Rank a recorded query under other parameters, with the code that ranks searches."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from relevance.tuning.recording import Recording
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.query import Hit, Leg, LexicalLeg
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.ranking.retrieval import RetrievalQuery, retrieve


class Replay:
    """Ranks one recording; a `Retriever` with the lexical scores of other weights."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._weights: tuple[float, ...] = ()
        self._scores: NDArray[np.float32] = np.empty(0, np.float32)
        self._lexical: list[Hit] = []

    def ranking(self, recipe: RankingRecipe, k: int) -> list[str]:
        """Return the first `k` products under a recipe, best first.

        As in a search: the candidates, then the other strict matches by BM25.
        """
        recording = self._recording
        self._score_lexical(recipe.field_weights, recipe.candidates)
        retrieval_query = RetrievalQuery(recording.lexical, recording.vector)
        candidates = retrieve(retrieval_query, [recording.filters], self, recipe).candidates[
            recording.filters
        ]
        ranked = [candidate.product_id for candidate in candidates[:k]]
        if len(ranked) < k:
            ranked_ids = set(ranked)
            order = np.argsort(-self._scores, kind="stable")
            strict = (recording.product_ids[row] for row in order.tolist() if recording.strict[row])
            ranked += [product_id for product_id in strict if product_id not in ranked_ids][: k - len(ranked)]
        return ranked

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg, as far as they were recorded."""
        return [
            self._lexical[: leg.k]
            if isinstance(leg, LexicalLeg)
            else list(self._recording.vector_hits.get(leg.field, ())[: leg.k])
            for leg in legs
        ]

    def _score_lexical(self, field_weights: Mapping[str, float], k: int) -> None:
        """Score the products by these weights; cached, since many settings in a row share them."""
        weights = tuple(field_weights.get(field, 0.0) for field in SCORED_FIELDS)
        if weights == self._weights:
            return
        self._weights = weights
        # A product has the score of the rewording that fits it best.
        self._scores = (self._recording.scores @ np.array(weights, np.float32)).max(axis=0)
        rows = np.argsort(-self._scores, kind="stable")[:k]
        self._lexical = [
            Hit(self._recording.product_ids[row], score)
            for row, score in zip(rows.tolist(), self._scores[rows].tolist(), strict=True)
            if score > 0
        ]
