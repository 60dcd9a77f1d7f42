"""`shangsou attach` where servers share files in Elasticsearch: each pass has them, and hands on its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shangsou.search.ranking.dictionaries import SYNONYMS_FILE
from shangsou.search.service.home_sync import shared_home
from shangsou.settings import read_settings
from tests.fixtures.attached import MAP, Merchant, document
from tests.fixtures.indexer import IndexerHome

pytestmark = [pytest.mark.elastic, pytest.mark.usefixtures("offline", "offline_changes")]

FOLLOW = ["--follow", "updated_at"]
SYNONYMS = "水杯, 马克杯\n"


@pytest.fixture
def name(
    home: IndexerHome,
    merchant: Merchant,
    elastic_name: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The name of the shop's own index, which is in the Elasticsearch of the merchant."""
    name = elastic_name()
    monkeypatch.setenv("SHANGSOU_HOME", str(home.folder))
    monkeypatch.setenv("SHANGSOU_ENGINE", "elastic")
    monkeypatch.setenv("SHANGSOU_ELASTIC_URL", merchant.url)
    monkeypatch.setenv("SHANGSOU_ELASTIC_INDEX", name)
    monkeypatch.setenv("SHANGSOU_ELASTIC_TIMEOUT_S", "30")
    return name


@pytest.mark.usefixtures("name")
def test_each_pass_of_one_that_keeps_running_has_the_files_as_they_are_then(
    home: IndexerHome, merchant: Merchant, tmp_path: Path
) -> None:
    other = read_settings().model_copy(update={"home": tmp_path / "other"})
    with home.start("attach", "--index", merchant.index, *MAP, *FOLLOW, "--every", "0.2") as process:
        assert process.stdout is not None
        assert any("products serve as gen-1" in line for line in process.stdout)
        with shared_home(other):
            (other.home / SYNONYMS_FILE).write_text(SYNONYMS, "utf-8")
        merchant.write({"d1": document(1, 20, name="青花瓷汤碗")})
        assert any("1 products updated" in line for line in process.stdout)
        assert (home.folder / SYNONYMS_FILE).read_text("utf-8") == SYNONYMS
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


def test_nothing_is_handed_on_where_others_have_an_index_of_that_name(
    home: IndexerHome, merchant: Merchant, name: str
) -> None:
    home.folder.mkdir()
    (home.folder / SYNONYMS_FILE).write_text(SYNONYMS, "utf-8")
    merchant.client.indices.create(index=f"{name}-2024")
    refused = home.run("attach", "--index", merchant.index, *MAP, *FOLLOW)
    assert refused.code == 2
    assert f"index {name}-2024 at {merchant.url}" in refused.err
    found = merchant.client.indices.get(index=f"{name}*", expand_wildcards="all")
    # The merchant's index has a name of its own.
    assert list(found.body) == [f"{name}-2024"]
