"""The prices of what is cheap for its type, or dear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shangsou.engines.engine import Engine, Retriever
from shangsou.engines.query import CandidateSet, Filters, Page, Sort
from shangsou.search.understood import PriceLevel

# Below this many products with a price there are no quarters.
_FEWEST = 4
_SORTS: dict[PriceLevel, Sort] = {"low": "price_asc", "high": "price_desc"}


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Prices from one to another, both included; None is open."""

    from_fen: int | None = None
    to_fen: int | None = None

    def within(self, filters: Filters) -> Filters:
        """Return filters for what of theirs costs so much."""
        return filters.intersect(Filters(price_from_fen=self.from_fen, price_to_fen=self.to_fen))


def find_price_quarter(level: PriceLevel, matches: CandidateSet, engine: Engine) -> PriceRange | None:
    """Return the prices of the cheapest or the dearest quarter of some products; None if they are too few."""
    priced = replace(matches, filters=PriceRange(from_fen=0).within(matches.filters))
    total = engine.fetch_page(priced, Page(_SORTS[level], 0, 1), []).total
    if total < _FEWEST:
        return None
    [product] = engine.fetch_page(priced, Page(_SORTS[level], total // 4 - 1, 1), []).products
    fen = product.price_fen
    return PriceRange(to_fen=fen) if level == "low" else PriceRange(from_fen=fen)


def price_bonuses(
    product_ids: Sequence[str],
    preferred: PriceRange | None,
    filters: Filters,
    engine: Retriever,
    weight: float,
) -> dict[str, float]:
    """Return what products lose whose price is none of those preferred, or is not known."""
    if preferred is None or not weight:
        return {}
    preferred_ids = engine.passing(product_ids, preferred.within(filters))
    return dict.fromkeys(set(product_ids) - preferred_ids, -weight)
