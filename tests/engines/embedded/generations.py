"""Small generations for the tests of the store and for the programs that they start."""

import numpy as np

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product

RECIPE = IndexRecipe("hash-encoder", "0123456789abcdef", 4, "float32")


def document(number: int) -> Document:
    return Document(Product(f"p{number}", f"红色连衣裙 {number}"), np.eye(4, dtype=np.float32)[number % 4])


def write_generation(store: EmbeddedStore, documents: int) -> str:
    with store.writer(RECIPE, "test") as writer:
        writer.add([document(number) for number in range(documents)])
        generation = writer.finish()
    store.switch(generation.name)
    return generation.name
