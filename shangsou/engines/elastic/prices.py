"""Prices at a moment: an offer that has ended or not begun is not the price, its list price is."""

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
