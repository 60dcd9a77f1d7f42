"""Changes over a generation in memory: whoever searches sees the products as they were."""

from pathlib import Path

from shangsou.engines.changes import ChangedProduct
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.query import Filters
from shangsou.product import Product
from tests.engines.catalog import documents, index


def test_an_engine_stays_as_it_is_when_changes_come(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    index(store, documents([Product("a", "red shoe", price_fen=100)]))
    before = store.open()
    changed = before.changed([ChangedProduct("a", Product("a", "red shoe", price_fen=200))], 1)
    gone = changed.changed([ChangedProduct("a", None)], 2)
    assert [product.price_fen for product in before.products(["a"])] == [100]
    assert [product.price_fen for product in changed.products(["a"])] == [200]
    assert gone.products(["a"]) == []
    assert [engine.sequence for engine in (before, changed, gone)] == [0, 1, 2]
    assert [engine.count([Filters()]) for engine in (before, changed, gone)] == [[1], [1], [0]]
