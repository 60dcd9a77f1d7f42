"""Searches of shoppers with a history, over a small embedded index: another order, the same found set."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shangsou.behaviour.history import History
from shangsou.encoding.product_texts import title_text
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document, Engine
from shangsou.engines.query import CandidateSet, FacetRequest, Page, ResultPage
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.ranker_store import save_ranker
from shangsou.search.personal.rerank import Personalizer
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse, response_to_json
from shangsou.search.search import search
from shangsou.search.service import live_index
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder
from tests.recommend.test_recommender import Counting
from tests.search.personal.test_ranker import HAND_MADE
from tests.search.personal.trouser_catalog import click

RECIPE = IndexRecipe("hash-encoder", HashEncoder.stamp.model_hash, DIMENSIONS, "float32")
# 140 pairs of trousers, which is more than a leg's hundred; every tenth is by 南极人.
TROUSERS = [
    Product(f"t{n}", f"长裤 第{n}号", brand="南极人" if n % 10 == 9 else f"牌子{n}", price_fen=10000 + n)
    for n in range(140)
]
HISTORY = History(tuple(click(f"t{n}") for n in (129, 119, 109, 99)))
Find = Callable[..., SearchResponse]


def _index(folder: Path) -> EmbeddedStore:
    store = EmbeddedStore(folder)
    with store.writer(RECIPE, "test") as writer:
        titles = HashEncoder().encode([title_text(product) for product in TROUSERS])
        writer.add([Document(product, title) for product, title in zip(TROUSERS, titles, strict=True)])
        store.switch(writer.finish().name)
    return store


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return _index(tmp_path_factory.mktemp("index")).open()


@pytest.fixture
def find(engine: Engine) -> Find:
    def run(history: History = HISTORY, impact: float = 1.0, **options: object) -> SearchResponse:
        recipe = replace(default_ranking(), personal_impact=impact)
        personalizer = Personalizer(default_ranker(), Popularity(), TraitReader(engine))
        asked = SearchRequest("长裤", facets=("brand", "price"), **options)  # type: ignore[arg-type]
        return search(asked, SearchContext(engine, HashEncoder(), recipe, None, history, personalizer))

    return run


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def without_ids_and_times(response: SearchResponse) -> dict[str, object]:
    plain = response_to_json(response)
    applied = dict(plain["applied"])  # type: ignore[call-overload]
    return plain | {"query_id": "", "took_ms": 0, "applied": applied | {"history": 0}}


def test_the_brand_that_a_shopper_keeps_buying_comes_up_and_says_why(find: Find) -> None:
    plain, personal = find(History()), find()
    assert sum(hit.product.brand == "南极人" for hit in plain.hits[:10]) < 5
    loved = [hit for hit in personal.hits[:10] if hit.product.brand == "南极人"]
    # No more than half of a page goes to one brand.
    assert len(loved) == 5
    assert {hit.why for hit in loved} == {"您常看 南极人"}
    assert {hit.why for hit in plain.hits} == {""}
    assert personal.applied["ranker"] == "default"


def test_what_was_found_and_its_facets_stay_as_they_are(find: Find) -> None:
    plain, personal = find(History()), find()
    assert personal.total == plain.total == 140
    assert personal.facets == plain.facets


def test_facets_are_counted_over_the_set_of_the_page_itself(
    engine: Engine, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[CandidateSet, list[CandidateSet]]] = []
    fetch_page = engine.fetch_page

    def watched(candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]) -> ResultPage:
        asked.append((candidate_set, [facet.candidate_set for facet in facets]))
        return fetch_page(candidate_set, page, facets)

    monkeypatch.setattr(engine, "fetch_page", watched)
    find()
    [(candidate_set, counted)] = asked
    assert counted == [candidate_set, candidate_set]


def test_all_pages_together_hold_each_found_product_once(find: Find) -> None:
    pages = [product_id for page in range(1, 8) for product_id in ids(find(page=page, size=20))]
    assert sorted(pages) == sorted(product.product_id for product in TROUSERS)


def test_without_impact_or_history_the_answer_is_the_plain_one_byte_by_byte(find: Find) -> None:
    plain, without_impact = (
        without_ids_and_times(response) for response in (find(History()), find(impact=0.0))
    )
    # It is another recipe, and says so.
    assert plain["applied"].pop("ranking") != without_impact["applied"].pop("ranking")
    assert without_impact == plain


def test_a_personal_search_makes_as_many_round_trips_as_a_plain_one(engine: Engine) -> None:
    counting = Counting(engine)
    personalizer = Personalizer(default_ranker(), Popularity(), TraitReader(engine))
    made = []
    for history in (History(), HISTORY):
        counting.calls.clear()
        asked = SearchRequest("长裤", facets=("brand", "price"))
        search(asked, SearchContext(counting, HashEncoder(), default_ranking(), None, history, personalizer))
        made.append(dict(counting.calls))
    assert made[0] == made[1]


def test_another_sort_is_not_re_ranked(find: Find) -> None:
    assert ids(find(sort="price_asc")) == ids(find(History(), sort="price_asc"))


def test_a_history_of_products_that_have_gone_changes_nothing_but_does_no_harm(find: Find) -> None:
    gone = History((click("sold-out-long-ago"),))
    assert find(gone).total == 140


def test_a_new_shopper_sees_what_others_chose_for_the_same_query_and_an_anonymous_one_does_not(
    engine: Engine,
) -> None:
    chosen = [replace(click("t57"), query="长裤")] * 20
    personalizer = Personalizer(default_ranker(), Popularity(chosen), TraitReader(engine))

    def run(history: History, impact: float = 1.0, page: int = 1) -> SearchResponse:
        recipe = replace(default_ranking(), personal_impact=impact)
        asked = SearchRequest("长裤", page=page, size=100)
        return search(asked, SearchContext(engine, HashEncoder(), recipe, None, history, personalizer))

    def order(history: History, impact: float = 1.0) -> list[str]:
        return [product_id for page in (1, 2) for product_id in ids(run(history, impact, page))]

    new_shopper = History((), "a-session", is_cold_start=True)
    stranger, shown = order(History()), order(new_shopper)
    assert shown.index("t57") < stranger.index("t57")
    assert sorted(shown) == sorted(stranger)
    first_page = run(new_shopper)
    assert first_page.applied["ranker"] == "segment"
    assert {hit.why for hit in first_page.hits} == {""}
    # Who has opted out is no new shopper, and with an impact of 0 nobody is.
    assert order(History((), "a-session")) == order(new_shopper, 0.0) == stranger


def test_a_new_shopper_sees_products_like_those_that_others_chose_for_the_same_query(engine: Engine) -> None:
    def ranks(chosen: list[str], query: str) -> list[int]:
        """Return where the trousers of 南极人 stand that nobody chose."""
        events = [click(one, query) for one in chosen]
        personalizer = Personalizer(default_ranker(), Popularity(events), TraitReader(engine))
        new_shopper = History((), "a-session", is_cold_start=True)
        found = search(
            SearchRequest("长裤", size=100),
            SearchContext(engine, HashEncoder(), default_ranking(), None, new_shopper, personalizer),
        )
        order = ids(found)
        loved = {f"t{n}" for n in range(9, 140, 10)} - {*chosen}
        # What is not among the first hundred stands behind them.
        return [order.index(one) if one in order else len(order) for one in sorted(loved)]

    others, nobody = ranks(["t9", "t19", "t29", "t39"], "长裤"), ranks(["t9", "t19", "t29", "t39"], "茶叶")
    assert sum(others) < sum(nobody)


@pytest.fixture
def searcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Searcher]:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    _index(tmp_path / "index")
    opened = open_searcher(Settings(home=tmp_path))
    yield opened
    opened.close()


def test_a_trained_ranker_is_live_without_a_restart(searcher: Searcher, tmp_path: Path) -> None:
    assert searcher.context().personalizer.ranker.name == "default"
    save_ranker(tmp_path, replace(HAND_MADE, model_hash=HashEncoder.stamp.model_hash), live=True)
    searcher.refresh()
    assert searcher.context().personalizer.ranker.name == "ranker-1"


def test_a_ranker_of_another_encoder_is_named_in_the_log_and_the_default_serves(
    searcher: Searcher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_ranker(tmp_path, replace(HAND_MADE, model_hash="another"), live=True)
    searcher.refresh()
    assert searcher.context().personalizer.ranker.name == "default"
    assert "ranker-1.json was trained with the encoder another" in caplog.text
