"""Training of the ranker, with the figures that it is judged by."""

from datetime import UTC, datetime

import numpy as np
import pytest

from relevance.offline.event_replay import SearchChoice
from shangsou.behaviour.event import Event
from training.ranker import FeatureExample, _reciprocal_rank

IDS = [f"p{number}" for number in range(12)]


def example(*chosen: str) -> FeatureExample:
    """Return a search that offered p0 to p11 and in which these were clicked, in this order."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    clicks = {product_id: [Event(product_id, "click", at, product_id=product_id)] for product_id in chosen}
    return FeatureExample(
        SearchChoice("u", at, "q", clicks), np.zeros((12, 1), np.float16), np.zeros(12, np.int64), IDS
    )


@pytest.mark.parametrize(
    ("chosen", "scores", "expected"),
    [
        # third by score
        (("p0",), {0: 1.0, 5: 2.0, 7: 3.0}, 1 / 3),
        # of equal scores the plain order decides: p0, p1, p2
        (("p2",), {}, 1 / 3),
        # eleventh: beyond the depth
        (("p10",), {}, 0.0),
        # the first click counts, of what the search offered
        (("gone", "p4", "p0"), {4: 1.0}, 1.0),
    ],
)
def test_a_search_is_worth_the_reciprocal_rank_of_its_first_click(
    chosen: tuple[str, ...], scores: dict[int, float], expected: float
):
    given = np.zeros(12, np.float32)
    for row, score in scores.items():
        given[row] = score
    assert _reciprocal_rank(example(*chosen), given) == expected
