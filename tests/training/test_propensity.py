"""Examination propensity, on simulated clicks with known values."""

import random
from datetime import UTC, datetime

import pytest

from shangsou.behaviour.event import CLICK, IMPRESSION, Event
from training.propensity import position_weights

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def _event(action: str, product: int, position: int) -> Event:
    return Event("", action, NOW, query="长裤", product_id=str(product), position=position)


def test_the_weight_of_a_position_is_how_much_seldomer_it_is_looked_at_whatever_stands_there() -> None:
    # Looked at: always at 1, half at 2, a fifth at 5; good products are clicked three times as often, and
    # stand at the top three times as often, so that clicks by position alone would say 1 : .27 : .08.
    looked_at, source = {1: 1.0, 2: 0.5, 5: 0.2}, random.Random(7)
    events = []
    for product in range(40):
        good = product % 2
        for _ in range(600):
            position = source.choices((1, 2, 5), (3, 1, 1) if good else (1, 3, 3))[0]
            events.append(_event(IMPRESSION, product, position))
            if source.random() < looked_at[position] * (0.6 if good else 0.2):
                events.append(_event(CLICK, product, position))
    weights = position_weights(events)
    assert weights[1] == 1
    assert weights[2] == pytest.approx(2, rel=0.1)
    assert weights[5] == pytest.approx(5, rel=0.1)


def test_without_impressions_nothing_is_known_and_every_click_counts_alike() -> None:
    assert position_weights([_event(CLICK, 1, position) for position in (1, 2, 3)]) == {}


def test_a_position_that_is_hardly_ever_looked_at_counts_for_ten_clicks_at_most() -> None:
    events = [_event(IMPRESSION, 1, 1) for _ in range(10)] + [_event(CLICK, 1, 1) for _ in range(10)]
    events += [_event(IMPRESSION, 1, 9) for _ in range(100)] + [_event(CLICK, 1, 9)]
    assert position_weights(events)[9] == 10
