"""Rank a recorded query under other parameters, with the code that ranks searches."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from relevance.evaluation import DEPTH
from relevance.tuning.exact_facts import FactHolders, find_fact_holders
from relevance.tuning.recording import Recording
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.listing import Listing
from shangsou.engines.query import FilterLeg, Filters, Hit, Leg, LexicalLeg, VectorLeg
from shangsou.search.ranking.collapse import spread_duplicates
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.ranking.retrieval import retrieve
from shangsou.search.related import MAX_RELATED


class Replay:
    """Ranks one recording; a `Retriever` with the lexical scores of other weights."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._rows = {product_id: row for row, product_id in enumerate(recording.product_ids)}
        self._fact_holders: list[FactHolders] | None = None
        self._weights: tuple[float, ...] | None = None
        self._scores: NDArray[np.float32] = np.empty(0, np.float32)
        self._order: NDArray[np.intp] = np.empty(0, np.intp)

    @property
    def fact_holders(self) -> list[FactHolders]:
        """The recorded products of the type that is asked for, by what they hold of the query's facts."""
        if self._fact_holders is None:
            recording = self._recording
            of_type = self._passing(Filters(types=recording.query.types))
            ids = [product_id for product_id, row in self._rows.items() if of_type[row]]
            self._fact_holders = find_fact_holders(ids, recording.query.facts, self)
        return self._fact_holders

    def ranking(self, recipe: RankingRecipe, k: int) -> list[str]:
        """Return the first `k` products under a recipe, best first, `k` at most the depth of an evaluation.

        As in a search: the candidates that match, then the other matches by BM25; where these do not fill the
        page, what comes near.
        """
        recording = self._recording
        self._score_lexical(recipe.field_weights)
        result = retrieve(recording.query, [recording.filters], self, recipe)[recording.filters]
        ranked = spread_duplicates([one.product_id for one in result.matches], recording.listings)
        behind = [recording.product_ids[row] for row in self._order if recording.further[row]]
        behind += [one.product_id for one in result.sold_out]
        if recipe.sold_out_last:
            behind.sort(key=lambda product_id: not recording.listings[product_id].in_stock)
        ids = self._one_of_each_group([*ranked, *behind])
        if len(ids) < DEPTH and recording.query.lexical is not None:
            related = [candidate.product_id for candidate in result.related[:MAX_RELATED]]
            ids = self._one_of_each_group([*ids, *related])
        return ids[:k]

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg, as far as they were recorded."""
        return list(map(self._leg_hits, legs))

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these recorded products pass the types and the facts of the filters."""
        passing = self._passing(filters)
        return {product_id for product_id in product_ids if passing[self._rows[product_id]]}

    def passing_variants(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return what passes: a recording has no filters by which another variant would stand for it."""
        return self.passing(product_ids, filters)

    def listings(self, product_ids: Sequence[str]) -> dict[str, Listing]:
        """Return what of each of these recorded products orders results besides its match."""
        return {product_id: self._recording.listings[product_id] for product_id in product_ids}

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these recorded products have one of them."""
        masks = [self._recording.holding[tuple(wanted)] for wanted in terms]
        return [{product_id for product_id in product_ids if mask[self._rows[product_id]]} for mask in masks]

    def _passing(self, filters: Filters) -> NDArray[np.bool_]:
        recording = self._recording
        passing = np.ones(len(recording.product_ids), np.bool_)
        if filters.types is not None:
            passing &= recording.of_types[filters.types]
        for condition in filters.facts:
            holding = recording.holding[condition.holding]
            passing &= holding if condition.must_hold else holding | ~recording.holding[condition.stating]
        return passing

    def _leg_hits(self, leg: Leg) -> list[Hit]:
        if isinstance(leg, FilterLeg):
            return [Hit(product_id, 0.0) for product_id in self.passing(leg.ids, leg.filters)]
        return self._lexical_hits(leg) if isinstance(leg, LexicalLeg) else self._vector_hits(leg)

    def _lexical_hits(self, leg: LexicalLeg) -> list[Hit]:
        recording = self._recording
        found = self._scores > 0
        if leg.ids is not None:
            wanted = np.zeros(len(found), np.bool_)
            wanted[[self._rows[product_id] for product_id in leg.ids]] = True
            found &= wanted
        found &= self._passing(leg.filters)
        if leg.strict:
            found &= recording.strict if leg.query is recording.query.lexical else recording.loose
        rows = self._order[found[self._order]]
        hits = [
            Hit(recording.product_ids[row], score)
            for row, score in zip(rows.tolist(), self._scores[rows].tolist(), strict=True)
        ]
        if leg.collapse:
            wanted_ids = set(self._one_of_each_group([hit.product_id for hit in hits]))
            hits = [hit for hit in hits if hit.product_id in wanted_ids]
        return hits[: leg.k]

    def _one_of_each_group(self, product_ids: Sequence[str]) -> list[str]:
        """Return the first product of each group, in this order."""
        first: dict[str | int, str] = {}
        for product_id in product_ids:
            first.setdefault(self._recording.listings[product_id].group, product_id)
        return list(first.values())

    def _vector_hits(self, leg: VectorLeg) -> list[Hit]:
        if leg.ids is None:
            return list(self._recording.vector_hits.get(leg.field, ())[: leg.k])
        cosines = self._recording.cosines.get(leg.field, {})
        # Stable: ties keep the order of the engine.
        wanted = set(leg.ids)
        return [Hit(*pair) for pair in cosines.items() if pair[0] in wanted][: leg.k]

    def _score_lexical(self, field_weights: Mapping[str, float]) -> None:
        """Score the products by these weights; cached, since many settings in a row share them."""
        weights = tuple(field_weights.get(field, 0.0) for field in SCORED_FIELDS)
        if weights == self._weights:
            return
        self._weights = weights
        # A product has the score of the rewording that fits it best.
        self._scores = (self._recording.scores @ np.array(weights, np.float32)).max(axis=0)
        self._order = np.argsort(-self._scores, kind="stable")
