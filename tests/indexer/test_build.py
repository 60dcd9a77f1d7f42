"""The index and the lexicon of a catalog, whichever processes build them."""

from pathlib import Path

import pytest

from indexer.build import index_products
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.lexicon.lexicon import LexiconStore
from shangsou.product import Product
from shangsou.settings import Settings
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
        if path.is_file() and path.name not in ("generation.json", "lexicon.json")
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
