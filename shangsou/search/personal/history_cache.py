"""A cache of the features of shoppers' histories, so that they are computed once for several searches."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.history import History
from shangsou.search.personal.history_items import Attention, HistoryItem, collect_history_items
from shangsou.search.personal.product_traits import TraitReader


class HistoryFeatures:
    """The products of a history that still exist, with their traits. Arrays have shape (items,)."""

    def __init__(self, history_items: Sequence[HistoryItem], reader: TraitReader) -> None:
        positions, traits = reader.read([item.product_id for item in history_items])
        items = [history_items[position] for position in positions]
        self.product_ids = [item.product_id for item in items]
        self.strengths = np.array([item.strength for item in items], np.float64)
        self._positions_by_query: dict[str, list[int]] = {}
        for position, item in enumerate(items):
            for query in item.queries:
                self._positions_by_query.setdefault(query, []).append(position)
        self.brands, self.categories, self.log_prices = traits.brands, traits.categories, traits.log_prices
        self.types, self.accessories = traits.types, traits.accessories
        self.values, self.value_counts = traits.values, traits.value_counts
        self.word_counts = traits.word_counts
        self.words, word_index = np.unique(traits.words, return_inverse=True)
        """Distinct, rising."""
        self.word_index = word_index.astype(np.int32)
        """The position among `words` of each word of the first product, of the second, and so on."""

    def attention_weights(
        self, query_text: str, cosines: NDArray[np.floating[Any]] | None, attention: Attention
    ) -> NDArray[np.float64]:
        """Return how much each item of the history counts for a query, its strength included.

        Parameters
        ----------
        query_text
            Normalized.
        cosines
            Of the past titles with the query. Where there are none, as where the encoder failed, only the
            same query speaks for a product.
        """
        same = np.zeros(len(self.strengths), np.bool_)
        same[self._positions_by_query.get(query_text, [])] = True
        near = np.zeros(len(same)) if cosines is None else np.nan_to_num(cosines.astype(np.float64))
        return attention.weights(near, same) * self.strengths


class HistoryCache:
    """The features of histories, for as long as these are kept themselves. Safe for many threads."""

    def __init__(self) -> None:
        self._cache: WeakKeyDictionary[History, tuple[TraitReader, HistoryFeatures]] = WeakKeyDictionary()

    def get(self, history: History, reader: TraitReader) -> HistoryFeatures:
        """Return a history as it is in the generation of a reader; raises `EngineUnavailable`."""
        cached = self._cache.get(history)
        if cached is not None and cached[0] is reader:
            return cached[1]
        features = HistoryFeatures(
            collect_history_items(history.events, datetime.now(UTC), history.session_id), reader
        )
        self._cache[history] = reader, features
        return features
