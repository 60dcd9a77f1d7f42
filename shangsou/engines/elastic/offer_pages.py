"""Pages by price where prices depend on the moment.

No field holds the price of the moment, and a score, as float32, cannot. So what costs its price and what
costs its list price are ordered apart, and merged.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from shangsou.engines.elastic import responses
from shangsou.engines.elastic.bodies import BY_ID, IDS_ONLY, Body
from shangsou.engines.elastic.layout import Layout
from shangsou.engines.elastic.prices import offer_is_over
from shangsou.engines.elastic.responses import Response
from shangsou.engines.query import Page


def is_by_offers(page: Page, layout: Layout) -> bool:
    """Return whether a page is by prices that depend on the moment."""
    return layout.has_offers and page.sort in {"price_asc", "price_desc"}


def offer_page_bodies(query: Body, order: Sequence[Any], page: Page, now_us: int) -> list[Body]:
    """Return the bodies whose hits `merged_ids` turns into a page.

    Parameters
    ----------
    query
        A bool query with lists of all clauses.
    order
        What comes before the price, descending.
    page
        By price.
    now_us
        The moment, in microseconds.
    """
    clauses = query["bool"]
    is_over = offer_is_over("", now_us)
    costs_price = {"bool": {**clauses, "must_not": [*clauses["must_not"], is_over]}}
    costs_list_price = {"bool": {**clauses, "filter": [*clauses["filter"], is_over]}}
    direction = "asc" if page.sort == "price_asc" else "desc"
    return [
        {
            **IDS_ONLY,
            "docvalue_fields": ["product_id", "group"],
            "query": restricted,
            "sort": [*order, {field: {"order": direction, "missing": "_last"}}, BY_ID],
            "size": page.offset + page.size,
            "track_total_hits": False,
        }
        for restricted, field in (
            (costs_price, "filter.price_fen"),
            (costs_list_price, "filter.offer.list_price_fen"),
        )
    ]


def merged_ids(found: Sequence[Response], page: Page, *, collapse: bool) -> list[str]:
    """Return the ids of the products of a page, from the responses to `offer_page_bodies`."""
    sign = 1 if page.sort == "price_asc" else -1

    def key(hit: dict[str, Any]) -> tuple[Any, ...]:
        *before, price, product_id = hit["sort"]
        return (*(-value for value in before), sign * price, product_id)

    ids = []
    seen = set()
    for hit in sorted(chain.from_iterable(map(responses.hits, found)), key=key):
        product_id = responses.product_id(hit)
        group = hit["fields"]["group"][0] if collapse else product_id
        if group not in seen:
            seen.add(group)
            ids.append(product_id)
    return ids[page.offset : page.offset + page.size]
