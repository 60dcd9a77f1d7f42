"""Events in an Elasticsearch: what it holds of who was forgotten, and one that does not answer."""

from collections.abc import Callable
from typing import Any

import pytest

from shangsou.behaviour.elastic.documents import document_id
from shangsou.behaviour.elastic.store import ElasticEventStore
from shangsou.engines.elastic.mapping import read_mapping
from shangsou.errors import EventsUnavailable
from tests.fixtures.behaviour import NOON, event
from tests.fixtures.elastic import elastic_access


@pytest.mark.elastic
def test_of_who_is_forgotten_no_id_is_kept(elastic_url: str, elastic_name: Callable[[], str]):
    name = elastic_name()
    store = ElasticEventStore(elastic_access(elastic_url, name))
    store.add([event(user="13800138000"), event(session="a-lone-session"), event(user="here")])
    store.forget(user_id="13800138000")
    store.forget(session_id="a-lone-session")
    access = elastic_access(elastic_url, name)

    def kept() -> list[dict[str, Any]]:
        access.client.indices.refresh(index=f"{name}-*")
        found = access.client.search(index=[f"{name}-events", f"{name}-shoppers"], size=100)
        return [hit["_source"] for hit in found["hits"]["hits"]]

    assert "13800138000" not in str(kept())
    assert "a-lone-session" not in str(kept())
    # As an earlier version left it.
    gone = next(one for one in kept() if one.get("forgotten_us") and one["kind"] == "user")
    kept_id = document_id("13800138000", "user")
    access.client.index(index=f"{name}-shoppers", id=kept_id, document={**gone, "id": "13800138000"})
    assert "13800138000" in str(kept())
    store.prune(NOON)
    assert "13800138000" not in str(kept())
    assert "here" in str(kept())
    access.close()
    store.close()


@pytest.mark.elastic
def test_an_index_without_the_newest_field_gets_it_and_keeps_what_it_holds(
    elastic_url: str, elastic_name: Callable[[], str]
):
    name = elastic_name()
    access = elastic_access(elastic_url, name)
    body = read_mapping("shoppers.json")
    del body["mappings"]["properties"]["marketing_refused"]
    access.client.indices.create(index=f"{name}-shoppers-1", aliases={f"{name}-shoppers": {}}, **body)
    opted_out = {"kind": "user", "id": "out", "opted_out": True}
    access.client.index(index=f"{name}-shoppers", id=document_id("out", "user"), document=opted_out)
    store = ElasticEventStore(elastic_access(elastic_url, name))
    assert store.marketing_refused(["out", "u"]) == set()
    assert store.prune(NOON) == 0
    store.refuse_marketing("u", refused=True)
    assert store.marketing_refused(["out", "u"]) == {"u"}
    assert store.opted_out(["out", "u"]) == {"out"}
    access.close()
    store.close()


def test_every_method_reports_a_server_that_is_down(silent_port: int):
    store = ElasticEventStore(elastic_access(f"http://user:secret@127.0.0.1:{silent_port}", timeout_s=1))
    for ask in (
        lambda: store.add([event(user="u")]),
        lambda: store.shopper("u", ""),
        lambda: store.latest("u", "s", 10),
        lambda: list(store.events_of("u")),
        lambda: list(store.scan(NOON)),
        lambda: store.forget("u"),
        lambda: store.forgotten(["u"]),
        lambda: store.opt_out("u", opted_out=True),
        lambda: store.opted_out(["u"]),
        lambda: store.refuse_marketing("u", refused=True),
        lambda: store.marketing_refused(["u"]),
        lambda: store.flag(["u"], []),
        lambda: store.prune(NOON),
    ):
        with pytest.raises(EventsUnavailable, match="does not answer") as raised:
            ask()
        assert "secret" not in str(raised.value)
    store.close()
