"""The index recipe: everything that decides what is in an index, stamped on every generation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

# Raised by one whenever the fields of an index or the way they are analysed change.
ANALYSER_VERSION = 3
# BM25 term saturation and length normalization: tuned on the development judgements, mean nDCG@10 of
# character grams .512, with Lucene's 1.2 and .75 .504 (docs/benchmarks.md).
DEFAULT_K1 = 0.6
DEFAULT_B = 0.5


@dataclass(frozen=True, slots=True)
class IndexRecipe:
    """How a generation was built. A process that cannot read or encode for it refuses it in words."""

    model: str
    """Name or folder of the encoder's model."""
    model_hash: str
    """SHA-256 of the float32 weights, first 16 hex digits: the same for every precision."""
    dimensions: int
    precision: str
    """`float32` or `int8`: what the titles were encoded with."""
    analyser: int = ANALYSER_VERSION
    k1: float = DEFAULT_K1
    """BM25 term saturation and `b` length normalization of all scored fields but the one of coverage: those
    of the ranking recipe when the generation was built."""
    b: float = DEFAULT_B


def recipe_to_json(recipe: IndexRecipe) -> dict[str, object]:
    """Return the recipe as plain JSON values."""
    return asdict(recipe)


def recipe_from_json(payload: Mapping[str, object]) -> IndexRecipe:
    """Return the recipe that `recipe_to_json` wrote; raises TypeError on other fields."""
    return IndexRecipe(**payload)  # type: ignore[arg-type]
