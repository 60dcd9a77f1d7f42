"""The search response and its JSON form: the same over HTTP and from `shangsou search --json`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from shangsou.degradation import Degradation, degradations_to_json
from shangsou.engines.query import FacetValue, Filters
from shangsou.product import CATEGORY_SEPARATOR, Product, product_to_json
from shangsou.search.lack import Lack, MatchCheck
from shangsou.search.understood import Correction, Understood, understood_to_json

if TYPE_CHECKING:
    from shangsou.search.response_json import FacetValueJson, HitJson, LackJson, SearchJson, VariantJson


_VARIANT_FIELDS = (
    *("product_id", "title", "group_id", "brand", "category", "attributes"),
    *("price", "list_price", "stock", "image_url", "tags"),
)
# What a page can show of one product; `GET /v1/products/ID` returns all.
MAX_VARIANTS = 20


class SearchHit(NamedTuple):
    """One product on the page."""

    product: Product
    score: float
    highlight: Mapping[str, str]
    """Field to HTML that is escaped but for `<em>`; only fields in which something matched."""
    explain: Mapping[str, object] | None = None
    reached_by: str = ""
    """The synonym by which it matches, empty where it matches by the query's own words."""
    why: str = ""
    """Why it stands higher for this shopper than for others, in words; empty where it does not."""
    variants: Sequence[Product] = ()
    """What is sold of its group, itself included, at most `MAX_VARIANTS`; empty where it is the only one."""


class RelatedHit(NamedTuple):
    """A product that does not match, but comes near."""

    hit: SearchHit
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The answer to a search."""

    query_id: str
    total: int
    hits: tuple[SearchHit, ...]
    related: tuple[RelatedHit, ...]
    """On page 1, where the hits do not fill it."""
    facets: Mapping[str, tuple[FacetValue, ...]]
    understood: Understood
    applied: Mapping[str, object]
    """What the search was done with: mode, sort, page, size, filters, generation."""
    degraded: tuple[Degradation, ...]
    """The parts that failed; empty when all is well."""
    took_ms: float
    correction: Correction | None = None
    match_check: MatchCheck | None = None
    """Of the product that was asked about."""


def response_to_json(response: SearchResponse) -> "SearchJson":
    """Return a response as plain JSON values, in the shape of the HTTP contract."""
    payload: SearchJson = {
        "query_id": response.query_id,
        "total": response.total,
        "hits": [_hit_to_json(hit) for hit in response.hits],
        "related": [
            {
                **_hit_to_json(related.hit),
                "lacks": _lacks_to_json(related.lacks),
            }
            for related in response.related
        ],
        "facets": {
            name: [_facet_value_to_json(value) for value in values]
            for name, values in response.facets.items()
        },
        "understood": understood_to_json(response.understood),
        "correction": None
        if response.correction is None
        else {
            "query": response.correction.query,
            "applied": response.correction.applied,
            "probability": response.correction.probability,
        },
        "applied": dict(response.applied),
        "degraded": degradations_to_json(response.degraded),
        "took_ms": response.took_ms,
    }
    if response.match_check is not None:
        check = response.match_check
        payload["match_check"] = {
            "product_id": check.product_id,
            "matches": check.matches,
            "lacks": _lacks_to_json(check.lacks),
        }
    return payload


def filters_to_json(filters: Filters) -> dict[str, object]:
    """Return the filters that are set, in the shape in which the HTTP API takes them, prices in yuan."""
    limits = {"gte": filters.price_from_fen, "lte": filters.price_to_fen}
    payload: dict[str, object] = {
        "category": [CATEGORY_SEPARATOR.join(path) for path in filters.categories],
        "brand": list(filters.brands),
        "price": {name: fen / 100 for name, fen in limits.items() if fen is not None},
        "in_stock": filters.in_stock,
        "attributes": {name: list(values) for name, values in filters.attributes},
        "contains": list(filters.contains),
        "excludes": [exclusion.text for exclusion in filters.exclusions],
    }
    return {name: value for name, value in payload.items() if value not in ([], {}, None)}


def _lacks_to_json(lacks: Iterable[Lack]) -> "list[LackJson]":
    return [{"kind": lack.kind, "asked": lack.asked, "says": lack.says} for lack in lacks]


def _hit_to_json(hit: SearchHit) -> "HitJson":
    payload: HitJson = {
        "product_id": hit.product.product_id,
        "product": product_to_json(hit.product),
        "score": hit.score,
        "highlight": dict(hit.highlight),
        "variants": [variant_to_json(variant) for variant in hit.variants],
    }
    if hit.explain is not None:
        payload["explain"] = dict(hit.explain)
    if hit.reached_by:
        payload["reached_by"] = hit.reached_by
    if hit.why:
        payload["why"] = hit.why
    return payload


def variant_to_json(product: Product) -> "VariantJson":
    """Return what tells a variant from the others of its group; fields without a value are left out."""
    payload = product_to_json(product)
    return cast("VariantJson", {name: payload[name] for name in _VARIANT_FIELDS if name in payload})  # type: ignore[literal-required]


def _facet_value_to_json(value: FacetValue) -> "FacetValueJson":
    payload: FacetValueJson = {"value": value.value, "count": value.count}
    if value.from_fen is not None:
        payload["from"] = value.from_fen / 100
        payload["to"] = None if value.to_fen is None else value.to_fen / 100
    return payload
