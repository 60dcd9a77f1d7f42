"""The stored shop, indexed into Elasticsearch."""

from pathlib import Path

from shangsou.settings import Settings
from tests.answers.home import StoredHome, copy_dictionaries, run_commands
from tests.answers.replay import ADMIN_KEY, SIGNING_SECRET
from tests.fixtures.elastic import TIMEOUT_S


def index_into_elasticsearch(url: str, name: str, home: Path, stored: StoredHome) -> Settings:
    """Index the stored sources under a name, with a new home beside them, and return its settings.

    HNSW graphs differ from one build to the next, and so may the neighbours found in them. Here they have no
    effect: every leg asks for 900 candidates, more than there are products, and has a filter; where a filter
    lets no more products pass than candidates are asked for, Lucene compares them one by one.
    """
    copy_dictionaries(stored.home, home)
    run_commands(
        home,
        stored.sources,
        {
            "SHANGSOU_ENGINE": "elastic",
            "SHANGSOU_ELASTIC_URL": url,
            "SHANGSOU_ELASTIC_INDEX": name,
            "SHANGSOU_ELASTIC_TIMEOUT_S": str(TIMEOUT_S),
        },
    )
    return Settings(
        home=home,
        engine="elastic",
        elastic_url=url,
        elastic_index=name,
        elastic_timeout_s=TIMEOUT_S,
        admin_key=ADMIN_KEY,
        signing_secret=SIGNING_SECRET,
    )
