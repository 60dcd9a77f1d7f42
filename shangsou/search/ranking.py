"""The ranking recipe: every number that orders results, in one file that can change while serving."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Literal

from shangsou.engines.fields import SCORED_FIELDS
from shangsou.errors import UnusableInput

RECIPE_FILE = "ranking.json"


@dataclass(frozen=True, slots=True)
class RankingRecipe:
    """How results are ordered. `shangsou/search/ranking.json` holds the defaults and where they come from."""

    version: int
    candidates: int
    """Products taken from each leg."""
    fusion: Literal["convex", "rrf"]
    lexical_weight: float
    """Share of the lexical leg in the convex combination, 0 to 1; the rest is the semantic leg's."""
    description_weight: float
    """Factor on the cosine of a description, before it competes with the cosine of the title."""
    lexical_cutoff: float
    """Weak-match cut-off of the lexical leg: share of the best BM25 score."""
    semantic_cutoff: float
    """Weak-match cut-off of the semantic leg: cosine."""
    semantic_span: float
    """Least distance between the semantic cut-off and the best cosine: a best hit that is barely over
    the cut-off does not count in full."""
    rank_constant: int
    """Of reciprocal rank fusion."""
    field_weights: Mapping[str, float]
    """Of the BM25 fields, as `title.grams`."""


def read_ranking(home: Path) -> RankingRecipe:
    """Return the ranking recipe of SHANGSOU_HOME, or the default where it has none.

    Raises `UnusableInput` that names the file and the field for a recipe that cannot be used.
    """
    own = home / RECIPE_FILE
    if own.exists():
        return _parse(own.read_text("utf-8"), str(own))
    return default_ranking()


def default_ranking() -> RankingRecipe:
    """Return the recipe that ships with the package."""
    return _parse(files(__package__).joinpath(RECIPE_FILE).read_text("utf-8"), RECIPE_FILE)


def ranking_to_json(recipe: RankingRecipe) -> dict[str, object]:
    """Return a recipe as plain JSON values."""
    return asdict(recipe)


def _parse(text: str, source: str) -> RankingRecipe:
    try:
        plain = json.loads(text)
        plain.pop("origin", None)
        recipe = RankingRecipe(**plain)
    except (ValueError, TypeError, AttributeError) as problem:
        known = ", ".join(field.name for field in fields(RankingRecipe))
        raise UnusableInput(f"{source}: no ranking recipe ({problem}); its fields are {known}") from None
    for field in recipe.field_weights:
        if field not in SCORED_FIELDS:
            raise UnusableInput(
                f"{source}: field_weights names {field!r}; there are {', '.join(SCORED_FIELDS)}"
            )
    for name in ("lexical_weight", "lexical_cutoff", "semantic_cutoff", "semantic_span"):
        value = getattr(recipe, name)
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise UnusableInput(f"{source}: {name} is {value!r}; it must lie between 0 and 1")
    if recipe.fusion not in ("convex", "rrf"):
        raise UnusableInput(f'{source}: fusion is {recipe.fusion!r}; there are "convex" and "rrf"')
    return recipe
