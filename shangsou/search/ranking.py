"""The ranking recipe: every number that orders results, in one file that can change while serving."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shangsou.engines.fields import SCORED_FIELDS
from shangsou.errors import UnusableInput

RECIPE_FILE = "ranking.json"
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class RankingRecipe:
    """How results are ordered. `shangsou/search/ranking.json` holds the defaults and where they come from."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    version: int
    candidates: Annotated[int, Field(ge=1, le=2500)]
    """Products taken from each leg; Elasticsearch searches its graph no deeper than four times as many."""
    fusion: Literal["convex", "rrf"]
    lexical_weight: Share
    """Share of the lexical leg in the convex combination; the rest is the semantic leg's."""
    description_weight: Share
    """Factor on the cosine of a description, before it competes with the cosine of the title."""
    lexical_cutoff: Share
    """Weak-match cut-off of the lexical leg: share of the best BM25 score."""
    semantic_cutoff: Share
    """Weak-match cut-off of the semantic leg: cosine. That of another model lies elsewhere."""
    semantic_span: Share
    """Least distance between the semantic cut-off and the best cosine: a best hit that is barely over
    the cut-off does not count in full."""
    rank_constant: Annotated[int, Field(ge=1)]
    """Of reciprocal rank fusion."""
    field_weights: Mapping[str, Annotated[float, Field(ge=0)]]
    """Of the BM25 fields, as `title.grams`."""
    understanding: frozenset[Literal["constraints"]] = frozenset({"constraints"})
    """Steps of query understanding that are on."""
    origin: str = ""
    """Where the numbers come from, for people."""


def read_ranking(home: Path) -> RankingRecipe:
    """Return the ranking recipe of SHANGSOU_HOME, or the default where it has none.

    Raises `UnusableInput` that names the file and the field for a recipe that cannot be used.
    """
    own = home / RECIPE_FILE
    try:
        return _parse(own.read_bytes(), str(own))
    except FileNotFoundError:
        return default_ranking()
    except OSError as problem:
        raise UnusableInput(f"{own} cannot be read: {problem.strerror}") from None


def default_ranking() -> RankingRecipe:
    """Return the recipe that ships with the package."""
    return _parse(files(__package__).joinpath(RECIPE_FILE).read_bytes(), RECIPE_FILE)


def _parse(text: bytes, source: str) -> RankingRecipe:
    try:
        recipe = TypeAdapter(RankingRecipe).validate_json(text)
    except ValidationError as problem:
        wrong = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'it'} is {str(error['input'])[:80]!r}: {error['msg']}"
            for error in problem.errors()
        )
        raise UnusableInput(f"{source} is no ranking recipe: {wrong}") from None
    unknown = set(recipe.field_weights) - set(SCORED_FIELDS)
    if unknown:
        raise UnusableInput(
            f"{source}: field_weights names {', '.join(map(repr, sorted(unknown)))}; "
            f"there are {', '.join(SCORED_FIELDS)}"
        )
    return recipe
