"""Prices at a moment: an offer that has ended or not begun is not the price, its list price is."""

from collections.abc import Sequence

from shangsou.engines.elastic.bodies import Body, any_of


def price_clause(limits: Body, path: str, now_us: int | None) -> Body:
    """Return the clause for a price within limits.

    Parameters
    ----------
    limits
        Of an Elasticsearch range, in fen.
    path
        What stands before the names of the fields.
    now_us
        The moment, in microseconds; None where no price depends on it.
    """
    price: Body = {"range": {f"{path}filter.price_fen": limits}}
    if now_us is None:
        return price
    is_over = offer_is_over(path, now_us)
    list_price: Body = {"range": {f"{path}filter.offer.list_price_fen": limits}}
    return any_of(
        [{"bool": {"filter": [price], "must_not": [is_over]}}, {"bool": {"filter": [list_price, is_over]}}]
    )


def offer_is_over(path: str, now_us: int) -> Body:
    """Return the clause for what has an offer that has ended or not begun."""
    return any_of(
        [
            {"range": {f"{path}filter.offer.until_us": {"lt": now_us}}},
            {"range": {f"{path}filter.offer.from_us": {"gt": now_us}}},
        ]
    )


def scored_by_price(
    query: Body,
    preferred: Sequence[tuple[Body, int]],
    price_ranks: int,
    now_us: int,
    *,
    ascending: bool,
) -> Body:
    """Return a query whose scores order by price at a moment, within what passes the same conditions.

    Scores are float32: ranks of prices are exact in them where prices in fen would not be. Up to 2 ** 24,
    which is a million distinct prices with weights of 15; beyond, neighbours tie.

    Parameters
    ----------
    query
        Matches the products, without scores.
    preferred
        Clauses for what comes first, with their weights.
    price_ranks
        The number of distinct prices.
    now_us
        The moment, in microseconds.
    ascending
        Whether the lowest score comes first: then what fails a clause scores, else what passes it. Products
        without a price come last.
    """
    without_price = price_ranks + 1 if ascending else 0
    step = price_ranks + 2
    is_over = offer_is_over("", now_us)
    functions: list[Body] = [
        {"filter": {"bool": {"must_not": [is_over]}}, **_rank("sort.price_rank", without_price)},
        {"filter": is_over, **_rank("sort.list_price_rank", without_price)},
    ]
    for clause, weight in preferred:
        scoring: Body = {"bool": {"must_not": [clause]}} if ascending else clause
        functions.append({"filter": scoring, "weight": weight * step})
    return {
        "function_score": {
            "query": query,
            "functions": functions,
            "score_mode": "sum",
            "boost_mode": "replace",
        }
    }


def _rank(field: str, missing: int) -> Body:
    return {"field_value_factor": {"field": field, "missing": missing}}
