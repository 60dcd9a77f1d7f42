"""Open the store of the engine that the settings name."""

from shangsou.engines.engine import GenerationStore
from shangsou.settings import Settings


def open_store(settings: Settings) -> GenerationStore:
    """Return the generation store of the engine in the settings; nothing is read or connected yet."""
    if settings.engine == "elastic":
        from shangsou.engines.elastic.access import ElasticAccess
        from shangsou.engines.elastic.mapping import IndexOptions
        from shangsou.engines.elastic.store import ElasticStore

        options = IndexOptions(settings.elastic_shards, settings.elastic_replicas, settings.elastic_vectors)
        return ElasticStore(ElasticAccess(settings), options)
    from shangsou.engines.embedded.store import EmbeddedStore

    return EmbeddedStore(settings.home / "index")
