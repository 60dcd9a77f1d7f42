"""A shopper's history as every search of theirs needs it, worked out once."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.history import History
from shangsou.search.personal.past import Attention, Past, past_products
from shangsou.search.personal.traits import TraitReader


class Recalled:
    """The products of a history that there still are, with their traits. Arrays have shape (past,)."""

    def __init__(self, past: Sequence[Past], reader: TraitReader) -> None:
        places, traits = reader.read([one.product_id for one in past])
        there = [past[place] for place in places]
        self.product_ids = [one.product_id for one in there]
        self.strengths = np.array([one.strength for one in there], np.float64)
        self._found_by: dict[str, list[int]] = {}
        for place, one in enumerate(there):
            for query in one.queries:
                self._found_by.setdefault(query, []).append(place)
        self.brands, self.categories, self.log_prices = traits.brands, traits.categories, traits.log_prices
        self.word_counts = traits.word_counts
        self.words, said = np.unique(traits.words, return_inverse=True)
        """Distinct, rising."""
        self.said = said.astype(np.int32)
        """The place among `words` of each word of the first product, of the second, and so on."""

    def attended(
        self, query_text: str, cosines: NDArray[np.floating[Any]] | None, attention: Attention
    ) -> NDArray[np.float64]:
        """Return how much each past product counts for a query, its strength included.

        Parameters
        ----------
        query_text
            Normalised.
        cosines
            Of the past titles with the query. Where there are none, as where the encoder failed, only the
            same query speaks for a product.
        """
        same = np.zeros(len(self.strengths), np.bool_)
        same[self._found_by.get(query_text, [])] = True
        near = np.zeros(len(same)) if cosines is None else np.nan_to_num(cosines.astype(np.float64))
        return attention.weights(near, same) * self.strengths


class Recollection:
    """What was recalled of histories, for as long as these are kept themselves. Safe for many threads."""

    def __init__(self) -> None:
        self._recalled: WeakKeyDictionary[History, tuple[TraitReader, Recalled]] = WeakKeyDictionary()

    def of(self, history: History, reader: TraitReader) -> Recalled:
        """Return a history as it is in the generation of a reader; raises `EngineUnavailable`."""
        kept = self._recalled.get(history)
        if kept is not None and kept[0] is reader:
            return kept[1]
        recalled = Recalled(past_products(history.events, history.session_id), reader)
        self._recalled[history] = reader, recalled
        return recalled
