"""Events in an Elasticsearch that does not answer."""

import pytest

from shangsou.behaviour.elastic.store import ElasticEventStore
from shangsou.errors import EventsUnavailable
from tests.fixtures.behaviour import NOON, event
from tests.fixtures.elastic import elastic_access


def test_every_method_reports_a_server_that_is_down(silent_port: int):
    store = ElasticEventStore(elastic_access(f"http://user:secret@127.0.0.1:{silent_port}", timeout_s=1))
    for ask in (
        lambda: store.add([event(user="u")]),
        lambda: store.shopper("u", ""),
        lambda: store.latest("u", "s", 10),
        lambda: list(store.events_of("u")),
        lambda: list(store.scan(NOON)),
        lambda: store.forget("u"),
        lambda: store.opt_out("u", opted_out=True),
        lambda: store.opted_out(["u"]),
        lambda: store.flag(["u"], []),
        lambda: store.prune(NOON),
    ):
        with pytest.raises(EventsUnavailable, match="does not answer") as raised:
            ask()
        assert "secret" not in str(raised.value)
    store.close()
