"""Examination propensity: the likelihood that each position is looked at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from shangsou.behaviour.event import CLICK, IMPRESSION, Event
from shangsou.recommend.shelf import kind_of_shelf
from shangsou.text.normalize import normalize

# Maximum weight of a click, since rare positions are estimated badly (clipping as in Joachims et al. 2017).
_MAX_WEIGHT = 10.0
# Impressions of one product for one query at one position that are roughly beyond chance.
_MIN_IMPRESSIONS = 5
_TOP = 1


def position_weights(events: Iterable[Event]) -> Mapping[int, float]:
    """Return the weight of a click at each position, 1 at the top; empty if events do not determine it.

    The inverse of the position's propensity (Joachims, Swaminathan and Schnabel, 2017), which is estimated
    from products that were shown for the same query at that position and at the top: only the position
    differs between the two (intervention harvesting, Agarwal et al. 2019). Without impressions it is unknown
    what was shown and not clicked, and every click counts the same.
    """
    shown_counts: Counter[tuple[str, str, int]] = Counter()
    click_counts: Counter[tuple[str, str, int]] = Counter()
    for event in events:
        # Positions on a shelf belong to another surface.
        if event.position is not None and event.product_id and not kind_of_shelf(event.query_id):
            key = normalize(event.query), event.product_id, event.position
            if event.action == IMPRESSION:
                shown_counts[key] += 1
            elif event.action == CLICK:
                click_counts[key] += 1
    rate_at_position: defaultdict[int, float] = defaultdict(float)
    rate_at_top: defaultdict[int, float] = defaultdict(float)
    for (query, product_id, position), impression_count in shown_counts.items():
        at_top = (query, product_id, _TOP)
        if impression_count >= _MIN_IMPRESSIONS and shown_counts[at_top] >= _MIN_IMPRESSIONS:
            rate_at_position[position] += click_counts[query, product_id, position] / impression_count
            rate_at_top[position] += click_counts[at_top] / shown_counts[at_top]
    return {
        position: min(max(rate_at_top[position] / rate_at_position[position], 1.0), _MAX_WEIGHT)
        for position in rate_at_position
        if rate_at_position[position] > 0 and rate_at_top[position] > 0
    }
