"""Generations of both engines: written beside the current one, switched to, kept, rolled back to."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shangsou.engines.engine import GenerationStore, LiveEngine
from shangsou.engines.generations import roll_back
from shangsou.engines.query import CandidateSet, Filters, Page
from shangsou.errors import DamagedIndex, IndexBusy, NoIndex, UnusableInput
from shangsou.product import Product
from tests.engines.catalog import EAST, RECIPE, documents, index, page_ids

EVERYTHING = CandidateSet(Filters(), match_all=True)
PAGE = Page("relevance", 0, 10)


def write(store: GenerationStore, *product_ids: str) -> str:
    """Write a generation of these products without switching to it."""
    with store.writer(RECIPE, "by hand") as writer:
        writer.add(documents(Product(product_id, "thing") for product_id in product_ids))
        return writer.finish().name


def fail_halfway(store: GenerationStore) -> None:
    with store.writer(RECIPE, "by hand") as writer:
        writer.add(documents([Product("new", "thing")]))
        raise RuntimeError("halfway")


def fail_after_finishing(store: GenerationStore, *, switch: bool) -> None:
    with store.writer(RECIPE, "by hand") as writer:
        writer.add(documents([Product("new", "thing")]))
        name = writer.finish().name
        if switch:
            store.switch(name)
        raise RuntimeError("a check failed")


def test_an_empty_store_has_no_generation(store: GenerationStore) -> None:
    assert store.current() is None
    assert store.generations() == []
    with pytest.raises(NoIndex, match="shangsou index"):
        store.open()
    with pytest.raises(NoIndex):
        store.open("gen-1")


def test_a_generation_is_seen_only_once_it_is_switched_to(store: GenerationStore) -> None:
    name = write(store, "a")
    assert store.current() is None
    assert [(one.name, one.current) for one in store.generations()] == [("gen-1", False)]
    store.switch(name)
    assert store.current() == "gen-1"
    assert [(one.name, one.current) for one in store.generations()] == [("gen-1", True)]
    assert page_ids(store.open(), EVERYTHING) == ["a"]


def test_a_finished_generation_can_be_read_before_the_switch(store: GenerationStore) -> None:
    index(store, documents([Product("old", "thing")]))
    name = write(store, "new")
    assert page_ids(store.open(name), EVERYTHING) == ["new"]
    assert page_ids(store.open(), EVERYTHING) == ["old"]


def test_a_generation_remembers_what_it_was_made_of(store: GenerationStore) -> None:
    recipe = replace(RECIPE, k1=1.1, precision="int8")
    with store.writer(recipe, "shop.csv, 更多.tsv") as writer:
        writer.add(documents([Product("a", "thing")]))
        writer.add(documents([Product("b", "thing"), Product("c", "thing")]))
        finished = writer.finish()
    [kept] = store.generations()
    assert kept == finished
    assert (kept.name, kept.documents, kept.source) == ("gen-1", 3, "shop.csv, 更多.tsv")
    assert kept.recipe == recipe
    assert kept.created_at.endswith("+00:00")


def test_what_ties_comes_by_its_id_in_whichever_batch_it_was_added(store: GenerationStore) -> None:
    with store.writer(RECIPE, "by hand") as writer:
        writer.add([])
        writer.add(documents([Product("z", "thing"), Product("y", "thing")]))
        writer.add(documents([Product("x", "thing")]))
        store.switch(writer.finish().name)
    assert page_ids(store.open(), EVERYTHING) == ["x", "y", "z"]


def test_a_generation_may_be_empty(store: GenerationStore) -> None:
    index(store, [])
    assert store.open().fetch_page(EVERYTHING, PAGE, []).total == 0


def test_a_search_in_flight_finishes_on_the_generation_it_began_with(store: GenerationStore) -> None:
    index(store, documents([Product("old", "thing")]))
    before = store.open()
    index(store, documents([Product("new", "thing")]))
    assert page_ids(before, EVERYTHING) == ["old"]
    assert page_ids(store.open(), EVERYTHING) == ["new"]


def test_the_last_three_are_kept(store: GenerationStore) -> None:
    for number in range(1, 5):
        index(store, documents([Product(f"p{number}", "thing")]))
    assert [one.name for one in store.generations()] == ["gen-4", "gen-3", "gen-2"]
    with pytest.raises(NoIndex, match="shangsou index"):
        store.open("gen-1")


def test_rolling_back_keeps_the_newer_ones_and_numbers_go_on(store: GenerationStore) -> None:
    for number in range(1, 4):
        index(store, documents([Product(f"p{number}", "thing")]))
    store.switch("gen-1")
    assert store.current() == "gen-1"
    assert page_ids(store.open(), EVERYTHING) == ["p1"]
    assert [(one.name, one.current) for one in store.generations()] == [
        ("gen-3", False),
        ("gen-2", False),
        ("gen-1", True),
    ]
    assert index(store, documents([Product("p4", "thing")])) == "gen-4"
    # Three in all: the new one, the one that was searched until now, and the newest of the others.
    assert [one.name for one in store.generations()] == ["gen-4", "gen-3", "gen-1"]


def test_going_back_leads_to_what_served_before_whatever_was_indexed_in_between(
    store: GenerationStore,
) -> None:
    good = index(store, documents([Product("good", "thing")]))
    bad = index(store, documents([Product("bad", "thing")]))
    after, before = roll_back(store)
    assert (after.name, before and before.name, store.current()) == (good, bad, good)
    next_one = index(store, documents([Product("next", "thing")]))
    # Not to gen-2, which is the one before by its number, and which nobody wanted.
    assert roll_back(store)[0].name == good
    assert (good, bad, next_one) == ("gen-1", "gen-2", "gen-3")
    with pytest.raises(UnusableInput, match="nothing served before gen-1; there are gen-3, gen-2, gen-1"):
        roll_back(store)
    assert roll_back(store, "gen-3")[0].name == "gen-3"
    assert roll_back(store)[0].name == good
    with pytest.raises(UnusableInput, match="there is no generation gen-9"):
        roll_back(store, "gen-9")


def test_what_served_before_outlives_newer_ones_that_nobody_wanted(store: GenerationStore) -> None:
    for name in ("first", "bad"):
        index(store, documents([Product(name, "thing")]))
    roll_back(store)
    for name in ("third", "fourth"):
        index(store, documents([Product(name, "thing")]))
    # gen-4 came after gen-3, that after gen-1; gen-2 served in between and was left.
    assert [one.name for one in store.generations()] == ["gen-4", "gen-3", "gen-1"]
    assert [roll_back(store)[0].name for _ in range(2)] == ["gen-3", "gen-1"]


def test_nobody_goes_back_while_an_indexer_is_at_work(store: GenerationStore) -> None:
    for name in ("old", "new"):
        index(store, documents([Product(name, "thing")]))
    with store.writer(RECIPE, "by hand"), pytest.raises(IndexBusy, match="another indexer"):
        roll_back(store)
    assert store.current() == "gen-2"
    with store.lock(), pytest.raises(IndexBusy, match="another indexer"), store.writer(RECIPE, "by hand"):
        pytest.fail("an indexer began while somebody went back")
    assert roll_back(store)[0].name == "gen-1"


def test_the_last_generation_of_the_old_size_outlives_many_small_ones(store: GenerationStore) -> None:
    index(store, documents(Product(f"p{number}", "thing") for number in range(3)))
    for _ in range(4):
        index(store, documents([Product("alone", "thing")]))
    assert [one.name for one in store.generations()] == ["gen-5", "gen-4", "gen-3", "gen-1"]
    index(store, documents(Product(f"p{number}", "thing") for number in range(2)))
    # Three are not more than twice two.
    assert [one.name for one in store.generations()] == ["gen-6", "gen-5", "gen-4"]


def test_the_one_of_the_old_size_stays_however_many_go_at_once(store: GenerationStore) -> None:
    for size in (20, 1, 5, 4):
        index(store, documents(Product(f"p{number}", "thing") for number in range(size)))
    assert [one.name for one in store.generations()] == ["gen-4", "gen-3", "gen-2", "gen-1"]
    roll_back(store)
    assert roll_back(store)[0].name == "gen-2"
    # Of those more than twice as large as the one of gen-2, the newest stays.
    assert [one.name for one in store.generations()] == ["gen-4", "gen-3", "gen-2", "gen-1"]


def test_a_sample_shop_does_not_stay_for_its_size(store: GenerationStore) -> None:
    many = documents(Product(f"p{number}", "thing") for number in range(3))
    index(store, many, source="sample shop 3dd644d3")
    for _ in range(3):
        index(store, documents([Product("alone", "thing")]))
    assert [one.name for one in store.generations()] == ["gen-4", "gen-3", "gen-2"]


def test_only_a_generation_can_be_switched_to(store: GenerationStore) -> None:
    index(store, documents([Product("a", "thing")]))
    with pytest.raises(UnusableInput, match="gen-7"):
        store.switch("gen-7")
    assert store.current() == "gen-1"


def test_a_writer_that_fails_leaves_no_trace(store: GenerationStore) -> None:
    index(store, documents([Product("old", "thing")]))
    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway(store)
    assert [one.name for one in store.generations()] == ["gen-1"]
    assert page_ids(store.open(), EVERYTHING) == ["old"]
    assert index(store, documents([Product("newer", "thing")])) == "gen-2"


def test_a_writer_that_is_left_without_finishing_leaves_no_trace(store: GenerationStore) -> None:
    with store.writer(RECIPE, "by hand") as writer:
        writer.add(documents([Product("new", "thing")]))
    assert store.generations() == []


def test_a_finished_generation_that_fails_its_check_is_removed(store: GenerationStore) -> None:
    index(store, documents([Product("old", "thing")]))
    with pytest.raises(RuntimeError, match="check"):
        fail_after_finishing(store, switch=False)
    assert [one.name for one in store.generations()] == ["gen-1"]
    with pytest.raises(NoIndex):
        store.open("gen-2")


def test_a_generation_that_is_current_stays_whatever_fails_afterwards(store: GenerationStore) -> None:
    with pytest.raises(RuntimeError, match="check"):
        fail_after_finishing(store, switch=True)
    assert [(one.name, one.current) for one in store.generations()] == [("gen-1", True)]
    assert page_ids(store.open(), EVERYTHING) == ["new"]


def test_only_one_writer_at_a_time(store: GenerationStore) -> None:
    with store.writer(RECIPE, "the first") as first:
        with pytest.raises(IndexBusy, match="another indexer"), store.writer(RECIPE, "the second"):
            pytest.fail("two writers at once")
        first.add(documents([Product("a", "thing")]))
        first.finish()
    assert [one.source for one in store.generations()] == ["the first"]
    assert write(store, "b") == "gen-2"


def test_stores_do_not_see_each_other(
    request: pytest.FixtureRequest, store: GenerationStore, new_store: Callable[[str], GenerationStore]
) -> None:
    index(store, documents([Product("a", "thing")]))
    other = new_store("embedded" if "embedded" in request.node.name else "elastic")
    assert other.current() is None
    assert other.generations() == []


def test_what_is_no_plain_text_in_a_product_does_no_harm(store: GenerationStore) -> None:
    odd = Product("odd", "half a pair \ud83d", brand="\x00", category=("", ">"), attributes={"": ("",)})
    index(store, documents([odd, Product("even", "长" * 40_000, brand="长" * 9_000)], EAST))
    assert page_ids(store.open(), EVERYTHING) == ["even", "odd"]


def test_nothing_is_gone_back_to_that_cannot_be_opened(
    store: GenerationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(store, documents([Product("first", "thing")]))
    second = index(store, documents([Product("second", "thing")]))
    opened = store.open

    def refuse(name: str | None = None) -> LiveEngine:
        if name == "gen-1":
            raise DamagedIndex("gen-1", "the home", "cut off")
        return opened(name)

    monkeypatch.setattr(store, "open", refuse)
    with pytest.raises(DamagedIndex):
        roll_back(store)
    assert store.current() == second
