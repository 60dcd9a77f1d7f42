"""Where the settings keep events."""

from shangsou.behaviour.store import EventStore
from shangsou.settings import Settings


def open_event_store(settings: Settings) -> EventStore:
    """Return the store of events that goes with the engine in the settings; nothing is read or made yet."""
    if settings.engine == "elastic":
        from shangsou.behaviour.elastic.store import ElasticEventStore

        return ElasticEventStore(settings.elastic_url, settings.elastic_index, settings.elastic_timeout_s)
    from shangsou.behaviour.sqlite.store import SqliteEventStore

    return SqliteEventStore(settings.home / "events" / "events.sqlite")
