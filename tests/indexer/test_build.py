"""The index and the lexicon of a catalog, whichever processes build them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.build import index_products
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.lexicon.catalog_learner import CatalogLearner, TypeSummary, take_assigned_types
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.manifest import MANIFEST
from shangsou.product import Product
from shangsou.settings import Settings
from shangsou.text.facts import load_facts
from shangsou.text.segmenter import PACKAGED
from tests.fixtures.hash_encoder import HashEncoder

PRODUCTS = [
    Product(str(number), f"{brand}{colour}{thing}", brand=brand, category=("家居", thing))
    for number, (brand, colour, thing) in enumerate(
        (brand, colour, thing)
        for brand in ("南屏", "北岭")
        for colour in ("红色", "蓝色", "白色")
        for thing in ("水杯", "水壶", "雨伞")
    )
]


def built(folder: Path) -> dict[str, bytes]:
    """Index the products into a folder, and return what every file that bears no date holds."""
    lexicons = LexiconStore(Settings(home=folder))
    store = EmbeddedStore(folder / "index")
    index_products(PRODUCTS, store=store, encoder=HashEncoder(), source="test", lexicons=lexicons)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("generation.json", "lexicon.json", MANIFEST)
    }


def test_processes_beside_the_indexer_build_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_one_process = built(tmp_path / "one")
    monkeypatch.setattr("indexer.build.BATCH_SIZE", 4)
    monkeypatch.setattr("shangsou.background.usable_cores", lambda: 2)
    in_several = built(tmp_path / "several")
    assert len(in_one_process) > 40
    assert in_several.keys() == in_one_process.keys()
    assert [name for name, held in in_several.items() if held != in_one_process[name]] == []


class ThingEncoder(HashEncoder):
    """Encodes titles of one thing as nearly the same vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = 0.2 * super().encode(texts)
        for row, text in enumerate(texts):
            vectors[row, ["水杯", "水壶", "雨伞"].index(text[-2:])] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_products_have_the_types_that_are_learned_from_them(tmp_path: Path) -> None:
    lexicons = LexiconStore(Settings(home=tmp_path))
    store = EmbeddedStore(tmp_path / "index")
    reported: list[TypeSummary] = []
    generation = index_products(
        PRODUCTS,
        store=store,
        encoder=ThingEncoder(),
        source="test",
        lexicons=lexicons,
        on_types=reported.append,
    )
    main_types = store.open().main_types([product.product_id for product in PRODUCTS])
    assert main_types == {product.product_id: product.category[-1] for product in PRODUCTS}
    assert reported == [TypeSummary(products=18, without=0, unsure=0, examples=[], unsure_examples=[])]
    lexicon = lexicons.open(generation)
    assert lexicon is not None
    assert lexicon.product_types is not None
    assert lexicon.product_types.leaves == {"家居", "水杯", "水壶", "雨伞"}
    # What they were learned from is not kept.
    kept = {path.name for path in (tmp_path / "lexicon").rglob("*")}
    assert not kept & {"title_vectors.f32", "assigned_types.json"}


def test_types_go_by_the_order_of_the_catalog_over_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.build.BATCH_SIZE", 4)
    store = EmbeddedStore(tmp_path / "index")
    index_products(
        PRODUCTS,
        store=store,
        encoder=ThingEncoder(),
        source="test",
        lexicons=LexiconStore(Settings(home=tmp_path)),
    )
    main_types = store.open().main_types([product.product_id for product in PRODUCTS])
    assert main_types == {product.product_id: product.category[-1] for product in PRODUCTS}


def test_products_without_a_type_and_unsure_ones_are_counted_and_named(tmp_path: Path) -> None:
    titles = ["红水杯", "蓝水杯", "白水杯", "灰水杯", "水杯", "abc 1", "上门服务 xyz"]
    vectors = np.eye(16, dtype=np.float32)[[0, 0, 0, 0, 5, 6, 7]]
    (tmp_path / "title_vectors.f32").write_bytes(vectors.tobytes())
    learner = CatalogLearner(load_facts(), PACKAGED)
    learner.add([Product(str(number), title) for number, title in enumerate(titles)])
    learner.assign(tmp_path, 16)
    types, summary = take_assigned_types(tmp_path)
    assert "水杯" in types[0]
    # The fifth is called 水杯, but lies far from the others; a service is no type of its own.
    assert types[4:] == [[], [], ["(accessory)"]]
    assert summary == TypeSummary(
        products=7, without=2, unsure=1, examples=["5 abc 1", "6 上门服务 xyz"], unsure_examples=["4 水杯"]
    )


def test_without_a_lexicon_no_product_has_a_type(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "index")
    reported: list[object] = []
    index_products(
        PRODUCTS,
        store=store,
        encoder=ThingEncoder(),
        source="test",
        on_types=reported.append,
    )
    assert store.open().main_types([product.product_id for product in PRODUCTS]) == {}
    assert reported == []
