"""The contract that every event store keeps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shangsou.behaviour.event import Event
from shangsou.behaviour.store import DeletionCounts, EventStore
from tests.fixtures.behaviour import NOON, event


def products(events: Sequence[Event]) -> list[str]:
    return [event_.product_id for event_ in events]


def of_user(store: EventStore, user: str, session: str = "") -> list[str]:
    return products(store.latest(user, session, 200))


def test_what_is_added_is_read_back_whole_and_in_the_order_of_time(event_store: EventStore):
    late = Event(
        "e-late",
        "purchase",
        NOON + timedelta(microseconds=7),
        "甲",
        "s1",
        "q1",
        "连衣裙",
        "d/1",
        3,
        1990,
        2,
        "o1",
    )
    early = Event("e-early", "search", NOON, "甲", "s1", "q1", "连衣裙", results=("d/1", "d2"))
    assert event_store.add([late, early]) == [True, True]
    assert list(event_store.events_of("甲")) == [early, late]


def test_events_of_one_moment_are_in_the_order_in_which_they_were_added(event_store: EventStore):
    names = [f"product-{n:02}" for n in range(20)]
    for first, second in zip(names[::2], names[1::2], strict=True):
        event_store.add([event(user="u", product=first), event(user="u", product=second)])
    assert products(list(event_store.events_of("u"))) == names
    assert products(list(event_store.scan(NOON - timedelta(days=1)))) == names


def test_an_event_counts_once_however_often_it_is_sent(event_store: EventStore):
    once = event(user="u", event_id="twice")
    assert event_store.add([once, replace(once, product_id="other"), event(user="u", product="b")]) == [
        True,
        False,
        True,
    ]
    assert event_store.add([once]) == [False]
    assert sorted(products(list(event_store.events_of("u")))) == ["b", "dress-red"]


def test_the_server_completes_a_search_that_the_browser_reported_first(event_store: EventStore):
    from_browser = Event("search q1", "search", NOON, "u", "s", "q1", "裙")
    recorded = replace(from_browser, results=("a", "b"), position=1)
    assert event_store.add([from_browser, recorded]) == [True, False]
    assert list(event_store.events_of("u")) == [recorded]
    assert event_store.add([replace(recorded, results=("c",))]) == [False]
    assert list(event_store.events_of("u")) == [recorded]


def test_an_event_sent_again_with_the_text_of_its_search_gets_it_and_nothing_else(event_store: EventStore):
    click = Event("c1", "click", NOON, "u", "s", "q1", product_id="a")
    assert event_store.add([click]) == [True]
    assert event_store.add([replace(click, query="鞋", query_id="q2")]) == [False]
    assert list(event_store.events_of("u")) == [click]
    assert event_store.add([replace(click, query="裙", product_id="b", user_id="v")]) == [False]
    assert list(event_store.events_of("u")) == [replace(click, query="裙")]
    assert event_store.add([replace(click, query="鞋")]) == [False]
    assert list(event_store.events_of("u")) == [replace(click, query="裙")]


def test_two_of_one_batch_are_one_event_with_the_text_of_either(event_store: EventStore):
    click = Event("c1", "click", NOON, "u", "s", "q1", product_id="a")
    assert event_store.add([click, replace(click, query="裙")]) == [True, False]
    assert list(event_store.events_of("u")) == [replace(click, query="裙")]


def test_text_is_not_added_to_an_event_that_names_no_search(event_store: EventStore):
    click = Event("c1", "click", NOON, "u", "s", product_id="a")
    event_store.add([click])
    event_store.add([replace(click, query="裙")])
    assert list(event_store.events_of("u")) == [click]


def test_a_history_is_the_newest_first_without_impressions_and_searches(event_store: EventStore):
    event_store.add(
        [
            event("click", "first", 1, user="u"),
            event("purchase", "third", 3, user="u"),
            event("impression", "shown", 4, user="u"),
            event("search", "", 5, user="u", query="裙"),
            event("shop_own_action", "odd", 6, user="u"),
            event("add_to_cart", "second", 2, user="u"),
        ]
    )
    assert of_user(event_store, "u") == ["third", "second", "first"]
    assert products(event_store.latest("u", "", 2)) == ["third", "second"]


def test_shoppers_are_strangers_to_each_other(event_store: EventStore):
    event_store.add(
        [event(user="a", product="of-a"), event(session="s", product="of-s"), event(product="nobodys")]
    )
    assert of_user(event_store, "a") == ["of-a"]
    assert of_user(event_store, "", "s") == ["of-s"]
    assert of_user(event_store, "b", "t") == []
    assert of_user(event_store, "", "") == []


def test_signing_in_joins_the_session_so_far_and_from_then_on(event_store: EventStore):
    event_store.add([event(session="s", product="before", minute=1)])
    event_store.add([event(session="s", user="u", product="login", minute=2)])
    event_store.add([event(session="s", product="after", minute=3)])
    event_store.add([event(session="phone", user="u", product="elsewhere", minute=4)])
    assert of_user(event_store, "u") == ["elsewhere", "after", "login", "before"]
    # Without the user it is the session alone.
    assert of_user(event_store, "", "s") == ["after", "login", "before"]


def test_a_search_with_user_and_session_joins_them_before_any_event_has(event_store: EventStore):
    event_store.add(
        [event(session="s", product="just-now", minute=2), event(user="u", product="last-week", minute=1)]
    )
    assert of_user(event_store, "u", "s") == ["just-now", "last-week"]
    assert of_user(event_store, "u") == ["last-week"]


def test_on_a_shared_device_the_second_user_gets_nothing_of_before(event_store: EventStore):
    event_store.add(
        [
            event(session="s", product="before-a", minute=1),
            event(session="s", user="a", product="a-signed-in", minute=2),
            event(session="s", product="still-a", minute=3),
            event(session="s", user="b", product="b-signed-in", minute=4),
            event(session="s", product="now-b", minute=5),
        ]
    )
    assert of_user(event_store, "a") == ["still-a", "a-signed-in", "before-a"]
    assert of_user(event_store, "b") == ["now-b", "b-signed-in"]
    assert of_user(event_store, "b", "s") == ["now-b", "b-signed-in"]
    assert of_user(event_store, "", "s") == ["now-b", "b-signed-in"]
    # A third one who searches in this session, before any event of hers.
    assert of_user(event_store, "c", "s") == []
    # The first one again, elsewhere: what b did on the shared device is not hers.
    assert of_user(event_store, "a", "s") == ["still-a", "a-signed-in", "before-a"]


def test_a_late_event_of_the_first_user_does_not_take_the_session_back(event_store: EventStore):
    event_store.add(
        [
            event(session="s", user="a", product="a1", minute=1),
            event(session="s", user="b", product="b1", minute=10),
            event(session="s", user="a", product="a-late", minute=2),
            event(session="s", product="anonymous-late", minute=3),
            event(session="s", product="b2", minute=11),
        ]
    )
    assert of_user(event_store, "a") == ["a-late", "a1"]
    assert of_user(event_store, "b") == ["b2", "b1"]


def test_what_a_store_knows_of_a_shopper_changes_with_what_tells_of_a_taste(event_store: EventStore):
    stranger = event_store.shopper("u", "s")
    assert stranger.changed_at is None
    event_store.add([event(user="u")])
    first = event_store.shopper("u", "s")
    assert first.changed_at is not None
    assert abs(datetime.now(UTC) - first.changed_at) < timedelta(minutes=5)
    event_store.add([event("impression", user="u")])
    assert event_store.shopper("u", "s") == first
    event_store.add([event(session="s")])
    assert event_store.shopper("u", "s") != first
    second = event_store.shopper("u", "")
    event_store.add([event(session="s", user="u", event_id="login")])
    assert event_store.shopper("", "s").linked_user == "u"
    assert event_store.shopper("u", "") != second


def test_what_was_received_later_can_be_left_out(event_store: EventStore):
    event_store.add([event(user="u", product="before", minute=5)])
    seen = event_store.shopper("u", "").changed_at
    event_store.add([event(user="u", product="after", minute=1)])
    assert products(event_store.latest("u", "", 10, received_by=seen)) == ["before"]
    assert of_user(event_store, "u") == ["before", "after"]


def test_forgetting_a_user_removes_what_is_theirs_and_nothing_else(event_store: EventStore):
    event_store.add(
        [
            event(session="s", product="anonymous", minute=1),
            event("impression", session="s", user="a", product="shown", minute=2),
            event(user="a", product="elsewhere", minute=3),
            event(user="b", product="of-b", minute=4),
            event(session="t", product="of-t", minute=5),
        ]
    )
    before = event_store.shopper("a", "")
    assert event_store.forget(user_id="a") == DeletionCounts(events=3, sessions=1)
    assert list(event_store.events_of("a")) == []
    assert of_user(event_store, "a", "s") == []
    assert of_user(event_store, "", "s") == []
    assert event_store.shopper("a", "") != before
    assert event_store.shopper("", "s").linked_user == ""
    assert of_user(event_store, "b") == ["of-b"]
    assert of_user(event_store, "", "t") == ["of-t"]
    assert event_store.forget(user_id="a") == DeletionCounts(events=0, sessions=0)


def test_what_a_phone_sends_late_does_not_bring_back_who_was_forgotten(event_store: EventStore):
    event_store.add([event(user="a", session="s")])
    event_store.forget(user_id="a")
    now = (datetime.now(UTC) - NOON) / timedelta(minutes=1)
    assert event_store.add([event(user="a", minute=now - 60), event(user="a", minute=now + 1)]) == [
        False,
        True,
    ]


def test_who_was_forgotten_is_known_by_an_id_with_the_moment(event_store: EventStore):
    event_store.add([event(user="a", session="of-a"), event(session="lone"), event(user="here", session="s")])
    before = datetime.now(UTC)
    event_store.forget(user_id="a")
    event_store.forget(session_id="lone")
    after = datetime.now(UTC)
    forgotten = event_store.forgotten(["a", "here", "unknown", ""], ["of-a", "lone", "s", "unknown", ""])
    assert forgotten.users.keys() == {"a"}
    assert forgotten.sessions.keys() == {"of-a", "lone"}
    for moment in (*forgotten.users.values(), *forgotten.sessions.values()):
        assert before <= moment <= after
    # A user and a session of one name are two shoppers.
    assert event_store.forgotten(["lone"], ["a"]) == ({}, {})


def test_who_comes_back_was_forgotten_until_then_and_an_opt_out_is_no_deletion(event_store: EventStore):
    event_store.add([event(user="a")])
    event_store.forget(user_id="a")
    event_store.forget(user_id="never-seen")
    event_store.opt_out("b", opted_out=True)
    moments = event_store.forgotten(["a"]).users
    minute = (datetime.now(UTC) - NOON) / timedelta(minutes=1) + 1
    assert event_store.add([event(user="a", minute=minute)]) == [True]
    assert event_store.forgotten(["a", "b", "never-seen"]).users.keys() == {"a", "never-seen"}
    assert event_store.forgotten(["a"]).users == moments
    event_store.prune(datetime.now(UTC) + timedelta(days=1))
    assert event_store.forgotten(["never-seen"]).users == {}


def test_a_session_of_nobody_can_be_forgotten_too(event_store: EventStore):
    event_store.add(
        [event(session="s", product="x"), event(session="mine", user="u", product="y"), event(session="t")]
    )
    assert event_store.forget(session_id="s") == DeletionCounts(events=1, sessions=0)
    assert list(event_store.events_of(session_id="s")) == []
    # What belongs to a user is forgotten with the user, not by whoever knows the session.
    assert event_store.forget(session_id="mine") == DeletionCounts(events=0, sessions=0)
    assert products(list(event_store.events_of("u"))) == ["y"]


def test_a_forgotten_session_that_is_a_users_still_is(event_store: EventStore):
    event_store.add([event(session="s", user="a", product="of-a", minute=1)])
    event_store.add([event(session="s", user="b", product="of-b", minute=2), event(session="s", minute=3)])
    before = event_store.latest("", "s", 10)
    event_store.forget(session_id="s")
    assert event_store.shopper("", "s").linked_user == "b"
    assert event_store.latest("", "s", 10) == before


def test_opting_out_is_remembered_also_when_all_is_forgotten(event_store: EventStore):
    event_store.opt_out("u", opted_out=True)
    event_store.forget(user_id="u")
    assert event_store.shopper("u", "").opted_out
    assert event_store.opted_out(["u", "v"]) == {"u"}
    event_store.opt_out("u", opted_out=False)
    assert not event_store.shopper("u", "").opted_out
    assert event_store.opted_out(["u"]) == set()


def test_a_refusal_of_marketing_is_remembered_also_when_all_is_forgotten(event_store: EventStore):
    event_store.refuse_marketing("u", refused=True)
    event_store.forget(user_id="u")
    assert event_store.marketing_refused(["u", "v"]) == {"u"}
    # It says nothing about personalization, nor the other way round.
    assert event_store.opted_out(["u"]) == set()
    event_store.opt_out("v", opted_out=True)
    assert event_store.marketing_refused(["u", "v"]) == {"u"}
    event_store.refuse_marketing("u", refused=False)
    assert event_store.marketing_refused(["u"]) == set()


def test_a_refusal_of_marketing_is_kept_for_longer_than_events(event_store: EventStore):
    event_store.add([event(user="u")])
    event_store.refuse_marketing("u", refused=True)
    event_store.refuse_marketing("v", refused=True)
    event_store.prune(datetime.now(UTC) + timedelta(days=1))
    assert event_store.marketing_refused(["u", "v", "w"]) == {"u", "v"}


def test_more_users_than_one_request_takes_are_asked_about(event_store: EventStore):
    event_store.refuse_marketing("u4999", refused=True)
    event_store.forget(user_id="u2500")
    users = [f"u{number}" for number in range(5_000)]
    assert event_store.marketing_refused(users) == {"u4999"}
    assert event_store.forgotten(users).users.keys() == {"u2500"}


def test_flagged_shoppers_are_left_out_of_what_models_learn_from(event_store: EventStore):
    event_store.add(
        [
            event(user="bot", product="a", minute=1),
            event(session="crawler", product="b", minute=2),
            event(user="person", product="c", minute=3),
            event(product="d", minute=4),
        ]
    )
    event_store.flag(["bot"], ["crawler"])
    assert event_store.shopper("bot", "").flagged
    assert event_store.shopper("", "crawler").flagged
    assert not event_store.shopper("person", "").flagged
    assert products(list(event_store.scan(NOON))) == ["c", "d"]
    assert products(list(event_store.scan(NOON + timedelta(minutes=4)))) == ["d"]
    # It is still there for whoever asks what is kept of them.
    assert products(list(event_store.events_of("bot"))) == ["a"]


def test_pruning_removes_what_is_older_and_counts_it(event_store: EventStore):
    event_store.add([event(user="u", product=f"p{minute}", minute=minute) for minute in range(5)])
    assert event_store.prune(NOON + timedelta(minutes=3)) == 3
    assert products(list(event_store.events_of("u"))) == ["p3", "p4"]
    assert event_store.prune(NOON) == 0


def test_a_batch_of_many_is_kept_whole(event_store: EventStore):
    many = [
        event(user=f"u{number % 7}", session=f"s{number % 7}", minute=number / 60) for number in range(3_000)
    ]
    assert all(event_store.add(many))
    assert sum(1 for _ in event_store.scan(NOON)) == 3_000
    assert len(event_store.latest("u3", "", 200)) == 200


def test_nothing_is_known_of_anybody_in_an_empty_store(event_store: EventStore):
    assert event_store.latest("u", "s", 10) == []
    assert list(event_store.events_of("u")) == list(event_store.scan(NOON)) == []
    assert event_store.add([]) == []
    assert event_store.opted_out(["u"]) == event_store.marketing_refused(["u"]) == set()
    assert event_store.forgotten(["u"], ["s"]) == ({}, {})
    assert event_store.forget(user_id="u") == DeletionCounts(0, 0)
    assert event_store.prune(NOON) == 0
