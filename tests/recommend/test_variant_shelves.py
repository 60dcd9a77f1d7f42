"""Shelves in a shop with variants: each product once, and nothing that was just seen in another colour."""

from collections.abc import Callable, Sequence

import pytest

from indexer.build import index_products
from shangsou.behaviour.event import Event
from shangsou.engines.engine import Engine, GenerationStore
from shangsou.product import Product
from shangsou.recommend.catalog_pool import add_offers, read_catalog_pool
from shangsou.recommend.context import ShelfResources
from shangsou.recommend.model import build_model
from shangsou.recommend.rules import ShelfRules, parse_rules
from shangsou.recommend.shelf import KINDS, RecommendRequest, Shelf
from shangsou.recommend.shelves import recommend
from shangsou.recommend.title_neighbours import TitleNeighbours
from tests.fixtures.engines import ENGINES
from tests.fixtures.hash_encoder import HashEncoder
from tests.recommend.conftest import NOW
from tests.recommend.test_model import did

COLOURS = ("红色", "蓝色", "黑色", "白色")
TITLES = {
    "dress": "法式碎花连衣裙",
    "tea": "云南普洱茶饼",
    "mug": "陶瓷马克杯带盖勺",
    "coat": "羊毛双面呢大衣",
}
# Of each product four colours, whose titles have little in common, so that none is left out as a duplicate.
SHOP = [
    Product(
        f"{group}-{number}",
        title if number == 0 else f"{colour * 3}{number}号{group * 3}",
        group_id=group,
        category=("店", group),
        sales=100 - 10 * number,
        price_fen=5_000 + number,
        list_price_fen=10_000,
        created_at=NOW,
    )
    for group, title in TITLES.items()
    for number, colour in enumerate(COLOURS)
] + [Product("umbrella", "晴雨两用折叠伞", sales=5, created_at=NOW)]
Show = Callable[..., Shelf]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> Engine:
    store = new_store(request.param)
    index_products(SHOP, store=store, encoder=HashEncoder(), source="test")
    return store.open()


@pytest.fixture
def show(engine: Engine) -> Show:
    # Whoever sees a dress sees all its colours, the tea and the mug, so that all go together.
    seen_together = [product.product_id for product in SHOP if product.group_id in ("dress", "tea", "mug")]
    events = [did(user, "click", product_id) for user in "vwx" for product_id in seen_together]
    categories = {product.product_id: ">".join(product.category) for product in SHOP}

    def run(kind: str, history: Sequence[Event] = (), product_id: str = "", rules: str = "") -> Shelf:
        resources = ShelfResources(
            engine,
            TitleNeighbours(engine),
            build_model(events, categories),
            add_offers(read_catalog_pool(engine), engine),
            parse_rules(rules) if rules else ShelfRules(),
        )
        request = RecommendRequest(kind, product_id, user_id="u", size=12)  # type: ignore[arg-type]
        shelf = recommend(request, resources, list(history), NOW)
        assert shelf is not None
        return shelf

    return run


def ids(shelf: Shelf) -> list[str]:
    return [item.product.product_id for item in shelf.items]


def groups(shelf: Shelf) -> list[str]:
    return [item.product.group_id or item.product.product_id for item in shelf.items]


def test_for_you_shows_nothing_of_a_group_of_which_a_variant_was_seen(show: Show) -> None:
    assert set(groups(show("for-you"))) == {"dress", "tea", "mug", "coat", "umbrella"}
    seen = [did("u", "click", "dress-2"), did("u", "click", "mug-0", 1)]
    assert set(groups(show("for-you", seen))) == {"tea", "coat", "umbrella"}


def test_what_the_merchant_pins_is_shown_though_a_variant_of_it_was_seen(show: Show) -> None:
    pinned = show("for-you", [did("u", "click", "dress-2")], rules="pin dress-1 => for-you")
    assert ids(pinned)[0] == "dress-1"
    assert groups(pinned).count("dress") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_shelf_shows_a_group_twice(show: Show, kind: str) -> None:
    history = [did("u", "click", "coat-1"), did("u", "click", "coat-3", 1)]
    shown = groups(show(kind, history, product_id="tea-1"))
    assert shown
    assert len(set(shown)) == len(shown)
    # Beside a product stands none of its own variants.
    assert "tea" not in shown or kind not in ("similar", "together", "cross-category")


def test_recently_seen_shows_of_each_group_the_variant_seen_last(show: Show) -> None:
    history = [
        did("u", "click", "dress-3"),
        did("u", "click", "tea-1", 1),
        did("u", "click", "dress-0", 1),
        did("u", "click", "umbrella", 2),
        did("u", "click", "tea-2", 3),
    ]
    assert ids(show("recent", history)) == ["dress-3", "tea-1", "umbrella"]


def test_what_was_bought_is_shown_in_no_other_colour(show: Show) -> None:
    bought = [did("u", "purchase", "dress-1")]
    for kind in ("for-you", "trending", "new", "on-offer"):
        assert "dress" not in groups(show(kind, bought)), kind
