"""Open the store of the engine that the settings name."""

from shangsou.engines.engine import GenerationStore
from shangsou.settings import Settings


def open_store(settings: Settings) -> GenerationStore:
    """Return the generation store of the engine in the settings; nothing is read or connected yet."""
    if settings.engine == "elastic":
        from shangsou.engines.elastic.access import ElasticAccess
        from shangsou.engines.elastic.store import ElasticStore

        return ElasticStore(ElasticAccess(settings))
    from shangsou.engines.embedded.store import EmbeddedStore

    return EmbeddedStore(settings.home / "index")
