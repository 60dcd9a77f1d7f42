"""Pairs from events of a small shop: which are made, what they weigh, and what is left out and why."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangsou.behaviour.event import Event
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.behaviour.store import EventStore
from tests.fixtures.behaviour import NOON, event
from training.pairs import logged_actions
from training.pairs.event_pairs import EventPairs, event_pairs
from training.pairs.pair import Pair
from training.pairs.shop_products import ShopProduct

PRODUCTS = {
    "umbrella": ShopProduct("umbrella", "雨伞 黑色"),
    "parasol": ShopProduct("parasol", "遮阳伞 白色"),
    "hat": ShopProduct("hat", "帽子"),
    "nameless": ShopProduct("nameless", ""),
}
GROUPS = {"umbrella": 0, "parasol": 1, "hat": 2, "nameless": 3}
LAST_MOMENT = "2026-06-01T12:00:00+00:00"
# Three shoppers type it, so that it is no secret of one.
KNOWN = [event("search", "", user=f"searcher{number}", query="雨伞") for number in range(3)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = SqliteEventStore(tmp_path / "events.sqlite")
    yield opened
    opened.close()


def _made(events: Iterable[Event], store: EventStore) -> EventPairs:
    return event_pairs(events, PRODUCTS, GROUPS, store, seed=1)


def _left_out(events: Iterable[Event], store: EventStore) -> dict[str, int]:
    return dict(_made(events, store).report.left_out)


def test_a_click_is_a_pair_of_its_normalized_query_and_the_title(store: EventStore) -> None:
    (pair,) = _made([*KNOWN, event(user="u", query=" 雨傘 ", product="umbrella")], store).pairs
    assert pair == Pair(
        "雨伞", "umbrella", "雨伞 黑色", 1.0, "click", 0, None, pair.shopper_hash, events_until=LAST_MOMENT,
        erasures_known_until=pair.erasures_known_until,
    )  # fmt: skip
    assert pair.shopper_hash


def test_pairs_tell_when_it_was_looked_up_whose_events_must_not_count(store: EventStore) -> None:
    before = datetime.now(UTC)
    pairs = _made([*KNOWN, event(user="u", query="雨伞", product="umbrella")], store).pairs
    (known_until,) = {pair.erasures_known_until for pair in pairs}
    assert before <= datetime.fromisoformat(known_until) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("actions", "weight", "source"),
    [
        (["view"], 1.0, "click"),
        (["favorite", "click"], 2.0, "click"),
        (["click", "add_to_cart", "click"], 2.0, "click"),
        (["click", "purchase", "view"], 3.0, "purchase"),
    ],
)
def test_what_a_shopper_did_with_a_product_is_one_pair_as_strong_as_the_strongest(
    actions: list[str], weight: float, source: str, store: EventStore
) -> None:
    done = [event(action, "umbrella", user="u", query="雨伞") for action in actions]
    made = _made([*KNOWN, *done], store)
    assert [(pair.weight, pair.source) for pair in made.pairs] == [(weight, source)]
    assert (made.report.read, made.report.actions, made.report.used) == (3 + len(done), len(done), len(done))


def test_each_query_product_and_shopper_has_a_pair_of_its_own(store: EventStore) -> None:
    others = [event("search", "", user=f"searcher{number}", query="伞") for number in range(3)]
    clicks = [
        event(product=product, user=user, query=query)
        for query in ("雨伞", "伞")
        for product in ("umbrella", "parasol")
        for user in ("u", "v")
    ]
    pairs = _made([*KNOWN, *others, *clicks, *clicks], store).pairs
    keys = {(pair.query, pair.product_id, pair.shopper_hash) for pair in pairs}
    assert len(pairs) == len(keys) == 8
    assert len({pair.shopper_hash for pair in pairs}) == 2


def test_a_position_counts_nothing_where_no_impressions_are_logged(store: EventStore) -> None:
    far = replace(event(user="u", query="雨伞", product="umbrella"), position=40)
    made = _made([*KNOWN, far], store)
    assert [pair.weight for pair in made.pairs] == [1.0]
    assert made.report.weighted_positions == 0


def test_where_impressions_are_logged_a_pair_weighs_by_its_first_position(store: EventStore) -> None:
    # Of ten shown at the top six are clicked, of ten at position 4 two: that is looked at a third as often.
    shown = [
        replace(event(action, "hat", user="s", query="帽子"), position=position)
        for position, clicks in ((1, 6), (4, 2))
        for action in ["impression"] * 10 + ["click"] * clicks
    ]
    done = [
        replace(event("purchase", "umbrella", 9, user="u", query="雨伞"), position=1),
        replace(event("click", "umbrella", 5, user="u", query="雨伞"), position=4),
        event("view", "umbrella", 1, user="u", query="雨伞"),
        replace(event("click", "umbrella", user="v", query="雨伞"), position=7),
    ]
    made = _made([*KNOWN, *shown, *done], store)
    # A purchase is 3, the first position of it is 4; position 7 was never shown.
    assert [pair.weight for pair in made.pairs] == pytest.approx([9.0, 1.0])
    assert made.report.weighted_positions == 2


def test_actions_without_query_shopper_or_product_on_sale_make_no_pair(store: EventStore) -> None:
    shelf = replace(event(user="u", query="雨伞", product="umbrella"), query_id=f"shelf-similar-{'0' * 32}")
    unusable = [
        event(user="u", product="umbrella"),
        event(user="u", product="umbrella", query="\u200b "),
        shelf,
        event(query="雨伞", product="umbrella"),
        event(user="u", query="雨伞", product="gone"),
        event(user="u", query="雨伞", product="nameless"),
    ]
    made = _made([*KNOWN, *unusable], store)
    assert made.pairs == []
    assert dict(made.report.left_out) == {
        "without a query": 2,
        "on a shelf": 1,
        "without a shopper": 1,
        "of a product that is not on sale": 2,
    }
    assert made.report.not_on_sale == ["gone", "nameless"]


def test_a_query_of_two_shoppers_makes_no_pair_and_one_of_three_does(store: EventStore) -> None:
    two = [event(user=user, query="张三同款", product="umbrella") for user in ("u", "v", "u")]
    made = _made(two, store)
    assert (made.pairs, dict(made.report.left_out)) == ([], {"of a query of too few shoppers": 3})
    assert made.report.rare_queries == 1
    assert len(_made([*two, event("search", "", user="w", query="张三同款")], store).pairs) == 2


@pytest.mark.parametrize("batch", [1, 10])
def test_who_searched_before_signing_in_and_after_is_one_shopper(
    batch: int, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logged_actions, "_BATCH", batch)
    events = [
        event(session="s", query="雨伞", product="umbrella"),
        event(session="s", user="u", query="雨伞", product="umbrella", minute=1),
        event(session="t", query="雨伞", product="umbrella", minute=2),
    ]
    assert _left_out(events, store) == {"of a query of too few shoppers": 3}
    pairs = _made([*KNOWN, *events], store).pairs
    assert len({pair.shopper_hash for pair in pairs}) == len(pairs) == 2


def test_a_query_with_a_phone_number_makes_no_pair_however_many_typed_it(store: EventStore) -> None:
    clicks = [event(user=f"u{number}", query="13800138000", product="umbrella") for number in range(5)]
    made = _made(clicks, store)
    assert (made.pairs, dict(made.report.left_out)) == ([], {"of a query that looks like personal data": 5})
    assert "13800138000" not in made.report.to_text() + str(made.report.to_json())


def test_who_opted_out_makes_no_pair_and_does_not_count_as_a_shopper_of_a_query(store: EventStore) -> None:
    store.opt_out("out", opted_out=True)
    clicks = [
        event(session="s", query="雨伞", product="umbrella"),
        event(user="out", session="s", query="雨伞", product="umbrella", minute=1),
        event(user="u", query="雨伞", product="umbrella", minute=2),
    ]
    made = _made([*KNOWN, *clicks], store)
    assert len(made.pairs) == 1
    # Also what they did before they signed in.
    assert dict(made.report.left_out) == {"by a shopper who opted out": 2}
    assert _left_out([*KNOWN[:1], *clicks], store)["of a query of too few shoppers"] == 1


def test_what_was_before_a_shopper_was_forgotten_makes_no_pair(store: EventStore) -> None:
    store.add([event(user="gone", session="linked"), event(session="lone")])
    store.forget(user_id="gone")
    store.forget(session_id="lone")
    now = (datetime.now(UTC) - NOON) / timedelta(minutes=1)
    clicks = [
        event(user="gone", query="雨伞", product="umbrella", minute=now - 9),
        # Their session, in a file that does not say whose it was.
        event(session="linked", query="雨伞", product="umbrella", minute=now - 9),
        event(session="lone", query="雨伞", product="umbrella", minute=now - 9),
        event(user="gone", query="雨伞", product="parasol", minute=now + 9),
    ]
    made = _made([*KNOWN, *clicks], store)
    assert [pair.product_id for pair in made.pairs] == ["parasol"]
    assert dict(made.report.left_out) == {"from before its shopper was forgotten": 3}


def test_impressions_of_who_opted_out_do_not_tell_what_a_position_is_worth(store: EventStore) -> None:
    store.opt_out("out", opted_out=True)
    shown = [
        replace(event(action, "hat", user="out", query="帽子"), position=position)
        for position in (1, 4)
        for action in ["impression"] * 10 + ["click"] * 2
    ]
    assert _made(shown, store).report.weighted_positions == 0


def test_pairs_of_the_later_half_are_those_first_seen_in_it(store: EventStore) -> None:
    clicks = [
        event(user="early", query="雨伞", product="umbrella", minute=1),
        event(user="both", query="雨伞", product="umbrella", minute=2),
        event(user="both", query="雨伞", product="umbrella", minute=9),
        event(user="late", query="雨伞", product="parasol", minute=8),
        event(user="later", query="雨伞", product="hat", minute=9),
    ]
    # The middle of 1, 2, 8, 9 and 9 is 8: of what lies behind it `both` came earlier.
    made = _made([*KNOWN, *clicks], store)
    assert [pair.product_id for pair in made.late] == ["hat"]
    assert set(made.late) < set(made.pairs)
    assert made.report.late == 1


def test_shoppers_are_hashed_so_that_neither_ids_nor_other_files_show_who_they_are(store: EventStore) -> None:
    clicks = [event(user="13800138000", query="雨伞", product=product) for product in ("umbrella", "hat")]
    first, second = (_made([*KNOWN, *clicks], store).pairs for _ in range(2))
    assert {pair.shopper_hash for pair in first}.isdisjoint(pair.shopper_hash for pair in second)
    assert len({pair.shopper_hash for pair in first}) == 1
    assert [replace(pair, shopper_hash="", erasures_known_until="") for pair in first] == [
        replace(pair, shopper_hash="", erasures_known_until="") for pair in second
    ]


def test_a_user_and_a_session_of_one_name_are_two_shoppers(store: EventStore) -> None:
    clicks = [event(user="x", query="雨伞"), event(session="x", query="雨伞")]
    pairs = _made([*KNOWN, *(replace(click, product_id="hat") for click in clicks)], store).pairs
    assert len({pair.shopper_hash for pair in pairs}) == 2


def test_products_bought_for_one_query_are_paired_after_the_others(store: EventStore) -> None:
    bought = [
        event("purchase", product, user=user, query="雨伞")
        for user, product in (("u", "umbrella"), ("v", "parasol"))
    ]
    made = _made([*KNOWN, *bought], store)
    assert [pair.source for pair in made.pairs] == ["purchase", "purchase", "co-purchase"]
    assert made.pairs[-1].shopper_hash == ""
    assert {made.pairs[-1].query, made.pairs[-1].title} == {"雨伞 黑色", "遮阳伞 白色"}
    assert dict(made.report.pairs) == {"purchase": 2, "co-purchase": 1}


def test_the_report_says_what_was_read_used_and_left_out(store: EventStore) -> None:
    clicks = [event(user="u", query="雨伞", product=product) for product in ("umbrella", "gone")]
    report = _made([*KNOWN, *clicks], store).report
    assert report.to_text().splitlines() == [
        "5 events read: 2 actions on products, 1 used",
        "  of a product that is not on sale: 1",
        "    not on sale: gone",
        "1 query of 1 shopper; others: 0 of too few shoppers, 0 like personal data",
        "  click: 1 pair",
        "  0 of the later half of the time",
        "  not weighted by position: too few impressions are logged",
    ]
    assert report.to_json()["left_out"] == {"of a product that is not on sale": 1}
    assert report.actions == report.used + sum(report.left_out.values())


def test_no_events_and_none_of_use_make_no_pairs(store: EventStore) -> None:
    for events in ([], KNOWN, [event("share", "umbrella", user="u", query="雨伞")]):
        made = _made(events, store)
        assert (made.pairs, made.late) == ([], [])
        assert made.report.read == len(events)
