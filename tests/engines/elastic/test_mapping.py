"""The mapping files: complete, filled in from the recipe, and every field documented."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shangsou.engines.elastic.mapping import products_index, read_mapping
from shangsou.engines.fields import COVERAGE_FIELD, COVERAGE_K1, MATCH_FIELDS, SCORED_FIELDS
from shangsou.engines.recipe import IndexRecipe

README = Path(__file__).parents[3] / "mappings" / "README.md"
RECIPE = IndexRecipe("by-hand", "0" * 16, dimensions=512, precision="float32", k1=1.2, b=0.75)


def leaves(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in properties.items():
        if "properties" in field:
            yield from leaves(field["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


@pytest.mark.parametrize(
    "name", ["products.json", "lock.json", "changes.json", "events.json", "shoppers.json"]
)
def test_every_field_is_documented_and_every_documented_field_exists(name: str) -> None:
    section = README.read_text("utf-8").split(f"## {name}")[1].split("\n## ")[0]
    documented = re.findall(r"^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)
    fields = [field for field, _ in leaves(read_mapping(name)["mappings"]["properties"])]
    assert sorted(documented) == sorted(fields)


def test_every_searched_field_is_mapped() -> None:
    fields = dict(leaves(read_mapping("products.json")["mappings"]["properties"]))
    for name in set(SCORED_FIELDS) - {COVERAGE_FIELD}:
        assert (fields[name]["analyzer"], fields[name]["similarity"]) == ("whitespace", "terms")
    assert fields[COVERAGE_FIELD]["similarity"] == "coverage"
    assert (fields[COVERAGE_FIELD]["analyzer"], fields[COVERAGE_FIELD]["index_options"]) == (
        "whitespace",
        "freqs",
    )
    for name in MATCH_FIELDS:
        assert (fields[name]["analyzer"], fields[name]["index_options"]) == ("whitespace", "docs")


def test_the_recipe_is_filled_in() -> None:
    body = products_index(RECIPE)
    assert body["settings"]["index"]["similarity"] == {
        "terms": {"type": "BM25", "k1": 1.2, "b": 0.75},
        "coverage": {"type": "BM25", "k1": COVERAGE_K1, "b": 0},
    }
    assert body["mappings"]["properties"]["title_vector"]["dims"] == 512
    assert body["mappings"]["properties"]["description_vector"]["dims"] == 512
    assert body["mappings"]["properties"]["changed"]["properties"]["title_vector"]["dims"] == 512
    assert "${" not in str(body)


@pytest.mark.parametrize(
    "name", ["products.json", "lock.json", "changes.json", "events.json", "shoppers.json"]
)
def test_a_field_that_is_not_mapped_is_refused(name: str) -> None:
    assert read_mapping(name)["mappings"]["dynamic"] == "strict"
