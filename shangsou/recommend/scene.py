"""What the sources of candidates see: the shopper, the product, the shop and what is known of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shangsou.behaviour.event import Event
from shangsou.engines.engine import Engine
from shangsou.engines.query import Hit
from shangsou.product import Product
from shangsou.recommend.model import RecommendModel
from shangsou.recommend.neighbours import Neighbours
from shangsou.recommend.pool import Pool
from shangsou.recommend.rules import ShelfRules
from shangsou.recommend.shelf import Candidate, RecommendRequest

# Characters of a title inside a reason: with the words around it two lines of a card on a phone, of 9 each.
_SHORT_TITLE = 8


class Shop(NamedTuple):
    """What every shelf of a shop is answered from, replaced as it changes."""

    engine: Engine
    neighbours: Neighbours
    model: RecommendModel
    pool: Pool
    rules: ShelfRules


@dataclass(frozen=True, slots=True)
class Scene:
    """One request with all that it is answered from."""

    request: RecommendRequest
    shop: Shop
    history: tuple[Event, ...]
    """The newest first."""
    known: dict[str, Product]
    """Products that were looked up: those of the history, the one the shelf stands beside, candidates."""
    anchor: Product | None
    now: datetime

    def number(self, product_id: str) -> int | None:
        """Return the number of a product in the model, None where it had no events."""
        return self.shop.model.numbers.get(product_id)

    def neighbours(self, products: Sequence[Product]) -> list[tuple[Hit, ...]]:
        """Return for each product those of the nearest titles, the nearest first."""
        return self.shop.neighbours.of([product.product_id for product in products])

    def load(self, product_ids: Iterable[str]) -> None:
        """Look up products that are not known yet; those that exist and are on are known from then on."""
        wanted = [one for one in dict.fromkeys(product_ids) if one not in self.known]
        if wanted:
            self.known.update((product.product_id, product) for product in self.shop.engine.products(wanted))

    def best_selling(self) -> Iterator[Candidate]:
        """Yield what sells best, for a shelf that has nothing better."""
        for product in self.shop.pool.best_selling:
            yield Candidate(product.product_id, sold(product), "sales")

    def taste(self) -> "Taste":
        """Return which categories and brands the history prefers."""
        categories, brands = Counter[str](), Counter[str]()
        for event in self.history:
            product = self.known.get(event.product_id)
            if product is not None:
                categories.update(product.category[-1:])
                brands.update([product.brand] if product.brand else [])
        return Taste(categories, brands)


@dataclass(frozen=True, slots=True)
class Taste:
    """How often a shopper had to do with categories and brands."""

    categories: Counter[str]
    brands: Counter[str]

    def of(self, product: Product) -> float:
        """Return how much a product is to this taste, from 0 to 1; the category counts for two thirds."""
        category = _share(self.categories, product.category[-1] if product.category else "")
        return (2 * category + _share(self.brands, product.brand)) / 3


def short_title(product: Product) -> str:
    """Return the beginning of a title, for a reason."""
    title = " ".join(product.title.split())
    return title if len(title) <= _SHORT_TITLE else title[:_SHORT_TITLE].rstrip() + "…"


def sold(product: Product) -> str:
    """Return the reason of what is shown for its sales."""
    if product.sales <= 0:
        return "店铺好物"
    if product.sales < 10_000:
        return f"热销 {product.sales} 件"
    return f"热销 {product.sales // 1000 / 10:g} 万件"


def _share(counts: Counter[str], name: str) -> float:
    most = max(counts.values(), default=0)
    return counts[name] / most if most and name else 0.0
