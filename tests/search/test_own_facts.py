"""Searches of indices that a shop's own facts were added to, each read as it was built."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.lack import Lack, MatchCheck
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from shangsou.text.facts import load_facts
from shangsou.text.own_facts import add_own_facts
from tests.fixtures.own_files import build_index, open_context

# One pound is 450 g here, so that 10磅 are 4.5公斤.
POUNDS = '[units.measures.mass]\n"磅" = 450\n[colours.names]\n"红" = ["车厘子"]'
PRODUCTS = [
    Product("pounds", "包胶哑铃10磅"),
    Product("kilograms", "电镀哑铃4.5公斤"),
    Product("heavy", "包胶哑铃20磅"),
    Product("cherry", "宽松卫衣车厘子"),
    Product("black", "宽松卫衣黑色"),
]


def build(home: Path, own: str) -> None:
    """Index the products with a shop's own facts."""
    build_index(home, PRODUCTS, fact_table=add_own_facts(own, "facts.toml"))


def find(context: SearchContext, query: str) -> SearchResponse:
    return search(SearchRequest(query, explain=True, explain_id="heavy"), context)


def asked(response: SearchResponse) -> Sequence[tuple[str, str]]:
    return [(fact.kind, fact.value) for fact in response.understood.facts]


def ids(response: SearchResponse) -> set[str]:
    return {hit.product.product_id for hit in response.hits}


def test_two_generations_are_searched_side_by_side_each_with_the_facts_it_was_built_with(
    tmp_path: Path,
) -> None:
    build(tmp_path, POUNDS)
    build(tmp_path, "")
    own, packaged = open_context(tmp_path, "gen-1"), open_context(tmp_path, "gen-2")
    assert packaged.fact_table.units == load_facts().units
    # By turns: nothing that was compiled for one serves the other.
    for _ in range(2):
        in_own = find(own, "10磅")
        assert (asked(in_own), ids(in_own)) == ([("amount", "10磅")], {"pounds", "kilograms"})
        assert asked(find(packaged, "10磅")) == []
        assert asked(find(own, "车厘子卫衣")) == [("colour", "车厘子")]
        assert asked(find(packaged, "车厘子卫衣")) == []


def test_what_a_product_states_is_marked_and_named_by_the_same_facts(tmp_path: Path) -> None:
    build(tmp_path, POUNDS)
    response = find(open_context(tmp_path, "gen-1"), "4.5公斤")
    [pounds] = [hit for hit in response.hits if hit.product.product_id == "pounds"]
    assert "<em>10磅</em>" in pounds.highlight["title"]
    assert pounds.explain is not None
    assert pounds.explain["facts"] == [{"id": "amount:4.5公斤", "verdict": "holds", "source": "10磅"}]
    assert response.match_check == MatchCheck("heavy", False, (Lack("amount", "4.5公斤", "20磅"),))


def test_the_process_beside_the_indexer_reads_products_by_the_same_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.build.BATCH_SIZE", 1)
    monkeypatch.setattr("shangsou.background.usable_cores", lambda: 2)
    build(tmp_path, POUNDS)
    assert ids(find(open_context(tmp_path, "gen-1"), "10磅")) == {"pounds", "kilograms"}
