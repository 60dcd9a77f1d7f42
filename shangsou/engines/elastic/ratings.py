"""The order by rating: drawn to the mean of all products, which changes with each of them."""

from collections.abc import Sequence

from shangsou.engines.elastic.bodies import Body

# Scores are float32. What is rated has 1 more than its rating, from 0 to 5; these are above the highest, and
# above one another. Ratings stay exact to a hundred thousandth.
_IN_STOCK_WEIGHT = 8
_PASSED_WEIGHT = 16


def scored_by_rating(query: Body, mean_rating: float, passed: Sequence[Body], *, sold_out_last: bool) -> Body:
    """Return a query whose scores order by rating, within what passes as many of some conditions.

    Parameters
    ----------
    query
        Matches the products, without scores.
    mean_rating
        Of all products.
    passed
        Clauses of the conditions; what passes more of them comes first.
    sold_out_last
        Whether of these what is in stock comes first.
    """
    weights = [(clause, _PASSED_WEIGHT) for clause in passed]
    if sold_out_last:
        weights.append(({"term": {"filter.in_stock": True}}, _IN_STOCK_WEIGHT))
    weights.append(({"exists": {"field": "sort.rating.part"}}, 1))
    functions: list[Body] = [{"filter": clause, "weight": weight} for clause, weight in weights]
    for field, factor in (("part", 1.0), ("mean_share", mean_rating)):
        functions.append(
            {"field_value_factor": {"field": f"sort.rating.{field}", "factor": factor, "missing": 0}}
        )
    return {
        "function_score": {
            "query": query,
            "functions": functions,
            "score_mode": "sum",
            "boost_mode": "replace",
        }
    }


def mean_rating_body() -> Body:
    """Return the body that sums what the mean rating is made of, over all products."""
    return {
        "size": 0,
        "track_total_hits": False,
        "aggs": {name: {"sum": {"field": f"sort.rating.{name}"}} for name in ("sum", "reviews")},
    }
