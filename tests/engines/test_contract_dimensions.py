"""The engine contract: vectors of an encoder of the shop's own, with dimensions of its own."""

from dataclasses import replace

import numpy as np
import pytest

from shangsou.engines.engine import Document, Generation, GenerationStore
from shangsou.engines.query import Filters, VectorLeg
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from tests.engines.catalog import index

# Of Matryoshka training, and of a toy.
DIMENSIONS = [64, 128, 256]


def recipe(dimensions: int) -> IndexRecipe:
    return IndexRecipe(f"trained-{dimensions}", f"{dimensions:016d}", dimensions, "float32")


def corner(dimensions: int, *ones: int) -> np.ndarray:  # type: ignore[type-arg]
    """The vector of length 1 that is the same in some dimensions, and 0 in others."""
    vector = np.zeros(dimensions, np.float32)
    vector[list(ones)] = 1 / np.sqrt(len(ones))
    return vector


def documents(dimensions: int) -> list[Document]:
    """Three products whose titles say something in the last dimensions alone."""
    last = dimensions - 1
    return [
        Document(Product("one", "杯"), corner(dimensions, last), corner(dimensions, 0)),
        Document(Product("two", "碗"), corner(dimensions, last, last - 1)),
        Document(Product("far", "锅"), corner(dimensions, 0)),
    ]


@pytest.mark.parametrize("dimensions", DIMENSIONS)
def test_cosines_count_every_dimension(store: GenerationStore, dimensions: int) -> None:
    index(store, documents(dimensions), recipe(dimensions))
    engine = store.open()
    [titles, descriptions] = engine.retrieve(
        [
            VectorLeg("title_vector", corner(dimensions, dimensions - 1), Filters(), 2),
            VectorLeg("description_vector", corner(dimensions, 0, 1), Filters(), 2),
        ]
    )
    assert [hit.product_id for hit in titles] == ["one", "two"]
    # 1, and the root of a half; as exactly as Elasticsearch keeps scores of bytes.
    assert [hit.score for hit in titles] == pytest.approx([1, 0.7071], abs=0.01)
    assert [(hit.product_id, round(hit.score, 1)) for hit in descriptions] == [("one", 0.7)]
    assert engine.title_vectors(["two"])["two"] == pytest.approx(
        corner(dimensions, dimensions - 1, dimensions - 2), abs=1e-6
    )
    engine.close()


def test_a_generation_of_other_dimensions_takes_the_place_of_one_and_gives_it_back(
    store: GenerationStore,
) -> None:
    for dimensions in (512, 64):
        index(store, documents(dimensions), recipe(dimensions))
    newest = store.open()
    assert newest.generation.recipe == recipe(64)
    assert newest.cosines(corner(64, 63), ["one"]) == pytest.approx([1], abs=0.01)
    newest.close()
    before = store.open("gen-1")
    assert before.generation.recipe == recipe(512)
    assert before.cosines(corner(512, 511), ["one"]) == pytest.approx([1], abs=0.01)
    before.close()


@pytest.mark.parametrize(
    ("model_hash", "replaces"), [("same", "gen-1"), ("another", "gen-2")], ids=["merge", "other encoder"]
)
def test_a_copy_with_another_encoder_replaces_what_it_is_a_copy_of(model_hash: str, replaces: str) -> None:
    from shangsou.engines.generations import replaced_by

    built = replace(recipe(64), model_hash="same")
    current = Generation("gen-2", "", 3, built, "by hand", current=True, replaces="gen-1")
    draft = Generation("", "", 0, replace(built, model_hash=model_hash), "by hand", merges="gen-2")
    assert replaced_by(draft, [current]) == replaces
