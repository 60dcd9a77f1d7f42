"""The ranking recipe: every number that orders results, in one file that can change while serving."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, cast, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.recipe import DEFAULT_B, DEFAULT_K1, IndexRecipe
from shangsou.errors import UnusableInput
from shangsou.search.ranking.dictionaries import (
    read_entities,
    read_optional,
    read_synonyms,
    shipped_entities,
    shipped_synonyms,
)
from shangsou.search.ranking.never_suggest import read_never_suggest, shipped_never_suggest
from shangsou.search.ranking.type_overrides import TypeOverride, read_type_overrides
from shangsou.text.entities import EntityKind
from shangsou.text.latin_synonyms import LatinSynonyms
from shangsou.text.synonyms import SynonymDictionary
from shangsou.validation_messages import explain_invalid, suggest

log = logging.getLogger(__name__)
RECIPE_FILE = "ranking.json"
OptionalStep = Literal[
    "constraints",
    "price_order",
    "alternatives",
    "pinyin",
    "spelling",
    "synonyms",
    "entities",
    "categories",
    "types",
    "facts",
]
# 48 bits: recipes that a shop has ever tried are thousands.
_HASH_LENGTH = 12
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class RankingRecipe:
    """How results are ordered. `ranking.json` beside this module holds the defaults and their origin."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="ignore", allow_inf_nan=False)

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
    understanding: frozenset[OptionalStep] = frozenset(get_args(OptionalStep))
    """Steps of query understanding that are on."""
    entity_weights: Mapping[EntityKind, Annotated[float, Field(ge=0)]] = field(default_factory=dict)
    """Factor on the BM25 scores of the terms of an entity, as `{"brand": 1.2}`; 1 where none is given."""
    type_weight: Share = 0.02
    """Added to the score of what is of the product type that was asked for."""
    accessory_weight: Share = 0.06
    """Taken from the score of what only goes with the thing that was asked for."""
    hard_fact_weight: Share = 0.25
    """Added to the score of what holds a hard fact that was asked for, as a brand or a size."""
    soft_fact_weight: Share = 0.36
    """Added to the score of what holds a soft one, as a material, and taken from what contradicts it."""
    sales_weight: Share = 0.005
    """Added to the score of the best seller of the candidates; of the others less, by the logarithm. Twenty
    times as much where a query says nothing but its type."""
    rating_weight: Share = 0.0025
    """Added to the score of what is rated half a star above the candidates' mean, or taken from it below; as
    much more."""
    price_level_weight: Share = 0.3
    """Taken from the score of what costs more than the cheapest quarter of what is found where a query says
    便宜, or less than the dearest where it says 高档."""
    sold_out_last: bool = True
    """Whether what is sold out comes behind what can be bought, in every order."""
    match_score: Share = 0.7
    """Share of the best score from which on a product of another type matches, if the query says more than
    its type and means what the product is."""
    match_cosine_with_words: Share = 0.53
    """Cosine from which on it does; and one that holds some words of a query that asks for no type."""
    match_cosine: Share = 0.63
    """Cosine from which on a product matches such a query by its meaning alone."""
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Phrases and what may stand in their place, from the files of synonyms."""
    entities: Mapping[str, EntityKind | None] = field(default_factory=dict)
    """What phrases stand for, from the files of entities; None: for nothing, whatever the catalog says."""
    type_overrides: tuple[TypeOverride, ...] = ()
    """What the shop says of the types of its products, from `product_types.tsv`."""
    never_suggest: re.Pattern[str] | None = None
    """The words that are never suggested, from `never_suggest.txt`; None: all words may be."""
    origin: str = ""
    """Where the numbers come from, for people."""
    k1: Annotated[float, Field(ge=0, le=10)] = DEFAULT_K1
    """BM25 term saturation, `b` its length normalization. They are built into an index: a change counts from
    the next `shangsou index` on (docs/adr/0012)."""
    b: Share = DEFAULT_B
    _content_hash: str | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.synonyms, SynonymDictionary):
            object.__setattr__(self, "synonyms", SynonymDictionary(self.synonyms))

    @property
    def content_hash(self) -> str:
        """What tells this recipe from every other that orders results otherwise: 12 hexadecimal digits."""
        if self._content_hash is None:
            object.__setattr__(self, "_content_hash", _hash_content(self))
        return cast("str", self._content_hash)

    @property
    def name(self) -> str:
        """The version with the content hash: versions are counted in each home by itself."""
        return f"{self.version}-{self.content_hash}"

    @property
    def synonym_dictionary(self) -> SynonymDictionary:
        """The synonyms, with what of them is Latin."""
        return cast("SynonymDictionary", self.synonyms)

    @property
    def latin_synonyms(self) -> LatinSynonyms:
        """The Latin phrases of the synonyms."""
        return self.synonym_dictionary.latin


def read_ranking(home: Path) -> RankingRecipe:
    """Return the ranking recipe of SHANGSOU_HOME, or the default where it has none, with its dictionaries.

    Raises `UnusableInput` that names the file and the field or line for one that cannot be used.
    """
    recipe_file = home / RECIPE_FILE
    own = read_optional(recipe_file)
    recipe = default_ranking() if own is None else parse_ranking(own, str(recipe_file))
    return _with_dictionaries(recipe, home)


def read_ranking_file(path: Path, home: Path) -> RankingRecipe:
    """Return the ranking recipe of a file, with the dictionaries of SHANGSOU_HOME.

    Raises `UnusableInput` as `read_ranking` does, also for a file that is not there, and for a field or a
    step that is not known: whoever names a file wants to see what is in it.
    """
    text = read_optional(path)
    if text is None:
        raise UnusableInput(f"{path} does not exist; name a ranking recipe, as {RECIPE_FILE}")
    _refuse_unknown(text, path)
    return _with_dictionaries(parse_ranking(text, str(path)), home)


def default_ranking() -> RankingRecipe:
    """Return the recipe that ships with the package."""
    recipe = parse_ranking(shipped_ranking(), RECIPE_FILE)
    return replace(
        recipe,
        synonyms=shipped_synonyms(),
        entities=shipped_entities(),
        never_suggest=shipped_never_suggest(),
    )


def shipped_ranking() -> bytes:
    """Return the text of the recipe that ships with the package."""
    return files(__package__).joinpath(RECIPE_FILE).read_bytes()


def needs_reindex(ranking: RankingRecipe, built: IndexRecipe) -> str:
    """Return in words what of a ranking recipe the index does not have yet; empty where it has all."""
    pairs = (("k1", ranking.k1, built.k1), ("b", ranking.b, built.b))
    pending = [
        f"{name} {value:g} (the index has {built_value:g})"
        for name, value, built_value in pairs
        if value != built_value
    ]
    return ", ".join(pending)


def _with_dictionaries(recipe: RankingRecipe, home: Path) -> RankingRecipe:
    return replace(
        recipe,
        synonyms=read_synonyms(home),
        entities=read_entities(home),
        type_overrides=read_type_overrides(home),
        never_suggest=read_never_suggest(home),
    )


# A server reads it twice a second; and so what is passed over is logged once.
@lru_cache(maxsize=4)
def parse_ranking(text: bytes, source: str) -> RankingRecipe:
    """Return the recipe of a text, without the synonyms, or raise `UnusableInput` that names the field.

    A field or a step that this version does not know is named in the log and passed over: a newer
    version may serve from the same SHANGSOU_HOME.
    """
    try:
        payload = json.loads(text)
    except ValueError as problem:
        raise UnusableInput(f"{source} is no ranking recipe: {problem}") from None
    try:
        recipe = TypeAdapter(RankingRecipe).validate_python(_keep_known_fields(payload, source))
    except ValidationError as problem:
        errors = problem.errors()
        missing = [".".join(map(str, error["loc"])) for error in errors if error["type"] == "missing"]
        problems = [
            f"{'.'.join(map(str, error['loc'])) or 'it'} is {str(error['input'])[:80]!r}: "
            f"{explain_invalid(error)}"
            for error in errors
            if error["type"] != "missing"
        ]
        if missing:
            problems.append(
                f"it lacks {', '.join(missing)}; copy {Path(__file__).with_name(RECIPE_FILE)} and change it"
            )
        raise UnusableInput(f"{source} is no ranking recipe: {'; '.join(problems)}") from None
    unknown = set(recipe.field_weights) - set(SCORED_FIELDS)
    if unknown:
        raise UnusableInput(
            f"{source}: field_weights names {', '.join(map(repr, sorted(unknown)))}; "
            f"there are {', '.join(SCORED_FIELDS)}"
        )
    return recipe


def _hash_content(recipe: RankingRecipe) -> str:
    """Return the hash of all that orders results, which neither the number nor the origin does."""
    content = {
        recipe_field.name: getattr(recipe, recipe_field.name)
        for recipe_field in fields(RankingRecipe)
        if recipe_field.init and recipe_field.name not in ("version", "origin")
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_to_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]


def _to_plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, re.Pattern):
        return value.pattern
    return sorted(value) if isinstance(value, frozenset) else repr(value)


class _Unknown(NamedTuple):
    """A field or a step of a recipe that this version does not know."""

    place: str
    """For messages: what stands there."""
    name: str
    known: tuple[str, ...]
    """The names that there are."""


def _keep_known_fields(payload: Any, source: str) -> Any:
    """Return what this version knows of a recipe, and name the rest in the log."""
    if not isinstance(payload, dict):
        return payload
    kept, unknown = _split_known(payload)
    if unknown:
        places = "; ".join(one.place for one in unknown)
        log.warning("%s: %s, which this version does not know; it is passed over", source, places)
    return kept


def _refuse_unknown(text: bytes, path: Path) -> None:
    """Raise `UnusableInput` for a field or a step that this version does not know."""
    try:
        payload = json.loads(text)
    except ValueError:
        return  # parse_ranking says so
    unknown = _split_known(payload)[1] if isinstance(payload, dict) else []
    if unknown:
        problems = (f"{one.place}, which is not known{suggest(one.name, one.known)}" for one in unknown)
        raise UnusableInput(f"{path}: {'; '.join(problems)}")


def _split_known(payload: Mapping[str, Any]) -> tuple[dict[str, Any], list[_Unknown]]:
    """Return what this version knows of a recipe, and what it does not."""
    names = tuple(recipe_field.name for recipe_field in fields(RankingRecipe) if recipe_field.init)
    kept = {name: value for name, value in payload.items() if name in names}
    unknown = [
        _Unknown(f"{name} is {str(value)[:80]!r}", name, names)
        for name, value in payload.items()
        if name not in names
    ]
    steps = kept.get("understanding")
    if isinstance(steps, list):
        known_steps = get_args(OptionalStep)
        unknown += [
            _Unknown(f"understanding names {step!r}", str(step), known_steps)
            for step in steps
            if step not in known_steps
        ]
        kept["understanding"] = [step for step in steps if step in known_steps]
    return kept, unknown
