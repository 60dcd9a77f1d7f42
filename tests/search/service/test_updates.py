"""Products change while they are searched: in one process, in another, and over a new generation."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from indexer.build import index_products
from indexer.merge import merge_changes
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.generations import roll_back
from shangsou.engines.query import Filters
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.service import live_index
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from shangsou.updates.journals import journal_path, open_journal
from shangsou.updates.operation import Operation
from tests.fixtures.hash_encoder import HashEncoder

SHOP = [
    Product("cup", "红色马克杯", price_fen=1990, stock=3, brand="云上", attributes={"颜色": ("红色",)}),
    Product("bowl", "陶瓷汤碗", price_fen=990, stock=0, brand="云上"),
    Product("pan", "不粘平底锅", price_fen=9900, stock=5, group_id="pans"),
    Product("pan-2", "不粘平底锅 大号", price_fen=12900, stock=5, group_id="pans"),
]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    monkeypatch.setattr("indexer.merge.open_index_encoder", lambda *_: HashEncoder())
    settings = Settings(home=tmp_path)
    index(settings, SHOP)
    return settings


@pytest.fixture
def open_one(settings: Settings) -> Iterator[Callable[[], Searcher]]:
    with ExitStack() as stack:

        def open_and_close_later() -> Searcher:
            searcher = open_searcher(settings)
            stack.callback(searcher.close)
            return searcher

        yield open_and_close_later


def index(settings: Settings, products: list[Product]) -> str:
    generation = index_products(
        products,
        store=EmbeddedStore(settings.home / "index"),
        encoder=HashEncoder(),
        source="test",
        lexicons=LexiconStore(settings),
        journal=open_journal(settings),
        allow_fewer=True,
    )
    return generation.name


def patch(product_id: str, **fields: object) -> Operation:
    return Operation("patch", product_id, fields)


def found(searcher: Searcher, query: str) -> list[str]:
    return [hit.product.product_id for hit in searcher.search(SearchRequest(query=query)).hits]


def suggested_products(searcher: Searcher, typed: str) -> list[str]:
    suggestions = searcher.suggest(SuggestRequest(typed=typed)).suggestions
    return [suggestion.text for suggestion in suggestions if suggestion.kind == "product"]


def price_of(searcher: Searcher, product_id: str) -> int | None:
    product = searcher.product(product_id)
    return None if product is None else product.price_fen


def test_a_change_is_found_at_once_by_who_made_it_and_soon_by_every_other(
    open_one: Callable[[], Searcher],
) -> None:
    searcher, other = open_one(), open_one()
    [outcome] = searcher.update([patch("cup", price_fen=990)])
    assert outcome.status == "updated"
    assert price_of(searcher, "cup") == 990
    other.refresh()
    assert price_of(other, "cup") == 990


def test_a_new_title_is_found_by_its_words_and_the_old_one_no_more(open_one: Callable[[], Searcher]) -> None:
    searcher = open_one()
    assert found(searcher, "马克杯") == ["cup"]
    searcher.update([patch("cup", title="蓝色保温壶")])
    assert found(searcher, "保温壶") == ["cup"]
    assert "cup" not in found(searcher, "红色马克杯")


def test_what_is_deleted_or_off_is_found_no_more_and_what_is_new_is(open_one: Callable[[], Searcher]) -> None:
    searcher = open_one()
    searcher.update(
        [
            Operation("delete", "cup", {}),
            patch("bowl", status="off"),
            Operation("put", "jar", {"title": "玻璃密封罐", "price_fen": 1500}),
        ]
    )
    assert found(searcher, "马克杯") == found(searcher, "汤碗") == []
    assert found(searcher, "密封罐") == ["jar"]
    assert searcher.product("jar") == Product("jar", "玻璃密封罐", price_fen=1500)
    assert searcher.stored(["bowl"])["bowl"].status == "off"


def test_facets_and_suggestions_follow(open_one: Callable[[], Searcher]) -> None:
    searcher = open_one()
    searcher.update([patch("cup", brand="山下"), patch("bowl", brand="山下")])
    response = searcher.search(SearchRequest(query="", facets=("brand",)))
    assert [(value.value, value.count) for value in response.facets["brand"]] == [("山下", 2)]
    assert suggested_products(searcher, "马克") == ["红色马克杯"]
    searcher.update([Operation("delete", "cup", {})])
    assert suggested_products(searcher, "马克") == []


def test_a_variant_moves_to_another_group_and_its_old_one_has_it_no_more(
    open_one: Callable[[], Searcher],
) -> None:
    searcher = open_one()
    assert [variant.product_id for variant in searcher.variants("pan")] == ["pan", "pan-2"]
    searcher.update([patch("pan-2", group_id="cups"), patch("cup", group_id="cups")])
    assert searcher.variants("pan") == []
    assert [variant.product_id for variant in searcher.variants("cup")] == ["cup", "pan-2"]


def test_a_catalog_replaces_what_changed_before_it_and_keeps_what_changes_while_it_is_indexed(
    settings: Settings, open_one: Callable[[], Searcher]
) -> None:
    searcher = open_one()
    searcher.update([patch("cup", price_fen=1), patch("bowl", price_fen=1)])

    def products() -> Iterator[Product]:
        yield from SHOP
        # The catalog has been read, the new index is being built.
        searcher.update([patch("cup", price_fen=777), patch("pan", stock=0)])

    index(settings, products())  # type: ignore[arg-type]
    searcher.refresh()
    assert searcher.generation().name == "gen-2"  # type: ignore[union-attr]
    assert (price_of(searcher, "cup"), price_of(searcher, "bowl")) == (777, 990)
    assert searcher.stored(["pan"])["pan"].stock == 0


def test_a_rollback_keeps_the_prices_of_the_week(
    settings: Settings, open_one: Callable[[], Searcher]
) -> None:
    searcher = open_one()
    searcher.update([patch("cup", price_fen=500)])
    index(settings, [Product("cup", "红色马克杯", price_fen=600)])
    searcher.refresh()
    searcher.update([patch("cup", price_fen=700)])
    roll_back(EmbeddedStore(settings.home / "index"))
    searcher.refresh()
    assert (price_of(searcher, "cup"), price_of(searcher, "bowl")) == (700, 990)


def test_a_merge_is_the_same_shop_without_changes_over_it_and_is_no_step_back(
    settings: Settings, open_one: Callable[[], Searcher]
) -> None:
    index(settings, SHOP)
    searcher = open_one()
    searcher.update([patch("cup", title="蓝色保温壶"), Operation("delete", "bowl", {})])
    assert searcher.superfluous_rows() == (3, 5)
    merged = merge_changes(settings)
    assert merged is not None
    assert (merged.name, merged.documents, merged.merges, merged.replaces) == ("gen-3", 3, "gen-2", "gen-1")
    searcher.refresh()
    assert searcher.superfluous_rows() == (0, 3)
    assert found(searcher, "保温壶") == ["cup"]
    assert searcher.known(["bowl"]) == set()
    assert merge_changes(settings) is None
    after, _ = roll_back(EmbeddedStore(settings.home / "index"))
    assert after.name == "gen-1"


def test_changes_that_no_kept_generation_needs_are_forgotten(
    settings: Settings, open_one: Callable[[], Searcher]
) -> None:
    searcher = open_one()
    journal = open_journal(settings)
    for price in range(1, 5):
        searcher.update([patch("cup", price_fen=price)])
        index(settings, SHOP)
        searcher.refresh()
    assert [change.sequence for change in journal.after(0)] == [3, 4]
    journal.close()


def test_an_index_that_was_deleted_begins_behind_the_changes_of_the_one_before(
    settings: Settings, open_one: Callable[[], Searcher]
) -> None:
    searcher = open_one()
    searcher.update([patch("cup", price_fen=1)])
    index(settings, SHOP)
    journal_path(settings.home).unlink()
    again = open_one()
    [outcome] = again.update([patch("cup", price_fen=2)])
    assert (outcome.status, price_of(again, "cup")) == ("updated", 2)
    assert again._index.require().engine.count([Filters()]) == [3]
