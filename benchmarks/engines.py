"""Settings for the benchmarks that compare both engines over one catalog."""

from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.run_program import run
from shangsou.settings import Settings


def engine_settings(data: Path, elastic_url: str) -> dict[str, Settings]:
    """Return settings for `embedded` and `elastic`, each with the real catalog indexed and force-merged."""
    engines = {
        "embedded": Settings(engine="embedded"),
        "elastic": Settings(engine="elastic", elastic_url=elastic_url, elastic_timeout_s=60),
    }
    for settings in engines.values():
        if not run("generations", **environment(settings))["generations"]:
            run("index", str(data / "catalog.tsv.gz"), **environment(settings))
    with Elasticsearch(elastic_url, request_timeout=600) as client:
        client.indices.forcemerge(index=engines["elastic"].elastic_index, max_num_segments=1)
    return engines


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables of these settings, for a subprocess."""
    return {
        "SHANGSOU_ENGINE": settings.engine,
        "SHANGSOU_ELASTIC_URL": settings.elastic_url,
        "SHANGSOU_ELASTIC_TIMEOUT_S": str(settings.elastic_timeout_s),
    }
