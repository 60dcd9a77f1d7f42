"""Events gone through in time order: nothing of the future is seen."""

from datetime import UTC, datetime, timedelta

from relevance.replay import World, decisions, in_time_order
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
    world, seen = World(), []
    made = []
    for decision in decisions(events, world):
        made.append(decision)
        seen.append(([one.product_id for one in world.past("u")], world.popularity.of(["new"]).tolist()))
    assert seen == [([], [0.0]), (["old"], [0.0])]
    # What was known before is no new choice.
    assert [list(decision.chosen) for decision in made] == [["old"], ["new"]]
    assert [one.action for one in made[1].chosen["new"]] == [CLICK, PURCHASE]


def test_a_search_goes_on_for_half_an_hour_and_belongs_to_one_shopper() -> None:
    events = [
        event(0, CLICK, "a"),
        event(10, CLICK, "b"),
        event(12, CLICK, "a", user_id="other"),
        event(50, CLICK, "c"),
    ]
    made = list(decisions(events, World()))
    assert [(one.shopper, list(one.chosen)) for one in made] == [
        ("u", ["a", "b"]),
        ("other", ["a"]),
        ("u", ["c"]),
    ]


def test_the_history_is_that_of_the_shopper_alone_and_popularity_that_of_all() -> None:
    world = World()
    for one in (event(0, CLICK, "a"), event(1, CLICK, "a", user_id="other"), event(2, PURCHASE, "a")):
        world.add(one)
    # log(1 + two clicks + 3 for a purchase)
    assert world.popularity.of(["a", "b"]).round(6).tolist() == [1.791759, 0.0]
    assert world.clicked("other") == {"a"}
    assert world.clicked("stranger") == frozenset()


def test_events_of_one_moment_stay_in_their_order() -> None:
    same = [event(5, CLICK, "b"), event(5, CLICK, "a"), event(1, CLICK, "c")]
    assert [one.product_id for one in in_time_order(same)] == ["c", "b", "a"]
