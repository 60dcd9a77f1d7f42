"""A shop for the tests of shelves, in both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.build import index_products
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.settings import Settings
from tests.fixtures.engines import ENGINES

NOW = datetime(2026, 10, 2, 12, tzinfo=UTC)
MORE = [
    Product("tea", "云南普洱茶饼", category=("食品", "茶"), price_fen=8000, list_price_fen=10000, sales=70),
    Product(
        "tea-over",
        "武夷山大红袍礼盒",
        category=("食品", "茶"),
        price_fen=5000,
        list_price_fen=10000,
        offer_until=NOW - timedelta(hours=1),
    ),
    Product(
        "cup-now",
        "紫砂功夫茶具套装",
        brand="云上衣舍",
        category=("家居", "杯子"),
        price_fen=7000,
        list_price_fen=10000,
        offer_until=NOW + timedelta(days=1),
        created_at=NOW - timedelta(days=3),
    ),
]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request, new_store, tmp_path_factory, products, hash_encoder):
    """Each engine over the small catalog and three products on offer."""
    store = new_store(request.param)
    index_products(
        [*products, *MORE],
        store=store,
        encoder=hash_encoder,
        source="test",
        lexicons=LexiconStore(Settings(home=tmp_path_factory.mktemp("shop"))),
    )
    opened = store.open()
    # Offers are prices at the time of the tests.
    opened.clock = NOW.timestamp
    return opened
