"""The engine contract: of a part of an index is found what an index of that part alone finds."""

from collections.abc import Callable
from random import Random

import pytest

from shangsou.engines.engine import Engine, GenerationStore
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    FactCondition,
    Filters,
    LexicalLeg,
    Page,
    VectorLeg,
)
from shangsou.engines.restricted import RestrictedEngine
from tests.engines.catalog import EAST, query
from tests.engines.test_contract_changes import FACETS, FILTERS, SORTS, indexed, random_product
from tests.fixtures.engines import ENGINES

IDS = [f"p{number}" for number in range(200)]
WITHIN = Filters(brands=("brand 1", "brand 2"), facts=(FactCondition(("red", "blue"), must_hold=True),))


@pytest.fixture(scope="module", params=ENGINES)
def engines(
    request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]
) -> tuple[Engine, Engine]:
    """The part of an index, and an index of that part."""
    rng = Random(5)
    products = [random_product(rng, product_id) for product_id in IDS]
    # As `texts_of` learns facts: socks have none.
    own = [
        product
        for product in products
        if product.brand in WITHIN.brands
        and product.attributes["colour"][0] in ("red", "blue")
        and not product.title.startswith("sock")
    ]
    assert 20 < len(own) < 100
    return (
        RestrictedEngine(indexed(new_store(request.param), products), WITHIN),
        indexed(new_store(request.param), own),
    )


@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_pages_totals_facets_and_counts(
    engines: tuple[Engine, Engine], filters: Filters, collapse: bool
) -> None:
    found = CandidateSet(filters, match_all=True, collapse=collapse)
    facets = [FacetRequest(name, found) for name in FACETS]
    for sort in SORTS:
        pages = [engine.fetch_page(found, Page(sort, 0, 200), facets) for engine in engines]
        assert pages[0] == pages[1]
    counts = [engine.count([filters, Filters()]) for engine in engines]
    assert counts[0] == counts[1]
    assert counts[0][1] > 0


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_what_is_asked_of_ids_passes_over_the_others(
    engines: tuple[Engine, Engine], filters: Filters
) -> None:
    part, alone = engines
    assert part.passing(IDS, filters) == alone.passing(IDS, filters)
    assert part.passing_variants(IDS, filters) == alone.passing_variants(IDS, filters)
    assert part.products(IDS) == alone.products(IDS) != []
    assert part.variants(IDS, 2) == alone.variants(IDS, 2) != {}
    assert part.title_vectors(IDS).keys() == alone.title_vectors(IDS).keys() != set()


@pytest.mark.parametrize("collapse", [True, False])
def test_words_and_vectors_find_the_part_alone(engines: tuple[Engine, Engine], collapse: bool) -> None:
    near = VectorLeg("title_vector", EAST, Filters(), 100, collapse=collapse)
    words = LexicalLeg(query("warm boot"), Filters(), 100, collapse=collapse)
    (near_in_part, found_in_part), (near_alone, found_alone) = (
        engine.retrieve([near, words]) for engine in engines
    )
    assert [hit.product_id for hit in near_in_part] == [hit.product_id for hit in near_alone] != []
    assert {hit.product_id for hit in found_in_part} == {hit.product_id for hit in found_alone} != set()
