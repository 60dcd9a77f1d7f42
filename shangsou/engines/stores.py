"""Which engine the settings name."""

from shangsou.engines.engine import GenerationStore
from shangsou.settings import Settings


def open_store(settings: Settings) -> GenerationStore:
    """Return the store of the index that the settings name. Connects to nothing yet."""
    if settings.engine == "elastic":
        from shangsou.engines.elastic.store import ElasticStore

        return ElasticStore(
            settings.elastic_url, settings.elastic_index, timeout_s=settings.elastic_timeout_s
        )
    from shangsou.engines.embedded.store import EmbeddedStore

    return EmbeddedStore(settings.home / "index")
