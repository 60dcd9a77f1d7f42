"""Indices, aliases and data streams of others are never read, written, moved or deleted, but named."""

from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch

from shangsou.behaviour.elastic.store import ElasticEventStore
from shangsou.engines.elastic.store import ElasticStore
from shangsou.engines.elastic.writer import generation_to_meta
from shangsou.engines.engine import Generation
from shangsou.engines.generations import roll_back
from shangsou.errors import EventsUnavailable, UnusableInput
from shangsou.product import Product
from tests.engines.catalog import RECIPE, documents, index
from tests.fixtures.behaviour import NOON, event
from tests.fixtures.elastic import elastic_access

pytestmark = pytest.mark.elastic

THINGS = documents([Product("a", "thing")])
Make = Callable[[Elasticsearch, str], object]
# How merchants call what they have, and what they tell of it.
FOREIGN_MAPPINGS = {
    "dynamic": "strict",
    "_meta": {"owner": "orders"},
    "properties": {"sku": {"type": "keyword"}},
}


def create(client: Elasticsearch, index_name: str, *aliases: str) -> None:
    client.indices.create(
        index=index_name, mappings=FOREIGN_MAPPINGS, aliases={alias: {} for alias in aliases}
    )
    client.index(index=index_name, id="1", document={"sku": "A-1"}, refresh=True)


def close(client: Elasticsearch, index_name: str) -> None:
    create(client, index_name)
    client.indices.close(index=index_name)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda client, name: create(client, f"{name}-000001", name), "index {name}-000001"),
        (lambda client, name: create(client, f"{name}-2024"), "index {name}-2024"),
        (lambda client, name: create(client, f"{name}-orders", name), "alias {name} of index {name}-orders"),
        (
            lambda client, name: create(client, f"{name}-orders", f"{name}-write"),
            "alias {name}-write of index {name}-orders",
        ),
        (lambda client, name: create(client, f"{name}-lock"), "index {name}-lock"),
        (lambda client, name: create(client, f"{name}-events-1"), "index {name}-events-1"),
        (lambda client, name: close(client, f"{name}-2024"), "index {name}-2024"),
    ],
    ids=["rollover", "years", "alias", "write alias", "lock", "events", "closed"],
)
def test_what_has_a_name_of_ours_is_named_before_anything_is_done(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str, make: Make, words: str
) -> None:
    make(elastic_client, name)
    before = elastic_client.indices.get(index=f"{name}-*", expand_wildcards="all").body
    for attempt in (
        elastic_store.check_writable,
        lambda: index(elastic_store, THINGS),
        lambda: roll_back(elastic_store),
    ):
        with pytest.raises(UnusableInput) as refused:
            attempt()
        assert str(refused.value).startswith(words.format(name=name) + " at http://")
        assert f"set SHANGSOU_ELASTIC_INDEX to a name that is free, such as {name}-search" in str(
            refused.value
        )
    assert elastic_client.indices.get(index=f"{name}-*", expand_wildcards="all").body == before


def test_a_real_index_in_the_place_of_the_alias_is_named(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    create(elastic_client, name)
    try:
        with pytest.raises(UnusableInput, match=f"index {name} at http"):
            index(elastic_store, THINGS)
        assert elastic_client.count(index=name)["count"] == 1
    finally:
        elastic_client.indices.delete(index=name)


def test_other_names_that_begin_like_ours_are_no_matter(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    create(elastic_client, f"{name}-archive-2024", f"{name}-all")
    assert index(elastic_store, THINGS) == "gen-1"
    for _ in range(4):
        index(elastic_store, THINGS)
    assert elastic_client.count(index=f"{name}-all")["count"] == 1


def test_a_foreign_index_that_comes_later_is_neither_deleted_nor_counted(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    index(elastic_store, THINGS)
    create(elastic_client, f"{name}-2024")
    assert [one.name for one in elastic_store.generations()] == ["gen-1"]
    elastic_store.switch("gen-1")
    assert elastic_client.count(index=f"{name}-2024")["count"] == 1


def test_what_was_made_before_there_was_a_mark_is_still_ours(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    index(elastic_store, THINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shangsou.engines.elastic.writer.MARK", {})
        meta = generation_to_meta(Generation("gen-1", "", 1, RECIPE, "by hand"), complete=True)
    assert "application" not in meta
    elastic_client.indices.put_mapping(index=f"{name}-1", meta=meta)
    elastic_client.indices.put_mapping(index=f"{name}-lock", meta={})
    assert index(elastic_store, THINGS) == "gen-2"
    assert [one.name for one in elastic_store.generations()] == ["gen-2", "gen-1"]


def test_events_are_neither_written_to_nor_read_from_what_others_keep_there(
    elastic_url: str, elastic_client: Elasticsearch, name: str
) -> None:
    create(elastic_client, f"{name}-audit", f"{name}-events")
    store = ElasticEventStore(elastic_access(elastic_url, name))
    for attempt in (
        lambda: store.add([event()]),
        lambda: store.latest("u1", "", 10),
        lambda: list(store.events_of(user_id="u1")),
        lambda: store.forget(user_id="u1"),
        lambda: store.prune(NOON),
    ):
        with pytest.raises(EventsUnavailable, match=f"alias {name}-events of index {name}-audit at http"):
            attempt()
    assert elastic_client.count(index=f"{name}-audit")["count"] == 1
    assert not elastic_client.indices.exists(index=f"{name}-events-1")
    store.close()
