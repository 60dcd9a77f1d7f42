"""What a search answers, and its JSON form: the same over HTTP and from `shangsou search --json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from shangsou.engines.query import FacetValue, Filters
from shangsou.product import CATEGORY_SEPARATOR, Product, product_to_json

if TYPE_CHECKING:
    from shangsou.lexicon.categories import Prediction
    from shangsou.text.entities import Entity


class SearchHit(NamedTuple):
    """One product on the page."""

    product: Product
    score: float
    highlight: Mapping[str, str]
    """Field to HTML that is escaped but for `<em>`; only fields in which something matched."""
    explain: Mapping[str, object] | None = None
    why: str = ""
    """Why it stands higher for this shopper than for others, in words; empty where it does not."""


class Constraint(NamedTuple):
    """A limit that stands in the query, as `100元以下`."""

    kind: Literal["price", "without", "phrase"]
    typed: str
    """As it stands in the query."""
    label: str
    """For people: `100 元以下`, `蕾丝`, `纯棉 四件套`."""
    rest: str
    """The query without it, for whoever takes it off."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of query understanding that changed something."""

    name: str
    """`truncate`, `constraints`, `normalize`, `pinyin`, `spelling`, `segment`, `synonyms`, …"""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the search made of the query."""

    query: str
    """As typed, as far as it is searched."""
    normalized: str
    words: tuple[str, ...]
    steps: tuple[Step, ...]
    constraints: tuple[Constraint, ...] = ()
    """Limits written into the query, in its order; they are filters of the search."""
    entities: tuple["Entity", ...] = ()
    """What its words stand for, in its order; places are those in `normalized`."""
    categories: tuple["Prediction", ...] = ()
    """Where what it asks for is filed, the likeliest first."""
    relaxed: tuple[str, ...] = ()
    """Words that products need not hold, since too few held all; in the order in which they went."""


class Correction(NamedTuple):
    """What the shopper may have meant by a mistyped query, or by one in pinyin."""

    query: str
    """To search for: the whole query, limits included."""
    applied: bool
    """Whether this is what was searched for; else it is offered."""
    probability: float
    """That it was meant, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The answer to a search."""

    query_id: str
    total: int
    hits: tuple[SearchHit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    understood: Understood
    applied: Mapping[str, object]
    """What the search was done with: mode, sort, page, size, filters, generation."""
    degraded: tuple[str, ...]
    """A line for each part that failed, as `encoder: …`; empty when all is well."""
    took_ms: float
    correction: Correction | None = None


def response_to_json(response: SearchResponse) -> dict[str, object]:
    """Return a response as plain JSON values, in the shape of the HTTP contract."""
    return {
        "query_id": response.query_id,
        "total": response.total,
        "hits": [_hit_to_json(hit) for hit in response.hits],
        "facets": {
            name: [_facet_value_to_json(value) for value in values]
            for name, values in response.facets.items()
        },
        "understood": {
            "query": response.understood.query,
            "normalized": response.understood.normalized,
            "words": list(response.understood.words),
            "steps": [
                {"name": step.name, "before": step.before, "after": step.after}
                for step in response.understood.steps
            ],
            "constraints": [constraint._asdict() for constraint in response.understood.constraints],
            "entities": [entity._asdict() for entity in response.understood.entities],
            "categories": [
                {
                    "path": CATEGORY_SEPARATOR.join(prediction.path),
                    "probability": round(prediction.probability, 3),
                }
                for prediction in response.understood.categories
            ],
            "relaxed": list(response.understood.relaxed),
        },
        "correction": None if response.correction is None else response.correction._asdict(),
        "applied": dict(response.applied),
        "degraded": list(response.degraded),
        "took_ms": response.took_ms,
    }


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
        "excludes": list(filters.excludes),
    }
    return {name: value for name, value in payload.items() if value not in ([], {}, None)}


def _hit_to_json(hit: SearchHit) -> dict[str, object]:
    payload: dict[str, object] = {
        "product_id": hit.product.product_id,
        "product": product_to_json(hit.product),
        "score": hit.score,
        "highlight": dict(hit.highlight),
    }
    if hit.explain is not None:
        payload["explain"] = dict(hit.explain)
    if hit.why:
        payload["why"] = hit.why
    return payload


def _facet_value_to_json(value: FacetValue) -> dict[str, object]:
    payload: dict[str, object] = {"value": value.value, "count": value.count}
    if value.from_fen is not None:
        payload["from"] = value.from_fen / 100
        payload["to"] = None if value.to_fen is None else value.to_fen / 100
    return payload
