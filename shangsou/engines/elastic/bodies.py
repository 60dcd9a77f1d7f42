"""Parts of many request bodies to Elasticsearch."""

from typing import Any

Body = dict[str, Any]
# Ties go by product id, in code point order, as in the embedded engine.
BY_ID: Body = {"product_id": "asc"}
IN_STOCK_FIRST: Body = {"filter.in_stock": "desc"}
# Only the best document of each group, by the order of the search.
COLLAPSE: Body = {"collapse": {"field": "group"}}
# Ids come from doc values: reading `_id` or `_source` unpacks a stored block for each hit.
IDS_ONLY: Body = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["product_id"]}

# Of a body that scores by words: by the statistics of all shards, so that scores are those of one. It takes
# a round trip between the nodes more, and vectors would be searched twice for it.
SCORED_BY_WORDS: Body = {"search_type": "dfs_query_then_fetch"}


def any_of(clauses: list[Body]) -> Body:
    """Return the clause for what one of these clauses matches."""
    if not clauses:
        return {"match_none": {}}
    return {"bool": {"should": clauses, "minimum_should_match": 1}}
