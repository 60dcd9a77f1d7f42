"""The products of offers: what is in carts, and what stands on the shop's shelves."""

import logging
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Protocol

from insights.customers.sensitive import SensitiveWords
from insights.winback.offer_customers import OfferCustomer
from shangsou.degradation import Degradation
from shangsou.errors import NoIndex, ShangsouError
from shangsou.product import Product
from shangsou.recommend.selection import is_in_stock
from shangsou.recommend.shelf import RecommendRequest, Shelf, ShelfKind

log = logging.getLogger(__name__)
# As many as a message names.
PRODUCTS_AN_OFFER = 3
# On a shelf, so that enough are left without sensitive and reduced ones.
_SHELF_SIZE = 12
# Of the shelf that is read once, and fills up others.
_TRENDING_SIZE = 50
# Products looked up at once.
_BATCH = 500
_NO_INDEX = "there is no index, so offers have no products"


class Shelves(Protocol):
    """The shelves of a shop, as `shangsou.search.service.searcher.Searcher` has them."""

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf; raises `ShangsouError` where none can be had."""

    def products(self, product_ids: Sequence[str]) -> Sequence[Product]:
        """Return the products with these ids that are on sale; raises likewise."""


class OfferProducts:
    """Chooses products for offers; after the first failure of the shelves it asks them no more."""

    def __init__(self, shelves: Shelves, sensitive: SensitiveWords) -> None:
        self._shelves = shelves
        self._sensitive = sensitive
        self._in_carts: dict[str, Product] = {}
        self._of_strangers: dict[ShelfKind, tuple[list[Product], tuple[Degradation, ...]]] = {}
        self._failure: Degradation | None = None

    @property
    def cart_problems(self) -> tuple[Degradation, ...]:
        """What keeps products of carts from being known."""
        return (self._failure,) if self._failure else ()

    def read_carts(self, customers: Sequence[OfferCustomer]) -> None:
        """Look up what is in the carts of customers, before `in_cart` is asked for them."""
        ids = list(dict.fromkeys(chain.from_iterable(customer.carts for customer in customers)))
        for start in range(0, len(ids), _BATCH):
            try:
                found = self._shelves.products(ids[start : start + _BATCH])
            except ShangsouError as problem:
                self._fail(problem)
                return
            self._in_carts.update(
                (product.product_id, product) for product in found if self._may_name(product)
            )

    def in_cart(self, customer: OfferCustomer) -> Product | None:
        """Return what a customer left in the cart last of what is still to be had; None for nothing."""
        return next((self._in_carts[one] for one in customer.carts if one in self._in_carts), None)

    def of_shelf(
        self, kind: ShelfKind, customer: OfferCustomer
    ) -> tuple[list[Product], tuple[Degradation, ...]]:
        """Return some products of a customer's shelf, best first, and what failed.

        Those of `for-you` are not reduced already; it is filled up by what is in demand. Who is not known
        gets what everybody gets.
        """
        if not customer.is_known:
            chosen, problems = self._of_everybody("trending" if kind == "for-you" else kind)
            return chosen[:PRODUCTS_AN_OFFER], problems
        chosen, problems = self._read(RecommendRequest(kind, user_id=customer.id, size=_SHELF_SIZE))
        if len(chosen) < PRODUCTS_AN_OFFER and kind == "for-you":
            more, more_problems = self._of_everybody("trending")
            problems = tuple(dict.fromkeys(problems + more_problems))
            known = {product.product_id for product in chosen}
            chosen = [*chosen, *(product for product in more if product.product_id not in known)]
        return chosen[:PRODUCTS_AN_OFFER], problems

    def _of_everybody(self, kind: ShelfKind) -> tuple[list[Product], tuple[Degradation, ...]]:
        if kind not in self._of_strangers:
            self._of_strangers[kind] = self._read(RecommendRequest(kind, size=_TRENDING_SIZE))
        return self._of_strangers[kind]

    def _read(self, request: RecommendRequest) -> tuple[list[Product], tuple[Degradation, ...]]:
        """Return what may be offered of a shelf; nothing once the shelves have failed."""
        if self._failure is None:
            try:
                shelf = self._shelves.recommend(request)
            except ShangsouError as problem:
                self._fail(problem)
            else:
                products = () if shelf is None else [item.product for item in shelf.items]
                return self._offerable(products, request.kind), () if shelf is None else shelf.degraded
        return [], self.cart_problems

    def _offerable(self, products: Iterable[Product], kind: ShelfKind) -> list[Product]:
        # What is reduced already may leave less than the discount would take.
        return [
            product
            for product in products
            if self._may_name(product) and (kind == "new" or not _is_reduced(product))
        ]

    def _may_name(self, product: Product) -> bool:
        return is_in_stock(product) and not self._sensitive.in_product(product)

    def _fail(self, problem: ShangsouError) -> None:
        log.warning("%s", problem)
        message = _NO_INDEX if isinstance(problem, NoIndex) else problem.public
        self._failure = Degradation("recommend", message)


def _is_reduced(product: Product) -> bool:
    return (
        product.price_fen is not None
        and product.list_price_fen is not None
        and product.price_fen < product.list_price_fen
    )
