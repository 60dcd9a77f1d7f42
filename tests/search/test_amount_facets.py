"""Values that state the same amount are one: in facets, in their order, and in filters."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import index_products
from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.report import Report
from shangsou.engines.engine import GenerationStore
from shangsou.engines.query import FacetValue, Filters
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.context import SearchContext
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from shangsou.settings import Settings
from tests.fixtures.engines import ENGINES
from tests.fixtures.fact_shop import PLAIN
from tests.fixtures.hash_encoder import HashEncoder

CATALOG = """id,title,attributes
a,保温杯甲,容量:1.5L
b,保温杯乙,容量:500ml
c,保温杯丙,容量:0.5L
d,保温杯丁,容量:500毫升
e,保温杯戊,容量:0.35升
f,保温杯己,规格:大瓶
"""


@pytest.fixture(params=ENGINES)
def context(
    request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore], tmp_path: Path
) -> SearchContext:
    """Each engine over the catalog, cleaned and indexed."""
    (tmp_path / "catalog.csv").write_text(CATALOG, "utf-8")
    store, lexicons = new_store(request.param), LexiconStore(Settings(home=tmp_path))
    generation = index_products(
        read_products(open_catalogs([tmp_path / "catalog.csv"], {}), Report(), 0.0),
        store=store,
        encoder=HashEncoder(),
        source="test",
        lexicons=lexicons,
    )
    return SearchContext(store.open(), HashEncoder(), PLAIN, lexicons.open(generation))


def browse(context: SearchContext, **attributes: str) -> SearchResponse:
    filters = Filters(attributes=tuple((name, (value,)) for name, value in attributes.items()))
    return search(SearchRequest("", filters=filters, facets=("attributes.容量",)), context)


def ids(response: SearchResponse) -> set[str]:
    return {hit.product.product_id for hit in response.hits}


def test_a_facet_counts_an_amount_once_and_lists_the_smallest_first(context: SearchContext) -> None:
    assert browse(context).facets["attributes.容量"] == (
        FacetValue("0.35升", 1),
        FacetValue("500ml", 3),
        FacetValue("1.5L", 1),
    )


@pytest.mark.parametrize("spelling", ["500ml", "0.5L", "500毫升", "半升", "500 ML"])
def test_a_filter_finds_an_amount_in_any_spelling(context: SearchContext, spelling: str) -> None:
    assert ids(browse(context, 容量=spelling)) == {"b", "c", "d"}


def test_a_filter_by_anything_else_is_taken_as_it_stands(context: SearchContext) -> None:
    assert ids(browse(context, 容量="2L")) == ids(browse(context, 容量="大瓶")) == set()
    assert ids(browse(context, 规格="大瓶")) == {"f"}
    # Another attribute may have other spellings.
    assert ids(browse(context, 规格="500ml")) == set()


def test_without_a_lexicon_a_filter_is_taken_as_it_stands(context: SearchContext) -> None:
    without = replace(context, lexicon=None)
    assert ids(browse(without, 容量="500ml")) == {"b", "c", "d"}
    assert ids(browse(without, 容量="0.5L")) == set()
