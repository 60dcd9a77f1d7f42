"""Models of the API's responses, for its OpenAPI description; tests validate real responses with them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shangsou.recommend.shelf import ShelfKind
from shangsou.text.entities import EntityKind


class _ResponseModel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ProductResponse(_ResponseModel):
    """A product; fields of which the catalog says nothing are left out. Prices in yuan and in fen."""

    product_id: str
    title: str
    subtitle: str | None = None
    description: str | None = None
    brand: str | None = None
    category: str | None = Field(default=None, description="The path from the root, as `女装>连衣裙`.")
    price: float | None = None
    price_fen: int | None = None
    list_price: float | None = None
    list_price_fen: int | None = None
    offer_from: str | None = None
    offer_until: str | None = None
    stock: int | None = None
    status: Literal["on", "off"]
    group_id: str | None = None
    attributes: dict[str, list[str]] | None = None
    image_url: str | None = None
    shop: str | None = None
    tags: list[str] | None = None
    sales: int | None = None
    created_at: str | None = None


class HitResponse(_ResponseModel):
    """One product on the page."""

    product_id: str
    product: ProductResponse
    score: float
    highlight: dict[str, str] = Field(description="Field to HTML in which only `<em>` is markup.")
    explain: dict[str, object] | None = None
    why: str | None = Field(
        default=None, description="Why it stands higher for this shopper, in words; as `您常看 南极人`."
    )


class FacetValueResponse(_ResponseModel):
    """A value of a facet. A price range has `from` (included) and `to` (excluded; null: open), in yuan."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    value: str
    count: int
    from_: float | None = Field(default=None, alias="from")
    to: float | None = None


class StepResponse(_ResponseModel):
    """One step of query understanding that changed something."""

    name: str
    before: str
    after: str


class ConstraintResponse(_ResponseModel):
    """A limit that stands in the query; it is a filter of the search."""

    kind: Literal["price", "without", "phrase"]
    typed: str
    label: str
    rest: str = Field(description="The query without it.")


class EntityResponse(_ResponseModel):
    """What a stretch of the query stands for; its place is that in `normalized`."""

    kind: EntityKind
    text: str
    start: int
    end: int


class CategoryGuessResponse(_ResponseModel):
    """A category, and how likely what the query asks for is filed there."""

    path: str
    probability: float


class UnderstoodResponse(_ResponseModel):
    """What the search made of the query."""

    query: str
    normalized: str
    words: list[str]
    steps: list[StepResponse]
    constraints: list[ConstraintResponse]
    entities: list[EntityResponse]
    categories: list[CategoryGuessResponse] = Field(description="The likeliest first; may be empty.")
    relaxed: list[str] = Field(
        description="Words that products need not hold, since too few held all; in the order they went."
    )


class DegradationResponse(_ResponseModel):
    """A part of the answer that failed."""

    part: str = Field(description="As `encoder`, `personalize`, `lexicon`, `recommend`.")
    message: str


class CorrectionResponse(_ResponseModel):
    """What the shopper may have meant by a mistyped query, or by one in pinyin."""

    query: str
    applied: bool = Field(description="Whether this is what was searched for; else it is to be offered.")
    probability: float


class SearchResponse(_ResponseModel):
    """What a search found."""

    query_id: str
    total: int
    hits: list[HitResponse]
    facets: dict[str, list[FacetValueResponse]]
    understood: UnderstoodResponse
    correction: CorrectionResponse | None
    applied: dict[str, object]
    degraded: list[DegradationResponse] = Field(description="The parts that failed; may be empty.")
    took_ms: float


class SuggestionResponse(_ResponseModel):
    """Something that a shopper may be about to type."""

    kind: Literal["query", "category", "brand", "product"]
    text: str
    value: str = Field(description="What to search for: a query, a brand, a category path, a product id.")


class SuggestResponse(_ResponseModel):
    """What a shopper may be about to type."""

    query: str
    suggestions: list[SuggestionResponse] = Field(description="By kind in this order; the likeliest first.")
    degraded: list[DegradationResponse]
    took_ms: float


class ShelfItemResponse(_ResponseModel):
    """A product on a shelf."""

    product_id: str
    product: ProductResponse
    reason: str = Field(description="For shoppers, as `买了“碎花连衣裙”的人还买了`.")
    basis: str = Field(description="What it rests on, as `bought`, `content`, `sales`.")


class ShelfResponse(_ResponseModel):
    """What a shelf shows."""

    query_id: str = Field(description="Of this answer; send it with events that happen on the shelf.")
    kind: ShelfKind
    items: list[ShelfItemResponse]
    basis: list[str] = Field(description="What its products rest on, each once; `sales` is the last resort.")
    degraded: list[DegradationResponse]
    took_ms: float


class ShelfRulesResponse(_ResponseModel):
    """The merchant's rules for shelves."""

    rules: str
    before: str = Field(description="Those that were replaced: sent again they undo it.")


class SynonymsResponse(_ResponseModel):
    """The shop's own synonyms; those that ship with shangsou are not among them."""

    synonyms: str
    before: str = Field(description="Those that were replaced: sent again they undo it.")


class EntitiesResponse(_ResponseModel):
    """The shop's own entities; those that ship or were learnt from the catalog are not among them."""

    entities: str
    before: str = Field(description="Those that were replaced: sent again they undo it.")


class ProgressResponse(_ResponseModel):
    """How far a judge is in a book."""

    pairs: int = Field(description="All that the book asks about.")
    judged: int
    skipped: int


class JudgeResponse(_ResponseModel):
    """Someone who judges."""

    judge: str
    judged: int
    skipped: int


class BookResponse(_ResponseModel):
    """A book: products to judge for queries."""

    name: str
    pairs: int
    judges: list[JudgeResponse]


class BooksResponse(_ResponseModel):
    """What there is to judge."""

    books: list[BookResponse]


class PairResponse(_ResponseModel):
    """A product to judge for a query; neither its rank nor its score is told."""

    position: int = Field(description="In the order of this judge, from 0.")
    qid: str
    query: str
    note: str = Field(description="What the shopper is after; empty where nobody wrote it down.")
    product_id: str
    product: ProductResponse | None = Field(description="null: no longer on sale, or not in this index.")
    grade: int | None
    done: bool = Field(description="Judged, or skipped where `grade` is null.")


class PairsResponse(_ResponseModel):
    """A part of what a judge is to judge."""

    progress: ProgressResponse
    first_open: int | None = Field(description="Position of the first pair neither judged nor skipped.")
    first_skipped: int | None
    pairs: list[PairResponse]


class UndoResponse(_ResponseModel):
    """What was taken back."""

    progress: ProgressResponse
    position: int | None = Field(description="Of the pair; null: there was nothing to take back.")


class EventOutcomeResponse(_ResponseModel):
    """What became of one event that was not simply kept."""

    index: int = Field(description="Its place in what was sent, from 0.")
    status: Literal["accepted", "duplicate", "dropped", "rejected"]
    detail: str


class EventsResponse(_ResponseModel):
    """What became of the events."""

    accepted: int
    duplicates: int = Field(description="Known already: they count once.")
    dropped: int = Field(description="Usable, but not to be kept: of who wants no record, or too many.")
    rejected: int = Field(description="Not usable; sending them again changes nothing.")
    unknown_products: int = Field(description="Products in accepted events that are not on sale.")
    events: list[EventOutcomeResponse] = Field(description="Those about which there is something to say.")


class PreferencesResponse(_ResponseModel):
    """What a user wants."""

    personalize: bool


class ForgetResponse(_ResponseModel):
    """What was removed of a user or a session."""

    events: int
    sessions: int = Field(description="Sessions that were linked to the user.")


class ShopperEventsResponse(_ResponseModel):
    """Everything that is kept of a user or a session, the oldest first."""

    events: list[dict[str, object]] = Field(description="As UBI 1.3 has them, with our `event_id`.")


class ReadyResponse(_ResponseModel):
    """What keeps the server from answering searches; empty when it is ready."""

    missing: list[str]


class HealthResponse(_ResponseModel):
    """The process answers."""

    status: Literal["ok"]


class FieldErrorResponse(_ResponseModel):
    """A field that cannot be used."""

    path: str = Field(description="As `filters.price.gte`; empty: the request as a whole.")
    detail: str


class ProblemResponse(_ResponseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldErrorResponse] | None = None
    request_id: str | None = None
