"""The shop of the answers in an Elasticsearch."""

from pathlib import Path

from shangsou.settings import Settings
from tests.answers.answering import KEY
from tests.answers.home import copy_of_what_was_said, fill
from tests.fixtures.elastic import TIMEOUT_S


def index_into_elasticsearch(url: str, name: str, folder: Path, stored: tuple[Path, Path]) -> Settings:
    """Index what a stored home was made of under a name, and return the settings of its server.

    HNSW, built anew each time, finds neighbours that differ from one build to the next. Here it has no say: a
    leg asks for 900 candidates, nine times its hits, which is more than there are products; every leg has a
    filter, and where that lets no more pass than are asked for, Lucene compares them one by one.
    """
    home = folder / "elastic-home"
    copy_of_what_was_said(stored[0], home)
    settings = Settings(
        home=home,
        engine="elastic",
        elastic_url=url,
        elastic_index=name,
        elastic_timeout_s=TIMEOUT_S,
        admin_key=KEY,
    )
    fill(
        home,
        stored[1],
        {
            "SHANGSOU_ENGINE": "elastic",
            "SHANGSOU_ELASTIC_URL": url,
            "SHANGSOU_ELASTIC_INDEX": name,
            "SHANGSOU_ELASTIC_TIMEOUT_S": str(TIMEOUT_S),
        },
    )
    return settings
