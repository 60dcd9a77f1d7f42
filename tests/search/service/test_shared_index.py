"""Servers with homes of their own search one index in Elasticsearch alike."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.build import index_products
from shangsou.engines.stores import open_store
from shangsou.errors import EngineUnavailable
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.service import live_index
from shangsou.search.service.searcher import Searcher
from shangsou.settings import Settings
from tests.fixtures.elastic import TIMEOUT_S
from tests.fixtures.hash_encoder import HashEncoder

pytestmark = pytest.mark.elastic

# Enough of them that a word that none holds is more likely a slip.
DRESSES = [
    Product(f"dress-{colour}-{fabric}", f"{colour}{fabric}连衣裙", attributes={"颜色": (colour,)})
    for colour in ("红色", "蓝色", "白色", "黑色", "绿色")
    for fabric in ("雪纺", "棉麻", "真丝", "蕾丝", "针织", "牛仔")
]


@pytest.fixture
def settings_of(
    tmp_path: Path, elastic_url: str, elastic_name: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Settings]:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    name = elastic_name()

    def settings(server: str) -> Settings:
        return Settings(
            home=tmp_path / server,
            engine="elastic",
            elastic_url=elastic_url,
            elastic_index=name,
            elastic_timeout_s=TIMEOUT_S,
        )

    return settings


@pytest.fixture
def searcher_of(settings_of: Callable[[str], Settings]) -> Iterator[Callable[[str], Searcher]]:
    with ExitStack() as stack:

        def open_one(server: str) -> Searcher:
            settings = settings_of(server)
            # Not followed: each test says when it looks.
            searcher = Searcher(settings, open_store(settings))
            searcher.refresh()
            stack.callback(searcher.close)
            return searcher

        yield open_one


def index(settings: Settings, products: Sequence[Product], *, with_lexicon: bool = True) -> None:
    lexicons = LexiconStore(settings) if with_lexicon else None
    index_products(
        products, store=open_store(settings), encoder=HashEncoder(), source="test", lexicons=lexicons
    )


def found(searcher: Searcher, query: str) -> tuple[str | None, int]:
    response = searcher.search(SearchRequest(query))
    return response.correction.query if response.correction else None, response.total


def test_a_server_with_an_empty_home_corrects_and_suggests_as_that_which_indexed(
    settings_of: Callable[[str], Settings], searcher_of: Callable[[str], Searcher]
) -> None:
    index(settings_of("north"), DRESSES)
    north, south = searcher_of("north"), searcher_of("south")
    assert south.missing() == []
    assert found(south, "雪纺连依裙") == found(north, "雪纺连依裙") == ("雪纺连衣裙", 5)
    suggested = [one.suggest(SuggestRequest("连")).suggestions for one in (south, north)]
    assert suggested[0] == suggested[1] != ()


def test_synonyms_that_are_written_on_one_server_count_on_the_other(
    settings_of: Callable[[str], Settings], searcher_of: Callable[[str], Searcher]
) -> None:
    index(settings_of("north"), DRESSES)
    north, south = searcher_of("north"), searcher_of("south")
    assert found(south, "小仙女装")[1] == 0
    (settings_of("north").home / "synonyms.txt").write_text("小仙女装, 连衣裙\n", "utf-8")
    north.refresh()
    south.refresh()
    assert found(south, "小仙女装")[1] == found(north, "小仙女装")[1] == 30


def test_until_the_lexicon_is_there_searches_and_readiness_say_so(
    settings_of: Callable[[str], Settings], searcher_of: Callable[[str], Searcher]
) -> None:
    index(settings_of("north"), DRESSES, with_lexicon=False)
    south = searcher_of("south")
    assert [message.partition(":")[0] for message in south.missing()] == ["lexicon"]
    response = south.search(SearchRequest("连衣裙"))
    assert [one.part for one in response.degraded] == ["lexicon"]
    assert response.total == 30


def test_an_index_that_was_deleted_and_built_again_under_its_name_is_followed(
    settings_of: Callable[[str], Settings],
    searcher_of: Callable[[str], Searcher],
    elastic_client: Elasticsearch,
) -> None:
    index(settings_of("north"), DRESSES)
    south = searcher_of("south")
    name = settings_of("north").elastic_index
    elastic_client.indices.delete(index=f"{name}-1")
    umbrellas = [Product(f"umbrella-{number}", f"{word}折叠雨伞") for number, word in enumerate("红蓝白黑绿")]
    index(settings_of("north"), umbrellas)
    south.refresh()
    assert south.missing() == []
    assert south.generation().name == "gen-1"  # type: ignore[union-attr]
    assert found(south, "折叠雨傘")[1] == 5
    assert found(south, "连衣裙")[1] == 0


def test_an_alias_that_points_to_two_indices_is_refused_in_words(
    settings_of: Callable[[str], Settings],
    searcher_of: Callable[[str], Searcher],
    elastic_client: Elasticsearch,
) -> None:
    index(settings_of("north"), DRESSES)
    index(settings_of("north"), DRESSES)
    name = settings_of("north").elastic_index
    elastic_client.indices.put_alias(index=f"{name}-1", name=name)
    south = searcher_of("south")
    with pytest.raises(EngineUnavailable, match=f"points to {name}-1 and {name}-2"):
        south.search(SearchRequest("连衣裙"))
    assert south.missing() == ["the search engine does not answer"]


def test_an_alias_of_somebody_else_is_refused_in_words(
    settings_of: Callable[[str], Settings],
    searcher_of: Callable[[str], Searcher],
    elastic_client: Elasticsearch,
) -> None:
    name = settings_of("north").elastic_index
    elastic_client.indices.create(index=f"{name}-theirs", aliases={name: {}})
    south = searcher_of("south")
    with pytest.raises(EngineUnavailable, match=f"is {name}-theirs, which is no generation of shangsou"):
        south.search(SearchRequest("连衣裙"))
    assert south.missing() == ["the search engine does not answer"]
