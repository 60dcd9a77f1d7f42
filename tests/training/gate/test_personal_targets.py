"""Personal searches from events: of shoppers with a history, for something that is new to them."""

from datetime import UTC, datetime, timedelta

from shangsou.behaviour.event import CLICK, PURCHASE, Event
from training.gate.personal_targets import MAX_TARGETS, find_targets, select_targets

START = datetime(2026, 11, 1, tzinfo=UTC)


def event(hour: int, user: str, query: str, product_id: str, action: str = CLICK) -> Event:
    at = START + timedelta(hours=hour)
    return Event(f"{user}{hour}{product_id}", action, at, user_id=user, query=query, product_id=product_id)


EVENTS = [
    event(0, "ann", "裙", "dress"),
    event(10, "ann", "杯", "cup"),
    event(10, "ann", "杯", "mug", PURCHASE),
    event(11, "bob", "杯", "cup"),
    event(12, "ann", "裙", "dress"),
    event(13, "ann", "锅", "pot"),
]


def found(since: int) -> list[tuple[str, str, str]]:
    targets = find_targets(EVENTS, {}, START + timedelta(hours=since))
    return [(target.user_id, target.query, target.product_id) for target in targets]


def test_what_was_bought_is_the_target_and_else_what_was_clicked_first():
    # Bob has no history, and the dress is known to Ann.
    assert found(5) == [("ann", "杯", "mug"), ("ann", "锅", "pot")]


def test_earlier_searches_make_histories_alone():
    assert found(13) == [("ann", "锅", "pot")]


def test_what_training_saw_does_not_judge():
    targets = find_targets(EVENTS, {}, START)
    kept = select_targets(targets, lambda target: target.product_id == "mug")
    assert [target.product_id for target in kept] == ["pot"]


def test_of_many_searches_a_sample_is_measured_in_time_order_and_always_the_same():
    many = [
        find_targets(EVENTS, {}, START)[0]._replace(at=START + timedelta(n)) for n in range(MAX_TARGETS + 9)
    ]
    drawn = select_targets(many, lambda _: False)
    assert len(drawn) == MAX_TARGETS
    assert drawn == sorted(drawn, key=lambda target: target.at) == select_targets(many, lambda _: False)
