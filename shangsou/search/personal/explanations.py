"""Explanations for the shopper of why a product moved up, in whole values or none at all."""

from math import log

import numpy as np

from shangsou.search.personal.candidates import sum_by_index
from shangsou.search.personal.preferences import compute_lift
from shangsou.search.personal.product_traits import UNKNOWN, TraitReader
from shangsou.search.personal.rerank import RerankFeatures

# A reason must be plain in the history: a brand or value is named when it stands there at least twice as
# often as among the candidates, in at least two products, so that one click alone does not do. Set by hand.
_MIN_LIFT = log(2)
_MIN_PRODUCTS = 2
# A product that a search attends to less than by half says nothing plain about it.
_MIN_ATTENTION = 0.5
# Positions up that count as having moved at all.
_MIN_PLACES_GAINED = 1


def explain_moves(
    features: RerankFeatures, order: tuple[str, ...], page_ids: tuple[str, ...], reader: TraitReader
) -> dict[str, str]:
    """Return for products that moved up why, the strongest reason in words; none where none is plain.

    Parameters
    ----------
    order
        Of the whole pool, as it was re-ranked.
    page_ids
        The products of the page.
    """
    habits = _Habits(features, reader)
    if habits.products < _MIN_PRODUCTS:
        return {}
    old_positions = {
        product_id: position
        for position, product_id in enumerate(features.overlap.candidates.pool.product_ids)
    }
    new_positions = {product_id: position for position, product_id in enumerate(order)}
    explanations = {}
    for product_id in page_ids:
        position = old_positions.get(product_id)
        if position is not None and position - new_positions[product_id] >= _MIN_PLACES_GAINED:
            reason = habits.strongest_reason(position)
            if reason:
                explanations[product_id] = reason
    return explanations


class _Habits:
    """What stands in several products of a history, and how much oftener than among the candidates."""

    def __init__(self, features: RerankFeatures, reader: TraitReader) -> None:
        self._features, self._reader = features, reader
        candidates, history = features.overlap.candidates, features.overlap.history
        attended = features.attended >= _MIN_ATTENTION * history.strengths
        self.products = int(attended.sum())
        owners = np.repeat(np.arange(len(history.strengths)), history.value_counts)
        self._values, where = np.unique(history.values, return_inverse=True)
        """Distinct, rising."""
        self._value_products = sum_by_index(where, attended[owners].astype(np.float64), len(self._values))
        held = sum_by_index(where, features.attended[owners], len(self._values))
        offered = np.repeat(candidates.background, candidates.value_counts)
        positions = np.searchsorted(self._values, candidates.values)
        known = (positions < len(self._values)) & np.isin(candidates.values, self._values)
        counts = sum_by_index(positions[known], offered[known], len(self._values))
        share = (counts + 0.5) / (candidates.background_size + 1)
        self._value_lifts = compute_lift(held, share, features.preferences.total_weight)
        self._starts = np.append(0, np.cumsum(candidates.value_counts))
        brands, brand_counts = np.unique(history.brands[attended], return_counts=True)
        self._brands = dict(zip(brands.tolist(), brand_counts.tolist(), strict=True))

    def strongest_reason(self, position: int) -> str:
        """Return why a candidate moved up, in words; empty where no reason is plain."""
        preferences, candidates = self._features.preferences, self._features.overlap.candidates
        reasons = [(float(preferences.price_level[position]), "接近您常买的价位")]
        brand = int(candidates.brands[position])
        if brand != UNKNOWN and self._brands.get(brand, 0) >= _MIN_PRODUCTS:
            reasons.append((float(preferences.brand[position]), f"您常看 {self._reader.text(brand)}"))
        own = candidates.values[self._starts[position] : self._starts[position + 1]]
        shared = np.flatnonzero(np.isin(self._values, own) & (self._value_products >= _MIN_PRODUCTS))
        reasons += [
            (float(self._value_lifts[row]), f"您喜欢的 {self._reader.text(int(self._values[row]))}")
            for row in shared.tolist()
        ]
        strength, reason = max(reasons)
        return reason if strength >= _MIN_LIFT else ""
