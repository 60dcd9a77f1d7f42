"""The ranking recipe: every number that orders results, in one file that can change while serving."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shangsou.durable import move
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.errors import UnusableInput
from shangsou.text.synonyms import parse_synonyms

RECIPE_FILE = "ranking.json"
SYNONYMS_FILE = "synonyms.txt"
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class RankingRecipe:
    """How results are ordered. `shangsou/search/ranking.json` holds the defaults and where they come from."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    version: int
    candidates: Annotated[int, Field(ge=1, le=2500)]
    """Products taken from each leg; Elasticsearch visits at most 10,000 nodes of its graph."""
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
    synonym_weight: Share = 0.8
    """Factor on the BM25 score of a query said in other words: the shopper's own words come first."""
    personal_impact: Share = 1.0
    """How far a shopper's history re-ranks: 0 leaves the plain order, 1 is the ranker's own."""
    personal_candidates: Annotated[int, Field(ge=1, le=2500)] = 400
    """First products of what was found that are re-ranked, for shoppers with a history."""
    understanding: frozenset[Literal["constraints", "synonyms"]] = frozenset({"constraints", "synonyms"})
    """Steps of query understanding that are on."""
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Phrases and what may stand in their place, from the files of synonyms."""
    origin: str = ""
    """Where the numbers come from, for people."""


def read_ranking(home: Path) -> RankingRecipe:
    """Return the ranking recipe of SHANGSOU_HOME, or the default where it has none, with all synonyms.

    Raises `UnusableInput` that names the file and the field or line for one that cannot be used.
    """
    recipe_file, synonyms_file = home / RECIPE_FILE, home / SYNONYMS_FILE
    own = _read(recipe_file)
    recipe = default_ranking() if own is None else _parse(own, str(recipe_file))
    return replace(recipe, synonyms=_synonyms(str(synonyms_file), _read(synonyms_file) or b""))


def default_ranking() -> RankingRecipe:
    """Return the recipe that ships with the package."""
    recipe = _parse(_shipped(RECIPE_FILE), RECIPE_FILE)
    return replace(recipe, synonyms=_synonyms("", b""))


def read_own_synonyms(home: Path) -> str:
    """Return the text of a shop's own synonyms, empty where it has none."""
    return (_read(home / SYNONYMS_FILE) or b"").decode("utf-8-sig", "replace")


def write_own_synonyms(home: Path, text: str) -> None:
    """Replace a shop's own synonyms, or raise `UnusableInput` that names the line and leave them be."""
    parse_synonyms((SYNONYMS_FILE, text))
    home.mkdir(parents=True, exist_ok=True)
    # On the same disk, so that it takes the place of the old one at once; gone if that fails.
    with TemporaryDirectory(dir=home, prefix=".synonyms-") as folder:
        written = Path(folder) / SYNONYMS_FILE
        written.write_text(text, "utf-8")
        move(written, home / SYNONYMS_FILE)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read: {problem.strerror}") from None


def _shipped(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


# A server looks twice a second whether they changed.
@lru_cache(maxsize=4)
def _synonyms(own_name: str, own: bytes) -> Mapping[str, tuple[str, ...]]:
    """Return the synonyms of the package and a shop's own."""
    try:
        text = own.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput(f"{own_name} is no text in UTF-8; save it as UTF-8") from None
    return parse_synonyms((SYNONYMS_FILE, _shipped(SYNONYMS_FILE).decode()), (own_name, text))


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
