"""Explanations for the shopper of why a product moved up."""

from math import log

from shangsou.search.personal.product_traits import UNKNOWN, TraitReader
from shangsou.search.personal.rerank import RerankFeatures

# A reason must be plain in the history: a brand or word is named when it stands there at least twice as
# often as among the candidates, in at least so much of it that one click alone does not do. Set by hand.
_MIN_LIFT = log(2)
_MIN_TOTAL_WEIGHT = 1.5
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
    if features.preferences.total_weight < _MIN_TOTAL_WEIGHT:
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
            reason = _strongest_reason(features, position, reader)
            if reason:
                explanations[product_id] = reason
    return explanations


def _strongest_reason(features: RerankFeatures, position: int, reader: TraitReader) -> str:
    preferences, overlap = features.preferences, features.overlap
    scored_reasons: list[tuple[float, str]] = []
    brand = int(overlap.candidates.brands[position])
    if brand != UNKNOWN:
        scored_reasons.append((float(preferences.brand[position]), f"您常看 {reader.text(brand)}"))
    informative = overlap.informative_words(position, preferences.word_lifts, _MIN_LIFT)
    # A number, or `96%`, says nothing by itself.
    words = [(lift, text) for lift, word in informative if any(map(str.isalpha, text := reader.text(word)))]
    if words:
        lift, best = max(words)
        # `连衣` is part of `连衣裙`: the whole is named.
        whole = max((text for _, text in words if best in text), key=len)
        scored_reasons.append((lift, f"您喜欢的 {whole}"))
    scored_reasons.append((float(preferences.price_level[position]), "接近您常买的价位"))
    strength, reason = max(scored_reasons)
    return reason if strength >= _MIN_LIFT else ""
