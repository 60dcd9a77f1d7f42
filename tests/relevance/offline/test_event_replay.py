"""Events replayed in time order: no search sees the future."""

from datetime import UTC, datetime, timedelta

from relevance.offline.event_replay import ReplayState, in_time_order, search_choices
from shangsou.behaviour.event import CLICK, PURCHASE, SEARCH, Event

MORNING = datetime(2026, 1, 5, 8, tzinfo=UTC)


def event(minute: int, action: str, product_id: str = "", query: str = "长裤", user_id: str = "u") -> Event:
    at = MORNING + timedelta(minutes=minute)
    return Event(f"{minute}-{action}-{product_id}", action, at, user_id, "s", "", query, product_id)


def test_a_decision_is_made_with_what_happened_before_it_and_learns_what_came_of_it() -> None:
    events = [
        event(0, CLICK, "old"),
        event(60, SEARCH),
        event(61, CLICK, "new"),
        event(62, CLICK, "old"),
        event(63, PURCHASE, "new"),
    ]
    state, observed = ReplayState(), []
    choices = []
    for choice in search_choices(events, state):
        choices.append(choice)
        observed.append(
            (
                [item.product_id for item in state.history_items("u", choice.at)],
                state.popularity.of(["new"]).tolist(),
            )
        )
    assert observed == [([], [0.0]), (["old"], [0.0])]
    # What was known before is no new choice.
    assert [list(choice.chosen) for choice in choices] == [["old"], ["new"]]
    assert [event.action for event in choices[1].chosen["new"]] == [CLICK, PURCHASE]


def test_a_search_goes_on_for_half_an_hour_and_belongs_to_one_shopper() -> None:
    events = [
        event(0, CLICK, "a"),
        event(10, CLICK, "b"),
        event(12, CLICK, "a", user_id="other"),
        event(50, CLICK, "c"),
    ]
    choices = list(search_choices(events, ReplayState()))
    assert [(choice.shopper, list(choice.chosen)) for choice in choices] == [
        ("u", ["a", "b"]),
        ("other", ["a"]),
        ("u", ["c"]),
    ]


def test_the_history_is_that_of_the_shopper_alone_and_popularity_that_of_all() -> None:
    state = ReplayState()
    for past_event in (event(0, CLICK, "a"), event(1, CLICK, "a", user_id="other"), event(2, PURCHASE, "a")):
        state.add(past_event)
    # log(1 + two clicks + 3 for a purchase)
    assert state.popularity.of(["a", "b"]).round(6).tolist() == [1.791759, 0.0]
    assert state.clicked("other") == {"a"}
    assert state.clicked("stranger") == frozenset()


def test_a_variant_of_what_was_chosen_before_is_no_new_choice_and_gains_popularity() -> None:
    events = [
        event(0, CLICK, "red"),
        event(60, CLICK, "blue"),
        event(61, CLICK, "hat"),
        event(62, PURCHASE, "red"),
    ]
    state = ReplayState({"red": "dress", "blue": "dress"})
    choices = list(search_choices(events, state))
    assert [list(choice.chosen) for choice in choices] == [["dress"], ["hat"]]
    assert state.clicked("u") == {"dress", "hat"}
    # Two clicks and a purchase, which counts thrice.
    assert state.popularity.of(["dress"]).round(6).tolist() == [1.791759]
    # The history is of the products themselves.
    assert {item.product_id for item in state.history_items("u", MORNING)} == {"red", "blue", "hat"}


def test_events_of_one_moment_stay_in_their_order() -> None:
    same = [event(5, CLICK, "b"), event(5, CLICK, "a"), event(1, CLICK, "c")]
    assert [event.product_id for event in in_time_order(same)] == ["c", "b", "a"]
