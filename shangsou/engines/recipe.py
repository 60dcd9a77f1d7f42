"""The index recipe: everything that decides what is in an index, stamped on every generation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from shangsou.engines.cosine_scale import CosineScale
from shangsou.text.segmenter import Segmenter

# Increased whenever the fields of an index or their analysis change.
ANALYSER_VERSION = 4
# BM25 term saturation and length normalization, tuned on the development judgements: mean nDCG@10 of
# character n-grams .512, and .504 with Lucene's 1.2 and .75 (docs/benchmarks.md).
DEFAULT_K1 = 0.6
DEFAULT_B = 0.5


@dataclass(frozen=True, slots=True)
class IndexRecipe:
    """The recipe that a generation was built with; processes that do not support it refuse it."""

    model: str
    """Name or folder of the encoder's model."""
    model_hash: str
    """SHA-256 of the float32 weights, first 16 hex digits: the same for every precision."""
    dimensions: int
    precision: str
    """`float32` or `int8`: the precision that titles were encoded in."""
    analyser: int = ANALYSER_VERSION
    k1: float = DEFAULT_K1
    """BM25 term saturation, and `b` length normalization, of all scored fields except coverage: those of the
    ranking recipe when the generation was built."""
    b: float = DEFAULT_B
    dictionary: str = ""
    """The words of the shop's own dictionary, a line each: word, frequency, tag."""
    dictionary_hash: str = ""
    """Of what the file of them says, to know whether it has changed; empty without one."""
    cosine_offset: float = 0.0
    """Where cosines of the encoder lie, and `cosine_factor`, as `CosineScale` has them."""
    cosine_factor: float = 1.0
    is_trained: bool = False
    """Whether `model` names a trained model of the registry: where that is gone, it is no name of a hub."""

    @property
    def cosines(self) -> CosineScale:
        """The scale of the encoder's cosines."""
        return CosineScale(self.cosine_offset, self.cosine_factor)

    @property
    def segmenter(self) -> Segmenter:
        """What the texts of the index were cut into words by, and queries are to be cut by."""
        return Segmenter(self.dictionary)


def recipe_to_json(recipe: IndexRecipe) -> dict[str, object]:
    """Return the recipe as plain JSON values."""
    return asdict(recipe)


def recipe_from_json(payload: Mapping[str, object]) -> IndexRecipe:
    """Return the recipe from the output of `recipe_to_json`; raises TypeError on other fields."""
    return IndexRecipe(**payload)  # type: ignore[arg-type]
