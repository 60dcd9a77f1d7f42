"""Relaxed queries, and candidates of other categories."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document, Engine
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.categories import Prediction
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.category_demotion import demote_other_categories
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe, default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from shangsou.search.understanding.relaxation import relaxed_queries
from shangsou.search.understanding.understand import understand
from shangsou.text.entities import Entity
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder

Find = Callable[..., SearchResponse]


def shortened(text: str, *entities: Entity, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    return [(one.dropped, one.text) for one in relaxed_queries(text, words, entities, None)]


def test_how_a_thing_is_goes_before_which_one_and_that_before_what() -> None:
    entities = (
        Entity("brand", "海尔", 0, 2),
        Entity("product", "洗衣机", 2, 5),
        Entity("colour", "红色", 5, 7),
    )
    assert shortened("海尔洗衣机红色", *entities, words=("海尔", "洗衣", "洗衣机", "红色")) == [
        (("红色",), "海尔洗衣机"),
        (("红色", "海尔"), "洗衣机"),
    ]


def test_a_word_that_is_no_entity_is_a_whole_word() -> None:
    product = Entity("product", "雨伞", 4, 6)
    assert shortened("好看的 雨伞", product, words=("好看", "的", "雨伞")) == [
        (("好看",), "的 雨伞"),
        (("好看", "的"), "雨伞"),
    ]


def test_a_single_word_stays() -> None:
    assert shortened("雨伞", words=("雨伞",)) == []


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Umbrellas without a vector of their own: only words find them."""
    products = [
        Product("red", "红色雨伞", category=("家居", "雨伞")),
        *(Product(f"blue-{number}", "纯蓝 雨伞", category=("家居",)) for number in range(6)),
        Product("lamp", "台灯", category=("灯具",)),
        Product("unfiled", "钢琴"),
    ]
    encoder = HashEncoder()
    store = EmbeddedStore(tmp_path_factory.mktemp("index"))
    recipe = IndexRecipe("hash-encoder", encoder.stamp.model_hash, DIMENSIONS, "float32")
    with store.writer(recipe, "test") as writer:
        titles = encoder.encode([product.title for product in products])
        writer.add([Document(product, title) for product, title in zip(products, titles, strict=True)])
        store.switch(writer.finish().name)
    return store.open()


@pytest.fixture
def find(engine: Engine) -> Find:
    """Find strict matches alone, as where no vector is near and weak matches do not count."""
    recipe = replace(default_ranking(), lexical_cutoff=1.0)

    def run(query: str, **changes: object) -> SearchResponse:
        request = SearchRequest(query, mode="lexical", facets=("category",))
        return search(request, SearchContext(engine, None, replace(recipe, **changes)))  # type: ignore[arg-type]

    return run


def test_too_few_hits_are_joined_by_those_without_the_least_informative_word(find: Find) -> None:
    response = find("红色雨伞", entities={"红色": "colour", "雨伞": "product"})
    assert response.total == 7
    # What holds every word stays first; the others stand in neither leg of the query and score 0.
    assert response.hits[0].product.product_id == "red"
    assert [hit.score for hit in response.hits[1:]] == [0.0] * 6
    assert response.understood.relaxed == ("红色",)
    assert response.understood.steps[-1].name == "relaxation"
    assert response.understood.steps[-1].after == "雨伞"
    [top, *_] = response.facets["category"]
    assert (top.value, top.count) == ("家居", 7)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"understanding": frozenset({"entities"})}, id="the step is off"),
        pytest.param({"relax_below": 0}, id="never"),
        pytest.param({"relax_below": 1}, id="one is enough"),
    ],
)
def test_nothing_is_relaxed_where_nobody_asked_for_it(find: Find, changes: dict[str, object]) -> None:
    response = find("红色雨伞", **changes)
    assert (response.total, response.understood.relaxed) == (1, ())


def test_words_without_which_nothing_more_is_found_are_not_reported_as_relaxed(find: Find) -> None:
    assert find("金丝楠木").understood.relaxed == ()


def test_a_shop_s_own_kind_makes_a_term_weigh(find: Find) -> None:
    recipe = replace(default_ranking(), entities={"雨伞": "product"}, entity_weights={"product": 2.0})
    # 色雨 stands half in the entity: the mean of 1 and 2.
    weights = understand("红色雨伞", recipe).lexical.term_weights
    assert weights == {"雨伞": 2.0, "雨": 2.0, "伞": 2.0, "色雨": 1.5}


def damped(engine: Engine, probability: float, **changes: float) -> list[tuple[str, float]]:
    recipe: RankingRecipe = replace(
        default_ranking(), **({"category_damping": 0.5, "category_certainty": 0.6} | changes)
    )
    candidates = [
        Candidate(product_id, score, None, None)
        for product_id, score in (("lamp", 1.0), ("unfiled", 0.9), ("red", 0.8), ("blue-0", 0.7))
    ]
    found = demote_other_categories(candidates, [Prediction(("家居", "雨伞"), probability)], engine, recipe)
    return [(candidate.product_id, candidate.score) for candidate in found]


def test_only_what_is_filed_elsewhere_counts_for_less(engine: Engine) -> None:
    # The lamp is; what is filed nowhere, or in 家居 above 雨伞, is not.
    assert damped(engine, 0.7) == [("unfiled", 0.9), ("red", 0.8), ("blue-0", 0.7), ("lamp", 0.5)]


@pytest.mark.parametrize(("probability", "changes"), [(0.5, {}), (0.7, {"category_damping": 1.0})])
def test_an_unsure_category_changes_nothing(
    engine: Engine, probability: float, changes: dict[str, float]
) -> None:
    assert damped(engine, probability, **changes)[0] == ("lamp", 1.0)
