"""A home that an older version left behind is taken over: its products, its events and its own files.

`homes/format-2.tar.gz` was written by the version of 2026-11-29: six products, one of them off sale, two
events and a synonym; without vectors, which are computed again.
"""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.merge import merge_changes
from shangsou.behaviour.stores import open_event_store
from shangsou.engines.stores import open_store
from shangsou.errors import RecipeMismatch
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.service import live_index
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from shangsou.updates.journals import open_journal
from shangsou.updates.operation import Operation
from tests.engines.catalog import documents, index
from tests.fixtures.elastic import TIMEOUT_S
from tests.fixtures.hash_encoder import HashEncoder

HOME = Path(__file__).parent / "homes" / "format-2.tar.gz"


ENCODED_BY: list[str | None] = []


def open_stand_in(settings: Settings, _: object) -> HashEncoder:
    ENCODED_BY.append(settings.model)
    return HashEncoder()


@pytest.fixture(autouse=True)
def _stand_in_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    monkeypatch.setattr("indexer.merge.open_index_encoder", open_stand_in)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with tarfile.open(HOME) as packed:
        # Python before 3.11.4 knows no filters (PEP 706).
        packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        packed.extractall(tmp_path)
    return Settings(home=tmp_path, workers=0)


@pytest.fixture
def opened(settings: Settings) -> Iterator[Callable[[], Searcher]]:
    searchers = []

    def open_one() -> Searcher:
        searchers.append(open_searcher(settings))
        return searchers[-1]

    yield open_one
    for searcher in searchers:
        searcher.close()


def prices(searcher: Searcher) -> dict[str, int | None]:
    hits = searcher.search(SearchRequest("", size=100, collapse=False)).hits
    return {hit.product.product_id: hit.product.price_fen for hit in hits}


ON_SALE = {"cup-red": 1990, "cup-blue": 1990, "bowl": 990, "pan": 9900, "tea": 12800}


def test_until_it_is_rebuilt_it_is_refused_with_the_way_out(opened: Callable[[], Searcher]) -> None:
    [problem] = opened().missing()
    assert "another version of shangsou" in problem
    assert '"shangsou merge"' in problem


def test_its_products_are_rebuilt_with_those_off_sale(
    settings: Settings, opened: Callable[[], Searcher]
) -> None:
    generation = merge_changes(settings)
    assert generation is not None
    assert (generation.name, generation.documents, generation.source) == ("gen-2", 6, "six.csv")
    assert ENCODED_BY[-1] == "BAAI/bge-small-zh-v1.5"
    searcher = opened()
    assert prices(searcher) == ON_SALE
    assert searcher.stored(["old"])["old"].status == "off"
    assert searcher.search(SearchRequest("杯子")).total == 1


def test_its_events_are_read_as_before(settings: Settings) -> None:
    store = open_event_store(settings)
    events = list(store.events_of(user_id="u1"))
    store.close()
    assert sorted(event.action for event in events) == ["click", "purchase"]


def test_changes_since_it_was_built_are_in_it(settings: Settings, opened: Callable[[], Searcher]) -> None:
    journal = open_journal(settings)
    with journal.writing() as writer:
        writer.append([Operation("patch", "bowl", {"price_fen": 1290}), Operation("delete", "tea", {})])
    journal.close()
    merge_changes(settings)
    assert prices(opened()) == {"cup-red": 1990, "cup-blue": 1990, "bowl": 1290, "pan": 9900}


@pytest.mark.elastic
def test_an_older_index_in_elasticsearch_is_rebuilt_too(
    tmp_path: Path, elastic_url: str, elastic_name: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        home=tmp_path,
        engine="elastic",
        elastic_url=elastic_url,
        elastic_index=elastic_name(),
        elastic_timeout_s=TIMEOUT_S,
    )
    store = open_store(settings)
    products = [Product("cup", "红色马克杯", price_fen=1990), Product("old", "旧茶壶", status="off")]
    with monkeypatch.context() as older:
        older.setattr("shangsou.engines.elastic.writer.FORMAT", 4)
        index(store, documents(products), source="six.csv")
    with pytest.raises(RecipeMismatch, match='"shangsou merge"'):
        store.open()
    generation = merge_changes(settings)
    assert generation is not None
    assert (generation.name, generation.documents, generation.source) == ("gen-2", 2, "six.csv")
    assert list(store.open().stored(["cup", "old"]).values()) == products
