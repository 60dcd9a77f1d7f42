"""Open the store of the engine that the settings name."""

from shangsou.engines.engine import GenerationStore
from shangsou.settings import Settings


def open_store(settings: Settings) -> GenerationStore:
    """Return the generation store of the engine in the settings; nothing is read or connected yet."""
    if settings.engine == "elastic":
        from shangsou.engines.elastic.store import ElasticStore

        return ElasticStore(settings.elastic_url, settings.elastic_index, settings.elastic_timeout_s)
    from shangsou.engines.embedded.store import EmbeddedStore

    return EmbeddedStore(settings.home / "index")
