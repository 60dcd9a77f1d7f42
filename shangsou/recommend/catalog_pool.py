"""Candidates that need no events: best sellers, new products and offers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from shangsou.engines.engine import Engine
from shangsou.engines.query import CandidateSet, Filters, Page, Sort
from shangsou.product import Product
from shangsou.recommend.selection import is_in_stock

# Best-selling products that are searched for offers. Elasticsearch pages no deeper.
_MAX_SCANNED = 10_000
_PAGE_SIZE = 500
# More than any shelf shows, even without duplicates and products that shoppers have bought.
_POOL_SIZE = 300
_MAX_OFFERS = 1_000


@dataclass(frozen=True, slots=True)
class CatalogPool:
    """Products in stock, reread now and then."""

    best_selling: tuple[Product, ...] = ()
    newest: tuple[Product, ...] = ()
    """Products with a date, newest first."""
    offers: tuple[Product, ...] | None = None
    """Products with a discount at any time, best-selling first. None: not read yet."""


def read_catalog_pool(engine: Engine) -> CatalogPool:
    """Return the pool of an index, without offers: two pages of products."""
    newest = (product for product in _scan(engine, "newest", _POOL_SIZE) if product.created_at)
    return CatalogPool(tuple(_scan(engine, "sales", _POOL_SIZE)), tuple(newest))


def add_offers(pool: CatalogPool, engine: Engine) -> CatalogPool:
    """Return a pool with the offers among the 10,000 best-selling products, which takes ten times as long."""
    # One variant may be on offer, and another sell best.
    every = _scan(engine, "sales", _MAX_SCANNED, collapse=False)
    discounted = (product for product in every if discount(product))
    return replace(pool, offers=tuple(islice(discounted, _MAX_OFFERS)))


def discount(product: Product) -> float:
    """Return the discount of a product as a share of its list price, 0 for none."""
    price, list_price = product.price_fen, product.list_price_fen
    if price is None or list_price is None or not 0 < price < list_price:
        return 0.0
    return 1 - price / list_price


def _scan(engine: Engine, sort: Sort, limit: int, *, collapse: bool = True) -> Iterator[Product]:
    in_stock = CandidateSet(Filters(in_stock=True), match_all=True, collapse=collapse)
    for offset in range(0, limit, _PAGE_SIZE):
        products = engine.fetch_page(
            in_stock, Page(sort, offset, min(_PAGE_SIZE, limit - offset)), []
        ).products
        yield from filter(is_in_stock, products)
        if len(products) < _PAGE_SIZE:
            return
