"""An index that is replaced is freed at once, not when Python looks for circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.build import index_products
from shangsou.engines.stores import open_store
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.service import live_index
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from shangsou.updates.operation import Operation
from tests.fixtures.hash_encoder import HashEncoder

PRODUCTS = [
    Product(f"{brand}{thing}", f"{brand}{thing}", brand=brand, category=("家居", thing), price_fen=price)
    for price, brand in ((1_000, "南屏"), (2_000, "北岭"))
    for thing in ("水杯", "水壶", "雨伞")
]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    return Settings(home=tmp_path)


@contextmanager
def nothing_is_left_in_circles() -> Iterator[None]:
    """Fail where objects of ours, or arrays, wait for the collector once the block is over."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield
        gc.collect()
        left = {
            type(one).__qualname__
            for one in gc.garbage
            if type(one).__module__.startswith("shangsou") or isinstance(one, np.ndarray)
        }
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert left == set()


def index(settings: Settings) -> None:
    index_products(
        PRODUCTS,
        store=open_store(settings),
        encoder=HashEncoder(),
        source="test",
        lexicons=LexiconStore(settings),
    )


def search(searcher: Searcher) -> None:
    for query in ("水杯", "南屏水壶", "水杯 不要北岭", "15元以下的雨伞", "shuibei"):
        response = searcher.search(SearchRequest(query=query, facets=("brand", "category"), user_id="u1"))
        assert response.total


def test_an_index_that_is_switched(settings: Settings) -> None:
    index(settings)
    searcher = open_searcher(settings)
    search(searcher)
    with nothing_is_left_in_circles():
        index(settings)
        searcher.refresh()
        search(searcher)
    searcher.close()


def test_products_that_are_changed(settings: Settings) -> None:
    index(settings)
    searcher = open_searcher(settings)
    search(searcher)
    with nothing_is_left_in_circles():
        for price_fen in (1_100, 1_200):
            changed = replace(PRODUCTS[0], price_fen=price_fen)
            fields = {"price_fen": price_fen, "title": f"{changed.title} {price_fen}"}
            [outcome] = searcher.update([Operation("patch", changed.product_id, fields)])
            assert outcome.status == "updated"
            search(searcher)
    searcher.close()
