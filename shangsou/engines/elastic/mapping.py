"""The body of an index, from the JSON files in `mappings/`."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from shangsou.engines.recipe import IndexRecipe

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


class IndexOptions(NamedTuple):
    """What an operator chooses of the index of a generation."""

    shards: int = 1
    replicas: int | None = None
    """None: one where there is a second node, once the generation is complete."""
    vectors: str = "int8_hnsw"
    """The type of the index of the vectors."""

    def serving_replicas(self) -> dict[str, object]:
        """Return the settings by which a complete generation has its copies."""
        if self.replicas is None:
            return {"auto_expand_replicas": "0-1"}
        return {"number_of_replicas": self.replicas}


DEFAULT_OPTIONS = IndexOptions()


def products_index(recipe: IndexRecipe, options: IndexOptions = DEFAULT_OPTIONS) -> dict[str, Any]:
    """Return settings and mappings of a generation's index, with recipe and options filled in."""
    values = {
        "${dimensions}": recipe.dimensions,
        "${k1}": recipe.k1,
        "${b}": recipe.b,
        "${shards}": options.shards,
        "${replicas}": options.replicas or 0,
        "${vectors}": options.vectors,
    }
    filled: dict[str, Any] = _fill(read_mapping("products.json"), values)
    return filled


def create_if_missing(client: "Elasticsearch", name: str, mapping: str, *, aliased: bool = True) -> None:
    """Create an index by a file of `mappings/`, unless another process was faster.

    With `aliased` the index is called `NAME-1`, and `name` is an alias of it.
    Raises the errors of the client.
    """
    from elasticsearch import BadRequestError

    naming: dict[str, Any] = {"index": f"{name}-1", "aliases": {name: {}}} if aliased else {"index": name}
    try:
        client.indices.create(**naming, **read_mapping(mapping))
    except BadRequestError as problem:
        if problem.error != "resource_already_exists_exception":
            raise


def read_mapping(name: str) -> dict[str, Any]:
    """Return a file of `mappings/`, unchanged."""
    payload: dict[str, Any] = json.loads((files("mappings") / name).read_text("utf-8"))
    return payload


def _fill(payload: Any, values: Mapping[str, object]) -> Any:
    if isinstance(payload, dict):
        return {name: _fill(value, values) for name, value in payload.items()}
    if isinstance(payload, str) and payload.startswith("${"):
        return values[payload]
    return payload
