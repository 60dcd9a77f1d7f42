"""Shelves over a small index, a few events and an encoder that needs no weights."""

import pytest

from shangsou.recommend.catalog_pool import add_offers, read_catalog_pool
from shangsou.recommend.context import ShelfResources
from shangsou.recommend.model import build_model, empty_model
from shangsou.recommend.rules import ShelfRules, parse_rules
from shangsou.recommend.shelf import KINDS, RecommendRequest
from shangsou.recommend.shelves import recommend
from shangsou.recommend.title_neighbours import TitleNeighbours
from tests.recommend.conftest import NOW
from tests.recommend.test_model import did


@pytest.fixture
def shelf(engine):
    def ask(kind, product_id="", *, events=(), history=(), rules="", size=12, **options):
        shop = ShelfResources(
            engine,
            TitleNeighbours(engine),
            build_model(events, {"tea": "食品>茶", "umbrella": "家居>雨具"}) if events else empty_model(),
            add_offers(read_catalog_pool(engine), engine),
            parse_rules(rules) if rules else ShelfRules(),
        )
        request = RecommendRequest(kind, product_id, user_id="u", size=size, **options)
        return recommend(request, shop, list(history), NOW)

    return ask


def ids(shelf):
    return [item.product.product_id for item in shelf.items]


def reasons(shelf):
    return {item.product.product_id: item.reason for item in shelf.items}


@pytest.mark.parametrize("kind", KINDS)
def test_every_shelf_answers_a_stranger_in_a_shop_without_events(shelf, kind):
    answer = shelf(kind, "tea")
    assert answer.degraded == ()
    assert bool(answer.items) == (kind != "recent")
    # dress-blue is sold out, hidden is off.
    assert not {"dress-blue", "hidden"} & set(ids(answer))
    assert all(item.reason for item in answer.items)


@pytest.mark.parametrize("kind", ["similar", "together", "cross-category"])
def test_beside_a_product_that_does_not_exist_there_is_no_shelf(shelf, kind):
    assert shelf(kind, "gone") is None
    assert shelf(kind, "hidden") is None


def test_similar_products_are_like_it_and_not_itself(shelf):
    answer = shelf("similar", "mug", size=2)
    assert "mug" not in ids(answer)
    assert ids(answer)[0] == "script"
    assert reasons(answer)["script"] == "款式相近，便宜 30 元"
    assert answer.basis == ("content",)


def test_what_is_bought_together_comes_before_what_is_seen_together(shelf):
    events = [
        did("v", "click", "tea"),
        did("v", "click", "umbrella"),
        did("w", "purchase", "tea", session="a"),
        did("w", "purchase", "mug", session="b"),
    ]
    answer = shelf("together", "tea", events=events, size=2)
    assert ids(answer) == ["mug", "umbrella"]
    assert reasons(answer) == {
        "mug": "买了“云南普洱茶饼”的人还买了",
        "umbrella": "看了“云南普洱茶饼”的人还看了",
    }


def test_of_a_new_product_it_shows_what_goes_with_its_like(shelf):
    events = [did("w", "purchase", "script"), did("w", "purchase", "umbrella")]
    answer = shelf("together", "mug", events=events, size=3)
    assert reasons(answer)["umbrella"] == "买了相似商品的人还买了"
    assert answer.basis == ("alike", "content")


def test_for_you_gives_each_interest_its_turn_and_nothing_that_was_seen(shelf):
    events = [
        *[did(user, "click", product) for user in "vw" for product in ("tea", "mug")],
        *[did(user, "click", product, 1) for user in "vw" for product in ("skirt", "dress-red")],
    ]
    history = [did("u", "click", "tea"), did("u", "click", "skirt", 1)]
    answer = shelf("for-you", events=events, history=history)
    assert ids(answer)[:2] == ["mug", "dress-red"]
    assert reasons(answer)["mug"] == "看了“云南普洱茶饼”的人还看了"
    assert not {"tea", "skirt"} & set(ids(answer))


def test_whoever_does_not_want_it_personal_is_a_stranger(shelf):
    history = [did("u", "click", "tea")]
    assert ids(shelf("recent", history=history)) == ["tea"]
    assert ids(shelf("recent", history=history, personalize=False)) == []
    assert shelf("for-you", history=history, personalize=False).basis == ("sales",)


def test_trending_products_come_before_what_sells_best(shelf):
    answer = shelf("trending", events=[did("v", "purchase", "gift"), did("w", "click", "skirt")])
    assert ids(answer)[:3] == ["gift", "skirt", "phone-case"]
    assert reasons(answer)["gift"] == "本周热卖"
    assert reasons(answer)["phone-case"] == "热销 2000 件"


def test_offers_that_are_over_are_none_and_the_best_discount_comes_first(shelf):
    answer = shelf("on-offer")
    assert reasons(answer) == {"cup-now": "7 折 · 即将结束", "tea": "8 折"}


def test_a_taste_outweighs_a_somewhat_better_discount(shelf):
    # 20 % and two thirds of .5 for the category against 30 %.
    answer = shelf("on-offer", history=[did("u", "click", "tea-over")])
    assert ids(answer) == ["tea", "cup-now"]


def test_new_products_say_how_new_they_are(shelf):
    assert reasons(shelf("new")) == {"cup-now": "3 天前上新"}


def test_recently_seen_products_come_back_latest_first_less_what_was_bought(shelf):
    history = [did("u", "click", "mug"), did("u", "purchase", "tea", 1), did("u", "click", "skirt", 4)]
    assert reasons(shelf("recent", history=history)) == {"mug": "昨天看过", "skirt": "5 天前看过"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "recent"])
def test_what_was_just_bought_is_not_shown(shelf, kind):
    assert "tea" in ids(shelf(kind, "mug", size=50)) or kind in ("new", "similar", "together")
    assert "tea" not in ids(shelf(kind, "mug", history=[did("u", "purchase", "tea", 20)], size=50))


def test_a_shopper_who_buys_in_one_category_is_shown_the_other(shelf):
    events = [
        did(user, "purchase", product, day)
        for user in "vw"
        for day, product in enumerate(["tea", "umbrella"])
    ]
    answer = shelf("cross-category", "tea", events=events, size=1)
    assert reasons(answer) == {"umbrella": "买“茶”的人也买“雨具”"}


def test_the_merchant_excludes_and_pins(shelf):
    rules = "exclude phone-case\npin mug => trending\npin dress-blue => trending\nexclude gift => similar"
    answer = shelf("trending", rules=rules)
    # The pinned dress is sold out.
    assert ids(answer)[0] == "mug"
    assert reasons(answer)["mug"] == "店铺推荐"
    assert "phone-case" not in ids(answer)
    assert "gift" in ids(answer)
