"""Open the event store that the settings name."""

from shangsou.behaviour.store import EventStore
from shangsou.settings import Settings


def open_event_store(settings: Settings) -> EventStore:
    """Return the event store of the engine in the settings; nothing is read or created yet."""
    if settings.engine == "elastic":
        from shangsou.behaviour.elastic.store import ElasticEventStore
        from shangsou.engines.elastic.access import ElasticAccess

        return ElasticEventStore(ElasticAccess(settings))
    from shangsou.behaviour.sqlite.store import SqliteEventStore

    return SqliteEventStore(settings.home / "events" / "events.sqlite")
