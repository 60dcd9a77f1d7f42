"""The body of an index, from the JSON files in `mappings/`."""

import json
from importlib.resources import files
from typing import Any

from shangsou.engines.recipe import IndexRecipe


def products_index(recipe: IndexRecipe) -> dict[str, Any]:
    """Return settings and mappings of a generation's index, with the recipe filled in."""
    values = {"${dimensions}": recipe.dimensions, "${k1}": recipe.k1, "${b}": recipe.b}
    filled: dict[str, Any] = _fill(read_mapping("products.json"), values)
    return filled


def read_mapping(name: str) -> dict[str, Any]:
    """Return a file of `mappings/`, unchanged."""
    payload: dict[str, Any] = json.loads((files("mappings") / name).read_text("utf-8"))
    return payload


def _fill(payload: Any, values: dict[str, float]) -> Any:
    if isinstance(payload, dict):
        return {name: _fill(value, values) for name, value in payload.items()}
    if isinstance(payload, str) and payload.startswith("${"):
        return values[payload]
    return payload
