"""The JSON form of what a search answers: over HTTP, and from `shangsou search --json`."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from shangsou.degradation import DegradationJson
from shangsou.product import ProductJson
from shangsou.search.understood import FactKind
from shangsou.text.entities import EntityKind


class VariantJson(TypedDict):
    """A variant of a product; fields of which the catalog says nothing are left out."""

    product_id: str
    title: str
    group_id: NotRequired[str]
    brand: NotRequired[str]
    category: NotRequired[str]
    attributes: NotRequired[dict[str, list[str]]]
    price: NotRequired[float]
    list_price: NotRequired[float]
    stock: NotRequired[int]
    image_url: NotRequired[str]
    tags: NotRequired[list[str]]


class HitJson(TypedDict):
    """One product on the page."""

    product_id: str
    product: ProductJson
    score: float
    highlight: dict[str, str]
    """Field to HTML in which only `<em>` is markup."""
    variants: list[VariantJson]
    """What is sold of its group, itself included, by product id, at most 20; empty without others."""
    explain: NotRequired[dict[str, object]]
    reached_by: NotRequired[str]
    """The synonym by which it matches, where it holds nothing of the query's own words."""
    why: NotRequired[str]
    """Why it stands higher for this shopper, in words; as `您常看 南极人`."""


class LackJson(TypedDict):
    """Something that the query asks for and a product does not have."""

    kind: str
    """`product_type`; or `words`, where the query asks for no type that the shop knows."""
    asked: str
    """The type; or the normalized query, where `kind` is `words`."""
    says: str | None
    """What the product is instead; null where that is not known."""


class RelatedJson(HitJson):
    """A product that does not match, but comes near."""

    lacks: list[LackJson]
    """What the query asks for and it does not have."""


_PriceRange = TypedDict("_PriceRange", {"from": float, "to": float | None}, total=False)


class FacetValueJson(_PriceRange):
    """A value of a facet. A price range has `from` (included) and `to` (excluded; null: open), in yuan."""

    value: str
    count: int


class StepJson(TypedDict):
    """One step of query understanding that changed something."""

    name: str
    before: str
    after: str


class ConstraintJson(TypedDict):
    """A limit that stands in the query; it is a filter of the search."""

    kind: Literal["price", "without", "phrase", "price_level", "sort"]
    typed: str
    label: str
    rest: str
    """The query without it."""


class EntityJson(TypedDict):
    """What a stretch of the query stands for; its place is that in `normalized`."""

    kind: EntityKind
    text: str
    start: int
    end: int


class CategoryGuessJson(TypedDict):
    """A category, and how likely what the query asks for is filed there."""

    path: str
    probability: float


class TypeGuessJson(TypedDict):
    """A product type, and how likely the query asks for it."""

    name: str
    probability: float


class FactJson(TypedDict):
    """A fact that the query asks for."""

    id: str
    """To take it off by, with `ignore`."""
    kind: FactKind
    value: str
    text: str
    """As it stands in the query."""
    hard: bool
    """Whether what contradicts it is no match; else it comes behind."""
    held_by: int
    """How many products of the types that are asked for hold it."""


class UnderstoodJson(TypedDict):
    """What the search made of the query."""

    query: str
    normalized: str
    words: list[str]
    steps: list[StepJson]
    constraints: list[ConstraintJson]
    entities: list[EntityJson]
    categories: list[CategoryGuessJson]
    """The likeliest first; may be empty."""
    product_types: list[TypeGuessJson]
    """The likeliest first; empty where it asks for none that the shop knows."""
    facts: list[FactJson]
    """In the order of the query; may be empty."""


class CorrectionJson(TypedDict):
    """What the shopper may have meant by a mistyped query, or by one in pinyin."""

    query: str
    applied: bool
    """Whether this is what was searched for; else it is to be offered."""
    probability: float


class MatchCheckJson(TypedDict):
    """Whether a product matches, and if not, why."""

    product_id: str
    matches: bool
    lacks: list[LackJson]
    """Besides those of related products: `product` (not sold here), and `filter:NAME`."""


class SearchJson(TypedDict):
    """What a search found."""

    query_id: str
    total: int
    hits: list[HitJson]
    related: list[RelatedJson]
    """What only comes near, no part of `total`; on page 1, and only where the hits do not fill it."""
    facets: dict[str, list[FacetValueJson]]
    understood: UnderstoodJson
    correction: CorrectionJson | None
    applied: dict[str, object]
    degraded: list[DegradationJson]
    """The parts that failed; may be empty."""
    took_ms: float
    match_check: NotRequired[MatchCheckJson]
    """Of the product that `explain_id` names."""
