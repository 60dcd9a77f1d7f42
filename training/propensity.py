"""How much likelier a product is looked at where it stands: what position alone does to clicks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from shangsou.behaviour.event import CLICK, IMPRESSION, Event
from shangsou.recommend.shelf import kind_of_shelf
from shangsou.text.normalise import normalise

# A click further down counts for at most so many at the top: rare positions are estimated badly (clipping as
# in Joachims et al. 2017).
_MOST = 10.0
# Impressions of one product for one query at one position that are no chance any more, roughly.
_LEAST_SHOWN = 5
_TOP = 1


def position_weights(events: Iterable[Event]) -> Mapping[int, float]:
    """Return what a click at each position counts for, 1 at the top; empty where events cannot tell.

    The inverse of the position's propensity (Joachims, Swaminathan and Schnabel, 2017), which is estimated
    from products that were shown for the same query at that position and at the top: what differs between
    the two is the position alone (intervention harvesting, Agarwal et al. 2019). Without impressions,
    nothing is known of what was shown and not clicked, and every click counts alike.
    """
    shown: Counter[tuple[str, str, int]] = Counter()
    clicked: Counter[tuple[str, str, int]] = Counter()
    for event in events:
        # Places on a shelf are another surface's.
        if event.position is not None and event.product_id and not kind_of_shelf(event.query_id):
            key = normalise(event.query), event.product_id, event.position
            if event.action == IMPRESSION:
                shown[key] += 1
            elif event.action == CLICK:
                clicked[key] += 1
    here: defaultdict[int, float] = defaultdict(float)
    top: defaultdict[int, float] = defaultdict(float)
    for (query, product_id, position), times in shown.items():
        at_top = (query, product_id, _TOP)
        if times >= _LEAST_SHOWN and shown[at_top] >= _LEAST_SHOWN:
            here[position] += clicked[query, product_id, position] / times
            top[position] += clicked[at_top] / shown[at_top]
    return {
        position: min(max(top[position] / here[position], 1.0), _MOST)
        for position in here
        if here[position] > 0 and top[position] > 0
    }
