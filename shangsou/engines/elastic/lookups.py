"""Bodies that read something of products given by their ids."""

from collections.abc import Sequence

from shangsou.engines.elastic.bodies import BY_ID, COLLAPSE, IDS_ONLY, IN_STOCK_FIRST, Body
from shangsou.engines.elastic.conditions import Conditions
from shangsou.engines.elastic.layout import CHANGED
from shangsou.engines.query import Filters

TITLE_VECTORS = ("title_vector", f"{CHANGED}title_vector")
"""The fields that hold the vector of a product's title: one of them does."""
_RATING_FIELDS = ("sort.rating.part", "sort.rating.mean_share")
_LISTING_FIELDS = ["group", "filter.in_stock", "duplicate", "sort.sales", *_RATING_FIELDS]


def products_body(product_ids: Sequence[str]) -> Body:
    """Return the body that fetches these products on sale, with their main types, in no order."""
    return {
        "query": _among(product_ids, Filters(), Conditions()),
        "docvalue_fields": ["product_id", "main_type"],
        "sort": ["_doc"],
        "size": len(product_ids),
        "track_total_hits": False,
    }


def ids_body(product_ids: Sequence[str], filters: Filters, conditions: Conditions) -> Body:
    """Return the body that reads the ids of those of these products that pass the filters."""
    return _columns_body(_among(product_ids, filters, conditions), len(product_ids), [])


def main_types_body(product_ids: Sequence[str]) -> Body:
    """Return the body that reads the main types of these products only."""
    return _columns_body(_ids_query(product_ids), len(product_ids), ["main_type"])


def listings_body(product_ids: Sequence[str]) -> Body:
    """Return the body that reads what of these products orders results besides their match."""
    return _columns_body(_ids_query(product_ids), len(product_ids), _LISTING_FIELDS)


def groups_body(product_ids: Sequence[str]) -> Body:
    """Return the body that reads the groups of these products."""
    return _columns_body(_ids_query(product_ids), len(product_ids), ["group"])


def title_vectors_body(product_ids: Sequence[str]) -> Body:
    """Return the body that reads the title vectors of these products, without those off sale."""
    # `_source` holds no vectors; they can be read as doc values since 8.17.
    query = _among(product_ids, Filters(), Conditions())
    return _columns_body(query, len(product_ids), [*TITLE_VECTORS])


def holding_body(product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> Body:
    """Return the body that tells by number of which lists of terms each of these products has one."""
    named = [
        {"terms": {"filter.fact": list(wanted), "_name": str(number)}} for number, wanted in enumerate(terms)
    ]
    ids = Conditions().ids(product_ids)
    query = {"bool": {"filter": [ids], "should": named, "minimum_should_match": 1}}
    return _columns_body(query, len(product_ids), [])


def passing_variants_body(groups: Sequence[str], filters: Filters, conditions: Conditions) -> Body:
    """Return the body that reads the id of one variant of each of these groups that passes the filters."""
    query = conditions.passing(filters)
    query["filter"].append(conditions.groups(groups))
    return {
        **_columns_body({"bool": query}, len(groups), []),
        **COLLAPSE,
        "sort": [IN_STOCK_FIRST, BY_ID],
    }


def variants_body(group: str, size: int, filters: Filters, conditions: Conditions) -> Body:
    """Return the body that fetches what is on sale of a group and passes the filters, by product id."""
    query = conditions.passing(filters)
    query["filter"].append({"term": {"group": group}})
    return {"query": {"bool": query}, "sort": [BY_ID], "size": size, "track_total_hits": False}


def _among(product_ids: Sequence[str], filters: Filters, conditions: Conditions) -> Body:
    query = conditions.passing(filters)
    query["filter"].append(conditions.ids(product_ids))
    return {"bool": query}


def _ids_query(product_ids: Sequence[str]) -> Body:
    return {"bool": {"filter": [Conditions().ids(product_ids)]}}


def _columns_body(query: Body, size: int, fields: Sequence[str]) -> Body:
    """Return the body that reads columns, the product id among them."""
    return {
        **IDS_ONLY,
        "docvalue_fields": ["product_id", *fields],
        "size": size,
        "track_total_hits": False,
        "query": query,
    }
