"""Changes of products on every way to an open index: accepted, followed, caught up and rolled back to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from indexer.build import index_products
from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.change_writer import ChangeWriter
from shangsou.engines.engine import Document, GenerationStore
from shangsou.engines.generations import roll_back
from shangsou.engines.query import CandidateSet, Filters
from shangsou.engines.stores import open_store
from shangsou.errors import EngineUnavailable
from shangsou.product import Product
from shangsou.search.service import live_index
from shangsou.search.service.live_index import LiveIndex
from shangsou.settings import Settings
from shangsou.updates.journals import open_journal
from shangsou.updates.operation import Operation, OperationKind
from tests.engines.catalog import page_ids
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.searchapi import wait_until

RED = Product("red", "red shoe", price_fen=300, group_id="shoe")
BLUE = Product("blue", "blue shoe", price_fen=200, group_id="shoe")
HAT = Product("hat", "red hat", price_fen=100)
EVERYTHING = CandidateSet(Filters(), match_all=True, collapse=False)
NewIndex = Callable[[], LiveIndex]


def change(product_id: str, kind: OperationKind = "patch", **fields: object) -> Operation:
    return Operation(kind, product_id, fields)


@pytest.fixture
def store(engine_settings: Settings) -> GenerationStore:
    return open_store(engine_settings)


@pytest.fixture
def new_index(engine_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewIndex]:
    """A function that opens what is current, as another process does."""
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    with ExitStack() as stack:

        def opened() -> LiveIndex:
            journal = open_journal(engine_settings)
            stack.callback(journal.close)
            index = LiveIndex(engine_settings, open_store(engine_settings), journal)
            index.follow()
            return index

        yield opened


def build(store: GenerationStore, *products: Product) -> None:
    index_products(products, store=store, encoder=HashEncoder(), source="test")


def prices(index: LiveIndex) -> dict[str, int | None]:
    engine = index.require().engine
    found = engine.products(page_ids(engine, EVERYTHING))
    return {product.product_id: product.price_fen for product in found}


def outcomes(index: LiveIndex, *operations: Operation) -> list[str]:
    return [outcome.status for outcome in index.update(operations)]


def test_what_one_process_accepts_every_process_finds(store: GenerationStore, new_index: NewIndex) -> None:
    build(store, RED, BLUE, HAT)
    first, second = new_index(), new_index()
    cap = change("cap", "upsert", title="cap", price_fen=9)
    assert outcomes(first, change("hat", price_fen=150), cap) == ["updated", "inserted"]
    second.follow_changes()
    # And an answer to it, which must see it whether it was followed or not.
    assert outcomes(second, change("red", "delete"), change("cap", price_fen=10)) == ["deleted", "updated"]
    first.follow_changes()
    expected = {"blue": 200, "hat": 150, "cap": 10}
    assert prices(first) == prices(second) == prices(new_index()) == expected


def test_a_product_that_is_being_deleted_is_not_changed(store: GenerationStore, new_index: NewIndex) -> None:
    build(store, RED, HAT)
    first, second = new_index(), new_index()
    assert outcomes(first, change("red", "delete"), change("red", price_fen=1)) == ["deleted", "not_found"]
    # The other process has not followed yet.
    assert outcomes(second, change("red", price_fen=1), change("red", "delete")) == ["not_found", "not_found"]
    assert prices(second) == {"hat": 100}


def test_a_change_that_was_accepted_and_not_written_is_caught_up(
    engine_settings: Settings, store: GenerationStore, new_index: NewIndex
) -> None:
    build(store, RED, BLUE, HAT)
    running = new_index()
    # The process is killed between the two.
    with open_journal(engine_settings).writing() as writer:
        writer.append([change("hat", price_fen=120), change("blue", "delete")])
    running.follow_changes()
    assert prices(running) == prices(new_index()) == {"red": 300, "hat": 120}
    assert running.require().engine.sequence == 2


def test_a_rollback_and_a_new_generation_have_the_changes_behind_their_own(
    engine_settings: Settings, store: GenerationStore, new_index: NewIndex
) -> None:
    build(store, RED, HAT)
    index = new_index()
    index.update([change("hat", price_fen=110)])
    # A catalog that holds that price, and a new product.
    with store.writer(index.require().engine.generation.recipe, "test", sequence=1) as writer:
        contents = [RED, Product("hat", "red hat", price_fen=115), Product("cap", "cap", price_fen=9)]
        vectors = HashEncoder().encode([product.title for product in contents])
        writer.add([Document(product, vector) for product, vector in zip(contents, vectors, strict=True)])
        generation = writer.finish()
        store.switch(generation.name)
    index.follow()
    assert prices(index) == {"red": 300, "hat": 115, "cap": 9}
    index.update([change("red", price_fen=333), change("cap", price_fen=8)])
    roll_back(store)
    index.follow()
    # Of the cap, which the old generation has never had, there is only a price.
    assert prices(index) == prices(new_index()) == {"red": 333, "hat": 110}
    assert index.require().engine.sequence == 3


@pytest.mark.parametrize(
    "engine_settings", [pytest.param("elastic", marks=pytest.mark.elastic)], indirect=True
)
def test_what_a_process_wrote_by_half_is_written_in_full_by_the_next(
    store: GenerationStore, new_index: NewIndex
) -> None:
    build(store, RED, BLUE, HAT)
    dying, next_one = new_index(), new_index()
    # The list price is none beside the price of the first change, and would be beside that of the second.
    changes = [
        change("red", price_fen=400, list_price_fen=350),
        change("red", price_fen=100),
        change("blue", title="green shoe", group_id="other"),
        change("hat", "delete"),
    ]
    send = ChangeWriter._send
    with pytest.MonkeyPatch.context() as patch:

        def send_products_alone(self: ChangeWriter, items: list[list[bytes]], **_: object) -> None:
            send(self, items[:3], refresh=False)
            raise KeyboardInterrupt

        patch.setattr(ChangeWriter, "_send", send_products_alone)
        with pytest.raises(KeyboardInterrupt):
            dying.update(changes)
    next_one.follow_changes()
    assert prices(next_one) == {"red": 100, "blue": 200}
    engine = next_one.require().engine
    stored = engine.stored(["red", "blue"])
    assert (stored["red"].list_price_fen, stored["blue"].title) == (None, "green shoe")
    assert engine.count([Filters(), Filters(contains=("green",))]) == [2, 1]
    assert engine.variants(["red"], 9) == {}
    # By the title that it has now.
    [green] = HashEncoder().encode(["green shoe"])
    assert engine.cosines(green, ["blue"])[0] == pytest.approx(1)
    dying.follow_changes()
    assert prices(dying) == {"red": 100, "blue": 200}


@pytest.mark.parametrize("block", ["write", "read_only_allow_delete"])
@pytest.mark.parametrize(
    "engine_settings", [pytest.param("elastic", marks=pytest.mark.elastic)], indirect=True
)
def test_a_change_while_the_index_may_not_be_written_is_kept_and_found_once_it_may(
    engine_settings: Settings, store: GenerationStore, new_index: NewIndex, block: str
) -> None:
    build(store, RED, BLUE, HAT)
    index, other = new_index(), new_index()
    with closing(ElasticAccess(engine_settings)) as access:
        set_block(access, f"{engine_settings.elastic_index}-1", block, on=True)
        # Durable, in the journal, which may be written.
        [outcome] = index.update([change("hat", price_fen=110)])
        assert outcome.status == "updated"
        assert "changes of products are not searched yet" in index.warning
        # What cannot be decided on what there is now is refused, and not kept.
        with pytest.raises(EngineUnavailable):
            index.update([change("hat", price_fen=120)])
        started = new_index()
        for one in (other, started):
            one.follow()
            assert prices(one) == {"red": 300, "blue": 200, "hat": 100}
            assert "changes of products are not searched yet" in one.warning
        set_block(access, f"{engine_settings.elastic_index}-1", block, on=False)
    for one in (index, other, started):
        wait_until(lambda one=one: is_up_to_date(one), "the change is written")
        assert prices(one) == {"red": 300, "blue": 200, "hat": 110}


def is_up_to_date(index: LiveIndex) -> bool:
    index.follow_changes()
    return not index.warning


def set_block(access: ElasticAccess, index: str, block: str, *, on: bool) -> None:
    access.client.indices.put_settings(index=index, settings={f"index.blocks.{block}": on or None})
