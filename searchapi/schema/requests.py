"""The models of requests over HTTP, for POST bodies and query strings alike.

A parameter is declared here and in the domain object that it goes to; the query string and the OpenAPI
description follow from the model (`searchapi.schema.parameters`).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from indexer.numbers import MAX_COUNT
from relevance.judging.book import MAX_JUDGE_LENGTH, MAX_SECONDS
from searchapi.problems import FieldError, InvalidRequest
from searchapi.schema.parameters import QueryNames
from searchapi.schema.validation import validate
from shangsou.engines.query import Exclusion, Filters, Sort
from shangsou.limits import MAX_ID_LENGTH
from shangsou.recommend.shelf import DEFAULT_SIZE, MAX_SIZE, PRODUCT_KINDS, RecommendRequest, ShelfKind
from shangsou.search.filter_values import MAX_PRICE_YUAN, parse_category_path, parse_price_limits
from shangsou.search.request import MAX_DEPTH, MAX_PAGE_SIZE, Mode, SearchRequest, SuggestRequest
from shangsou.text.normalize import normalize
from shangsou.text.terms import characters

# Generous bounds, so that no request makes an engine build a query of unbounded size: no shop page offers
# more choices at once.
MAX_FILTER_VALUES = 100
MAX_FILTER_ATTRIBUTES = 20
MAX_FACETS = 20
MAX_IGNORED = 20
# Texts looked for, times the passes over all products that the facets of a search need.
MAX_TEXT_PASSES = 100
MAX_VALUE_LENGTH = 500
MAX_SUGGESTIONS = 20
MAX_PAIRS = 50
MAX_OPERATIONS = 1_000

Value = Annotated[str, StringConstraints(min_length=1, max_length=MAX_VALUE_LENGTH)]
Values = Annotated[list[Value], Field(max_length=MAX_FILTER_VALUES)]
Yuan = Annotated[float, Field(ge=0, le=MAX_PRICE_YUAN, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Id = Annotated[str, StringConstraints(max_length=MAX_ID_LENGTH)]
FacetName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(category|brand|price|attributes(\.[\s\S]+)?)$", max_length=MAX_VALUE_LENGTH
    ),
]


class _StrictModel(BaseModel):
    """A model that rejects unknown fields and values of other types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PriceFilter(_StrictModel):
    """Prices in yuan, both ends included."""

    gte: Yuan | None = None
    lte: Yuan | None = None

    @field_validator("lte")
    @classmethod
    def _is_no_less_than_gte(cls, lte: float | None, info: ValidationInfo) -> float | None:
        gte = info.data.get("gte")
        if gte is not None and lte is not None and lte < gte:
            raise PydanticCustomError("price_range", "{lte} is below gte, {gte}", {"lte": lte, "gte": gte})
        return lte


class SearchFilters(_StrictModel):
    """Filters: a product needs any of the values of each filter."""

    category: Values | None = Field(default=None, description="Paths from the root, as `女装>连衣裙`.")
    brand: Values | None = None
    price: PriceFilter | None = None  # `price_gte` and `price_lte` in a query string
    in_stock: bool | None = Field(
        default=None, description="true: in stock or unknown; false: out of stock only."
    )
    contains: Values | None = Field(default=None, description="Texts that a product holds, all of them.")
    excludes: Values | None = Field(default=None, description="Texts of which a product holds none.")
    attributes: Annotated[
        Annotated[dict[Value, Values], Field(max_length=MAX_FILTER_ATTRIBUTES)] | None,
        QueryNames(prefix="attr."),
    ] = None

    @field_validator("category")
    @classmethod
    def _has_no_empty_level(cls, paths: list[str] | None) -> list[str] | None:
        for path in paths or ():
            try:
                parse_category_path(path)
            except ValueError as problem:
                raise PydanticCustomError("category_path", "{words}", {"words": str(problem)}) from None
        return paths


class SearchBody(_StrictModel):
    """One search."""

    query: Annotated[str, QueryNames("q", alias="query")] = Field(
        default="", description="What the shopper typed. Empty: browse by sales."
    )
    filters: Annotated[SearchFilters | None, QueryNames(prefix="")] = None
    facets: Annotated[
        list[FacetName], Field(max_length=MAX_FACETS), QueryNames("facet", comma_alias="facets")
    ] = Field(
        default=[],
        description="`category`, `brand`, `price`, `attributes.NAME`, or `attributes` for the most telling.",
    )
    sort: Sort = "relevance"
    size: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = Field(default=20, description="Hits a page.")
    page: Annotated[int, Field(ge=1, le=MAX_DEPTH)] = Field(
        default=1, description=f"From 1; page x size is at most {MAX_DEPTH:,}."
    )
    collapse: bool = Field(default=True, description="false: every variant of a product is a hit and counts.")
    mode: Mode = "hybrid"
    explain: bool = Field(default=False, description="Say of each hit what its score is made of.")
    ignore: Annotated[list[Id], Field(max_length=MAX_IGNORED)] = Field(
        default=[], description="Ids of facts in the query that are not to count."
    )
    explain_id: Id | None = Field(
        default=None, description="A product: say whether it matches, and if not, why."
    )
    correct: bool = Field(
        default=True, description="false: search as typed, slips and pinyin left as they are."
    )
    personalize: bool = Field(default=True, description="false: the same order for everyone.")
    user_id: Id | None = Field(
        default=None, description="Counts only from loopback, with the server's key, or signed."
    )
    session_id: Id | None = None
    query_id: Id | None = Field(default=None, description="On later pages the `query_id` of page 1.")

    @field_validator("page")
    @classmethod
    def _is_within_reach(cls, page: int, info: ValidationInfo) -> int:
        size = info.data.get("size", 1)
        if page * size > MAX_DEPTH:
            raise PydanticCustomError(
                "depth",
                "page {page} x size {size} is more than {most}",
                {"page": page, "size": size, "most": MAX_DEPTH},
            )
        return page


class SuggestParameters(_StrictModel):
    """The text typed so far."""

    query: Annotated[str, QueryNames("q", alias="query")] = Field(
        default="", description="Empty: what is most popular."
    )
    size: Annotated[int, Field(ge=1, le=MAX_SUGGESTIONS)] = Field(default=8, description="Most queries.")
    products: Annotated[int, Field(ge=0, le=MAX_SUGGESTIONS)] = Field(default=3, description="Most products.")


class RecommendParameters(_StrictModel):
    """The parameters of a shelf."""

    product_id: Id | None = Field(
        default=None,
        description="Of the product it stands beside; similar, together, cross-category need it.",
    )
    size: Annotated[int, Field(ge=1, le=MAX_SIZE)] = Field(default=DEFAULT_SIZE, description="Most products.")
    personalize: bool = Field(default=True, description="false: as for a stranger.")
    user_id: Id | None = Field(
        default=None, description="Counts only from loopback, with the server's key, or signed."
    )
    session_id: Id | None = None


class ShelfRulesBody(_StrictModel):
    """The merchant's rules for shelves, as in the file."""

    rules: str = Field(description="Lines as `exclude ID`, `exclude ID => new`, `pin ID => trending`.")


class PreferencesBody(_StrictModel):
    """The preferences of a user, one or both; what is absent stays as it is."""

    personalize: bool | None = Field(
        default=None, description="false: nothing recorded, and the same order as for everyone."
    )
    marketing: bool | None = Field(
        default=None, description="false: on no list of whom to win back, nor in its hold-out."
    )

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if self.personalize is None and self.marketing is None:
            raise PydanticCustomError("preferences", "name personalize, marketing or both")
        return self


class SynonymsBody(_StrictModel):
    """A shop's own synonyms, as in the file."""

    synonyms: str = Field(
        description="Lines as `耐克, nike` (both ways) and `手提电脑 => 笔记本电脑` (one way)."
    )


class EntitiesBody(_StrictModel):
    """A shop's own entities, as in the file."""

    entities: str = Field(
        description="Lines as `brand: 南极人, 耐克`, and `none: 日本` for what is no entity."
    )


Judge = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_JUDGE_LENGTH)]


class JudgeParameters(_StrictModel):
    """The judge."""

    judge: Judge = Field(
        description="The judge's name: that of the key where it lacks `adjudicate` and `admin`, else any."
    )


class PairsParameters(JudgeParameters):
    """Some of the pairs for a judge."""

    position: Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="Of the first pair, from 0. Unset: the first that is neither judged nor skipped.",
    )
    size: Annotated[int, Field(ge=1, le=MAX_PAIRS)] = Field(default=10, description="Most pairs.")


class DecisionBody(JudgeParameters):
    """The grade that an adjudicator decides on, where judges differ."""

    qid: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_LENGTH)]
    product_id: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_LENGTH)]
    grade: Annotated[int, Field(ge=0, le=3)] | None = Field(
        description="0 not relevant, 1 somewhat, 2 good, 3 exactly what is wanted; null: skipped."
    )


class GradeBody(DecisionBody):
    """A judge's grade of a product for a query."""

    seconds: Annotated[float, Field(ge=0, le=MAX_SECONDS)] | None = Field(
        default=None,
        description="From showing the product to its grade; null or absent: unknown, or a pause.",
    )


class ProductFields(_StrictModel):
    """Fields of a product. What is absent stays, null clears (RFC 7396); a title cannot be cleared."""

    title: Annotated[str, StringConstraints(min_length=1)] | None = None
    subtitle: str | None = None
    description: str | None = None
    brand: str | None = None
    category: str | None = Field(default=None, description="The path from the root, as `女装>连衣裙`.")
    price: Yuan | None = Field(default=None, description="In yuan.")
    list_price: Yuan | None = Field(default=None, description="In yuan.")
    offer_from: str | None = Field(default=None, description="ISO 8601.")
    offer_until: str | None = Field(default=None, description="ISO 8601.")
    stock: Count | None = Field(default=None, description="null: unknown, for sale.")
    status: Literal["on", "off"] | None = None
    group_id: Id | None = None
    attributes: dict[Value, Values | Value | None] | None = Field(
        default=None, description="By name; one that is null goes, one that is absent stays."
    )
    image_url: str | None = None
    shop: str | None = None
    tags: Values | None = None
    sales: Count | None = None
    rating: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] | None = None
    reviews: Count | None = None
    created_at: str | None = Field(default=None, description="ISO 8601.")
    codes: Values | None = None
    product_type: str | None = None


class BatchOperation(ProductFields):
    """One operation of a batch: what it does, to which product, and the fields that it states."""

    op: Literal["patch", "upsert", "put", "delete"] = Field(
        description="`upsert` makes the product where there is none, `put` takes the place of all of it."
    )
    product_id: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_LENGTH)]
    if_match: str | None = Field(default=None, description="The version that the product must have.")


class BatchBody(_StrictModel):
    """Operations on products, done in their order; one that cannot be done leaves the others alone."""

    operations: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_OPERATIONS)]


def parse_suggest_request(payload: object) -> SuggestRequest:
    """Parse a suggest request from plain JSON values; raises `InvalidRequest` with every invalid field."""
    parameters = validate(SuggestParameters, payload)
    return SuggestRequest(typed=parameters.query, **_set_fields(parameters, "query"))


def parse_recommend_request(kind: ShelfKind, payload: object) -> RecommendRequest:
    """Parse a shelf request from plain JSON values; raises `InvalidRequest` with every invalid field."""
    parameters = validate(RecommendParameters, payload)
    if kind in PRODUCT_KINDS and not parameters.product_id:
        raise InvalidRequest([FieldError("product_id", f"{kind} stands beside a product; name it")])
    return RecommendRequest(kind=kind, **_set_fields(parameters))


def parse_search_request(payload: object) -> SearchRequest:
    """Parse a search request from plain JSON values; raises `InvalidRequest` with every invalid field."""
    body = validate(SearchBody, payload)
    _refuse_heavy(body)
    return SearchRequest(
        filters=_filters(body.filters) if body.filters else Filters(),
        facets=tuple(dict.fromkeys(body.facets)),
        ignore=tuple(dict.fromkeys(body.ignore)),
        **_set_fields(body, "filters", "facets", "ignore"),
    )


def _refuse_heavy(body: SearchBody) -> None:
    """Raise `InvalidRequest` for a search that would keep the others waiting.

    Every text of `contains` and `excludes` is looked for in all products; and again for each facet that
    has a filter of its own, which it ignores.
    """
    filters = body.filters or SearchFilters()
    texts = len(filters.contains or ()) + len(filters.excludes or ())
    filtered = {
        "category": bool(filters.category),
        "brand": bool(filters.brand),
        "price": filters.price is not None,
        "attributes": bool(filters.attributes),
        **{f"attributes.{name}": True for name in filters.attributes or ()},
    }
    passes = 1 + sum(filtered.get(facet, False) for facet in set(body.facets))
    if texts * passes > MAX_TEXT_PASSES:
        detail = (
            f"{texts} texts, looked for in {passes} passes with the facets that have filters of their own, "
            f"are {texts * passes} searches; at most {MAX_TEXT_PASSES}: ask for fewer texts or facets"
        )
        raise InvalidRequest([FieldError("filters.contains", detail)])


def _set_fields(model: BaseModel, *converted: str) -> dict[str, Any]:
    """Return the fields that the domain object takes as they are, without those that are None."""
    return {name: value for name, value in model if name not in converted and value is not None}


def _filters(filters: SearchFilters) -> Filters:
    price = filters.price or PriceFilter()
    price_from_fen, price_to_fen = parse_price_limits(price.gte, price.lte)
    attributes: Mapping[str, list[str]] = filters.attributes or {}
    return Filters(
        categories=tuple(dict.fromkeys(parse_category_path(path) for path in filters.category or ())),
        brands=tuple(dict.fromkeys(filters.brand or ())),
        price_from_fen=price_from_fen,
        price_to_fen=price_to_fen,
        in_stock=filters.in_stock,
        attributes=tuple(
            (name, tuple(dict.fromkeys(values))) for name, values in attributes.items() if values
        ),
        contains=_normalized_texts(filters.contains),
        exclusions=tuple(map(Exclusion, _normalized_texts(filters.excludes))),
    )


def _normalized_texts(texts: list[str] | None) -> tuple[str, ...]:
    """Return texts normalized as in products, without those that have no letter, digit or ideograph."""
    normalized = dict.fromkeys(map(normalize, texts or ()))
    return tuple(text for text in normalized if characters(text))
