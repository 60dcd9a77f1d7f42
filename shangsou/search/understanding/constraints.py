"""Limits that shoppers write into the query: prices, what they do not want, phrases, orders by price."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shangsou.engines.query import Filters, Sort
from shangsou.search.understanding.exclusions import find_exclusions
from shangsou.search.understanding.limits import Limit, remove_limits, without_overlaps
from shangsou.search.understanding.phrases import find_phrases
from shangsou.search.understanding.price_order import find_price_order
from shangsou.search.understanding.prices import find_prices
from shangsou.search.understanding.shop_words import ShopWords
from shangsou.search.understood import Constraint, PriceLevel
from shangsou.text.normalize import normalize_aligned
from shangsou.text.terms import characters

# What is no limit where nothing else is asked for: names such as `不要丑壳`, and `最贵的东西`.
_BESIDE_OTHERS = frozenset({"without", "price_level", "sort"})


@dataclass(frozen=True, slots=True)
class ConstrainedQuery:
    """A query and the limits that were taken out of it."""

    text: str
    """What is left to search for, as typed."""
    filters: Filters = field(default_factory=Filters)
    constraints: tuple[Constraint, ...] = ()
    sort: Sort | None = None
    """The order that it asks for."""
    price_level: PriceLevel | None = None


def parse_constraints(
    typed: str, shop: ShopWords | None = None, *, has_limits: bool = True, has_price_order: bool = True
) -> ConstrainedQuery:
    """Return the limits that a query writes out, and what it looks for within them.

    A number without a unit is a price only where it counts and measures nothing else; what is not wanted is a
    limit if there is something wanted too; a phrase in quotation marks has to stand in the product. Beside
    prices there may be nothing left.

    Parameters
    ----------
    typed
        The query.
    shop
        What the shop has words for: these are no negations and no price levels.
    has_limits, has_price_order
        Whether limits are read, and orders by price with price levels.
    """
    text, origins = normalize_aligned(typed)
    shop = shop or ShopWords()
    if not text.strip():
        return ConstrainedQuery(typed)
    found: list[Limit] = []
    if has_price_order:
        found += find_price_order(text, shop)
    if has_limits:
        found += [*find_prices(text, shop.table), *find_exclusions(text, shop), *find_phrases(text)]
    limits = without_overlaps(found)
    if not characters(remove_limits(text, limits, range(len(text) + 1))):
        limits = [limit for limit in limits if limit.kind not in _BESIDE_OTHERS]
    ends = [*origins, len(typed)]
    filters = Filters()
    for limit in limits:
        filters = filters.intersect(limit.filters)
    return ConstrainedQuery(
        remove_limits(typed, limits, ends),
        filters,
        tuple(_constraint(limit, typed, ends) for limit in limits),
        next((limit.sort for limit in limits if limit.sort), None),
        next((limit.price_level for limit in limits if limit.price_level), None),
    )


def has_price(filters: Filters) -> bool:
    """Return whether filters limit the price."""
    return filters.price_from_fen is not None or filters.price_to_fen is not None


def _constraint(limit: Limit, typed: str, ends: Sequence[int]) -> Constraint:
    written = typed[ends[limit.start] : ends[limit.end]].strip()
    whole = replace(limit, kept_span=limit.kept_span if limit.kind == "phrase" else None)
    return Constraint(limit.kind, written, limit.label, remove_limits(typed, [whole], ends))
