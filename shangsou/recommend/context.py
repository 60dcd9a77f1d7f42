"""The context of one shelf: the request, the shopper's history, its anchor product and the shop's models."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shangsou.behaviour.event import PURCHASE, Event
from shangsou.engines.engine import Engine
from shangsou.engines.query import Hit
from shangsou.lexicon.type_words import ends_like_type
from shangsou.product import Product
from shangsou.recommend.catalog_pool import CatalogPool
from shangsou.recommend.model import RecommendModel
from shangsou.recommend.rules import ShelfRules
from shangsou.recommend.shelf import RecommendRequest, ShelfCandidate
from shangsou.recommend.title_neighbours import TitleNeighbours

# Characters of a name in a reason: with the words around it, two lines of 9 on a phone's card.
_MAX_NAME_LENGTH = 8


class ShelfResources(NamedTuple):
    """The models, products and rules that every shelf is built from, replaced as they change."""

    engine: Engine
    neighbours: TitleNeighbours
    model: RecommendModel
    pool: CatalogPool
    rules: ShelfRules


@dataclass(frozen=True, slots=True)
class ShelfContext:
    """One request with everything needed to answer it."""

    request: RecommendRequest
    resources: ShelfResources
    history: tuple[Event, ...]
    """Newest first."""
    products: dict[str, Product]
    """The products loaded so far: those of the history, the anchor, candidates."""
    anchor: Product | None
    now: datetime
    _main_types: dict[str, str] = field(default_factory=dict)
    """The product types of the products that were named, empty where none is known."""

    def number(self, product_id: str) -> int | None:
        """Return the number of a product in the model, None for one without events."""
        return self.resources.model.numbers.get(product_id)

    def neighbours(self, products: Sequence[Product]) -> list[tuple[Hit, ...]]:
        """Return for each product those with the nearest titles, nearest first."""
        return self.resources.neighbours.of([product.product_id for product in products])

    def load(self, product_ids: Iterable[str]) -> None:
        """Load products that are not loaded yet, if they exist and are on sale."""
        wanted = [product_id for product_id in dict.fromkeys(product_ids) if product_id not in self.products]
        if wanted:
            self.products.update(
                (product.product_id, product) for product in self.resources.engine.products(wanted)
            )

    def best_selling(self) -> Iterator[ShelfCandidate]:
        """Yield the best sellers, for a shelf that has nothing better."""
        for product in self.resources.pool.best_selling:
            yield ShelfCandidate(product.product_id, sales_reason(product), "sales")

    def quoted_name(self, product: Product) -> str:
        """Return what a reason calls a product, never a piece of its title.

        A short title, else the product word, else the last category.
        """
        title = " ".join(product.title.split())
        names = (
            [title]
            if len(title) <= _MAX_NAME_LENGTH
            else [self._product_word(product), *product.category[-1:]]
        )
        name = next((name for name in names if 0 < len(name) <= _MAX_NAME_LENGTH), "")
        return f"“{name}”" if name else "这件商品"

    def _product_word(self, product: Product) -> str:
        """Return the word for the type of a product, empty where none is known."""
        if product.product_id not in self._main_types:
            # All at once: each question may be a round trip.
            unknown = [product_id for product_id in self.products if product_id not in self._main_types]
            self._main_types.update(dict.fromkeys([*unknown, product.product_id], ""))
            self._main_types.update(self.resources.engine.main_types([*unknown, product.product_id]))
        word = self._main_types[product.product_id]
        return word if word and ends_like_type(word) else ""

    def continued_history(self) -> list[Event]:
        """Return the history without what was bought and not looked for any further, as a gift is.

        That is the only product of its category in the history, bought once.
        """
        products_of: dict[str, set[str]] = {}
        purchases: Counter[str] = Counter()
        for event in self.history:
            category = self.category_of(event)
            products_of.setdefault(category, set()).add(event.product_id)
            purchases[category] += event.action == PURCHASE
        finished = {
            category
            for category, products in products_of.items()
            if category and len(products) == 1 and purchases[category] == 1
        }
        return [event for event in self.history if self.category_of(event) not in finished]

    def category_of(self, event: Event) -> str:
        """Return the category of the product of an event; empty where it has none, or none is known."""
        product = self.products.get(event.product_id)
        return product.category[-1] if product is not None and product.category else ""

    def interest_profile(self) -> "InterestProfile":
        """Return the category and brand preferences of the history."""
        categories, brands = Counter[str](), Counter[str]()
        for event in self.continued_history():
            product = self.products.get(event.product_id)
            if product is not None:
                categories.update(product.category[-1:])
                brands.update([product.brand] if product.brand else [])
        return InterestProfile(categories, brands)


@dataclass(frozen=True, slots=True)
class InterestProfile:
    """How often a shopper interacted with each category and brand."""

    categories: Counter[str]
    brands: Counter[str]

    def of(self, product: Product) -> float:
        """Return the fit of a product to this profile, from 0 to 1; the category counts for two thirds."""
        category = _share(self.categories, product.category[-1] if product.category else "")
        return (2 * category + _share(self.brands, product.brand)) / 3


def sales_reason(product: Product) -> str:
    """Return the reason for a product shown because of its sales."""
    if product.sales <= 0:
        return "店铺好物"
    if product.sales < 10_000:
        return f"热销 {product.sales} 件"
    return f"热销 {product.sales // 1000 / 10:g} 万件"


def _share(counts: Counter[str], name: str) -> float:
    highest = max(counts.values(), default=0)
    return counts[name] / highest if highest and name else 0.0
