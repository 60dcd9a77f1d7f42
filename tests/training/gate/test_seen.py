"""Slices: what training saw, and which products are old."""

from datetime import UTC, datetime, timedelta

from shangsou.behaviour.event import CLICK, SEARCH, Event
from training.gate.seen import Seen, early_products, read_trained
from training.pairs.pair import Pair

START = datetime(2026, 11, 1, tzinfo=UTC)


def click(hour: int, product_id: str, action: str = CLICK) -> Event:
    return Event(f"e{hour}", action, START + timedelta(hours=hour), product_id=product_id)


def test_a_query_is_known_by_its_words_whatever_their_order():
    trained = read_trained(
        [
            Pair("红 裙子", "d1", "法式红裙", 1.0, "click", 7),
            Pair("锅", "d2", "铁锅", 1.0, "click", 8, split="test"),
        ]
    )
    seen = Seen(trained)
    assert not seen.is_unknown("裙子红")
    assert seen.is_unknown("锅")
    assert not Seen().is_unknown("锅")


def test_training_knows_a_product_by_its_group():
    trained = read_trained(
        [
            Pair("红裙", "d1", "法式红裙", 1.0, "click", 7),
            Pair("裙", "d1b", "法式红裙 M", 1.0, "click", 7, split="test"),
        ]
    )
    assert trained.knows("红裙", "d1b")
    assert not trained.knows("裙", "d1")
    assert not trained.knows("红裙", "d9")


def test_new_are_products_without_an_event_or_first_seen_late():
    # A search is none on a product. Of four actions two are early.
    events = [
        click(0, "", SEARCH),
        click(1, "old"),
        click(2, "steady"),
        click(3, "late"),
        click(4, "steady"),
    ]
    seen = Seen(old_products=early_products(events))
    new = [one for one in ("old", "steady", "late", "never") if seen.is_new(one)]
    assert new == ["late", "never"]
    assert not Seen().is_new("never")


def test_a_new_variant_of_an_old_product_is_old():
    seen = Seen(old_products={"group"}, group_key=lambda one: "group" if one.startswith("dress") else one)
    assert not seen.is_new("dress-blue")
