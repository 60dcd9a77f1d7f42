"""The recommendation model, built from events and kept in a file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shangsou.behaviour.event import Event
from shangsou.errors import UnusableInput
from shangsou.recommend.model import build_model, empty_model, select_preference_events, time_decay
from shangsou.recommend.model_file import MODEL_FILE, model_stamp, read_model, write_model

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def did(user, action, product_id, days_ago=0.0, *, session="", order=""):
    at = NOON - timedelta(days=days_ago)
    return Event(
        f"{user}{action}{product_id}{days_ago}",
        action,
        at,
        user_id=user,
        session_id=session or f"{user}-{days_ago}",
        product_id=product_id,
        order_id=order,
    )


def partners(model, affinities, product_id):
    found, weights = affinities.row(model.numbers[product_id])
    return [model.product_ids[number] for number in found[weights > 0].tolist()]


def test_what_is_seen_in_one_session_goes_together():
    model = build_model(
        [
            did("u", "click", "伞"),
            did("u", "click", "雨衣"),
            did("v", "click", "伞"),
            did("v", "click", "茶"),
        ],
        {},
    )
    assert sorted(partners(model, model.viewed, "伞")) == ["茶", "雨衣"]
    assert partners(model, model.viewed, "雨衣") == ["伞"]
    assert partners(model, model.bought, "伞") == []


def test_what_is_bought_within_a_day_goes_together_and_what_is_bought_a_month_later_does_not():
    model = build_model(
        [
            did("u", "purchase", "伞", 40),
            did("u", "purchase", "雨衣", 39.5),
            did("u", "purchase", "茶", 5),
        ],
        {},
    )
    assert partners(model, model.bought, "伞") == ["雨衣"]
    assert partners(model, model.bought, "茶") == []


def test_an_order_is_one_basket_whoever_else_buys_then():
    model = build_model(
        [
            did("u", "purchase", "伞", order="1"),
            did("u", "purchase", "雨衣", order="1"),
            did("u", "purchase", "茶", order="2"),
        ],
        {},
    )
    assert partners(model, model.bought, "伞") == ["雨衣"]
    assert partners(model, model.bought, "茶") == []


def test_a_trend_fades_by_half_in_a_week():
    # One purchase of three a week ago is worth 1.5, two clicks of today 2.
    model = build_model([did("u", "purchase", "伞", 7), did("v", "click", "茶"), did("w", "click", "茶")], {})
    assert model.trending == ("茶", "伞")
    assert time_decay(timedelta(days=14), 7) == 0.25
    assert time_decay(timedelta(days=-1), 7) == 1


def test_buyers_of_a_category_are_seen_to_buy_in_another():
    categories = {"伞": "家居>雨具", "茶": "食品>茶", "杯": "家居>杯子"}
    model = build_model(
        [
            did("u", "purchase", "伞", 60),
            did("u", "purchase", "茶", 1),
            did("v", "add_to_cart", "伞", 3),
            did("v", "purchase", "茶", 2),
            did("w", "purchase", "杯"),
        ],
        categories,
    )
    assert model.related_categories == {"家居>雨具": ("食品>茶",), "食品>茶": ("家居>雨具",)}
    assert model.products_by_category["家居>杯子"] == ("杯",)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(did("u", "impression", "伞"), id="nobody chose it"),
        pytest.param(did("u", "click", ""), id="no product"),
        pytest.param(replace(did("", "click", "伞"), session_id=""), id="nobody did it"),
        pytest.param(did("u", "search", "伞"), id="a search"),
    ],
)
def test_an_event_without_a_choice_has_no_say(event):
    assert select_preference_events([event]) == []
    assert build_model([event], {}).product_ids == ()


def test_a_model_is_read_back_as_it_was_written(tmp_path):
    model = build_model([did("u", "click", "伞"), did("u", "purchase", "雨衣")], {"伞": "家居>雨具"})
    assert model_stamp(tmp_path) is None
    write_model(tmp_path, model)
    read = read_model(tmp_path)
    assert (read.product_ids, read.trending, read.products_by_category) == (
        model.product_ids,
        model.trending,
        model.products_by_category,
    )
    assert read.last_at == NOON
    assert partners(read, read.viewed, "伞") == ["雨衣"]
    assert [path.name for path in tmp_path.iterdir()] == [MODEL_FILE]


def test_another_model_has_another_stamp(tmp_path):
    write_model(tmp_path, empty_model())
    first = model_stamp(tmp_path)
    write_model(tmp_path, empty_model())
    assert first is not None
    assert model_stamp(tmp_path) != first


def test_a_damaged_model_says_what_to_do(tmp_path):
    write_model(tmp_path, build_model([did("u", "click", "伞")], {}))
    whole = (tmp_path / MODEL_FILE).read_bytes()
    for damaged in (b"", b"no zip", whole[: len(whole) // 2]):
        (tmp_path / MODEL_FILE).write_bytes(damaged)
        with pytest.raises(UnusableInput, match='run "shangsou recommend build"'):
            read_model(tmp_path)
