"""Why a product stands where it stands, in words for the shopper."""

from math import log

from shangsou.search.personal.rerank import Examined
from shangsou.search.personal.traits import UNKNOWN, TraitReader

# What is said must be plain in the history: a brand or word is named when it stands there at least twice as
# often as among the candidates, in at least so much of it that one click alone does not do. Set by hand.
_TELLING = log(2)
_LEAST_ATTENDED = 1.5
# Places up that count as having moved at all.
_LEAST_MOVED = 1


def reasons(
    examined: Examined, order: tuple[str, ...], shown: tuple[str, ...], reader: TraitReader
) -> dict[str, str]:
    """Return for products that moved up why, the strongest reason in words; none where none is plain.

    Parameters
    ----------
    order
        Of the whole pool, as it was re-ranked.
    shown
        The products of the page.
    """
    if examined.taste.attended < _LEAST_ATTENDED:
        return {}
    plain = {product_id: place for place, product_id in enumerate(examined.meeting.offer.pool.product_ids)}
    now = {product_id: place for place, product_id in enumerate(order)}
    told = {}
    for product_id in shown:
        place = plain.get(product_id)
        if place is not None and place - now[product_id] >= _LEAST_MOVED:
            reason = _reason(examined, place, reader)
            if reason:
                told[product_id] = reason
    return told


def _reason(examined: Examined, place: int, reader: TraitReader) -> str:
    taste, meeting = examined.taste, examined.meeting
    found: list[tuple[float, str]] = []
    brand = int(meeting.offer.brands[place])
    if brand != UNKNOWN:
        found.append((float(taste.brand[place]), f"您常看 {reader.text(brand)}"))
    telling = meeting.telling_words(place, taste.word_lifts, _TELLING)
    # A number, or `96%`, says nothing by itself.
    words = [(lift, text) for lift, word in telling if any(map(str.isalpha, text := reader.text(word)))]
    if words:
        lift, best = max(words)
        # `连衣` is part of `连衣裙`: the whole is named.
        whole = max((text for _, text in words if best in text), key=len)
        found.append((lift, f"您喜欢的 {whole}"))
    found.append((float(taste.price_level[place]), "接近您常买的价位"))
    strength, reason = max(found)
    return reason if strength >= _TELLING else ""
