"""Reading of Elasticsearch's responses."""

from collections.abc import Sequence
from datetime import datetime
from math import nan
from typing import Any, NamedTuple

from shangsou.engines.elastic.documents import product_key
from shangsou.engines.listing import Listing
from shangsou.engines.query import FilterLeg, Hit, Leg, LexicalLeg
from shangsou.product import Product, product_from_json

Response = dict[str, Any]
_PARTS = (
    "responses.hits.total.value",
    "responses.hits.hits._score",
    "responses.hits.hits.fields",
    "responses.hits.hits.matched_queries",
    "responses.hits.hits._source",
    "responses.aggregations.*.buckets",
    "responses.aggregations.*.value",
    "responses.aggregations.variants.passing.*.buckets",
    "responses.error",
    "responses.status",
)
_SORT_VALUES = "responses.hits.hits.sort"


def filter_path(*, with_sort_values: bool) -> Sequence[str]:
    """Return the parts of a response that are read; the rest is not sent.

    The status is always present and keeps an otherwise empty response in its position. The values sorted by
    are long lists, and rarely read.
    """
    return (*_PARTS, _SORT_VALUES) if with_sort_values else _PARTS


def hits(response: Response) -> list[dict[str, Any]]:
    """Return the hits of a response."""
    # Empty parts are missing from a filtered response.
    found: list[dict[str, Any]] = response.get("hits", {}).get("hits", [])
    return found


def total(response: Response) -> int:
    """Return how many documents a response counted."""
    count: int = response["hits"]["total"]["value"]
    return count


def product_id(hit: dict[str, Any]) -> str:
    """Return the product of a hit."""
    identifier: str = hit["fields"]["product_id"][0]
    return identifier


def product_ids(response: Response) -> list[str]:
    """Return the products of all hits."""
    return [product_id(hit) for hit in hits(response)]


def leg_hits(leg: Leg, response: Response) -> list[Hit]:
    """Return the hits of a leg, best first, ties by product id."""
    found = hits(response)
    if isinstance(leg, FilterLeg):
        return [Hit(product_id(hit), 0.0) for hit in found]
    if leg.collapse:
        # Of groups that tie Elasticsearch has those in stock first.
        found = sorted(found, key=lambda hit: (-hit["_score"], product_id(hit)))
    if isinstance(leg, LexicalLeg):
        return [Hit(product_id(hit), hit["_score"]) for hit in found]
    # Elasticsearch's score of a cosine is (1 + cosine) / 2, since Lucene has no negative scores.
    return [Hit(product_id(hit), 2 * hit["_score"] - 1) for hit in found]


def products(response: Response, moment: datetime) -> list[Product]:
    """Return the products of all hits, with their prices at a moment."""
    return [product_from_json(hit["_source"]["product"]).current(moment) for hit in hits(response)]


def groups(response: Response) -> dict[str, str]:
    """Return the group of each product that has one."""
    return {product_id(hit): hit["fields"]["group"][0] for hit in hits(response) if "group" in hit["fields"]}


class ListedProduct(NamedTuple):
    """A listing before its rating is drawn to the mean of all, which every change moves."""

    listing: Listing
    """Its rating is the part that does not depend on the mean."""
    mean_share: float
    """What the mean weighs in its rating; NaN where there is none."""

    def drawn_to(self, mean_rating: float) -> Listing:
        """Return the listing with its rating drawn to a mean."""
        return self.listing._replace(rating=self.listing.rating + self.mean_share * mean_rating)


def listed_products(response: Response) -> dict[str, ListedProduct]:
    """Return what orders results besides their match, of all hits."""
    return {product_id(hit): _listed(hit["fields"]) for hit in hits(response)}


def main_types(response: Response) -> dict[str, str]:
    """Return the main type of each product that has one."""
    return {
        product_id(hit): hit["fields"]["main_type"][0]
        for hit in hits(response)
        if "main_type" in hit["fields"]
    }


def _listed(fields: dict[str, Sequence[Any]]) -> ListedProduct:
    def first(name: str, default: Any = None) -> Any:
        return fields.get(name, [default])[0]

    listing = Listing(
        first("group") or product_key(fields["product_id"][0]),
        first("filter.in_stock"),
        first("duplicate"),
        first("sort.sales"),
        first("sort.rating.part", nan),
    )
    return ListedProduct(listing, first("sort.rating.mean_share", nan))
