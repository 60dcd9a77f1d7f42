"""Products that shelves draw from without events: what sells, what is new, what is on offer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Found, Page, Sort
from shangsou.product import Product
from shangsou.recommend.choose import is_in_stock

# What is looked through for offers: the products that sell best. Elasticsearch pages no deeper.
_MOST_SCANNED = 10_000
_PAGE = 500
# More than any shelf shows, with duplicates and what shoppers have bought left out.
_KEPT = 300
_OFFERS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Pool:
    """Products in stock, read once in a while."""

    best_selling: tuple[Product, ...] = ()
    newest: tuple[Product, ...] = ()
    """Those with a date, the newest first."""
    offers: tuple[Product, ...] | None = None
    """Cheaper than their list price, whenever; the best selling first. None: they are not read yet."""


def read_pool(engine: Engine) -> Pool:
    """Return the pool of an index, without offers: two pages of products."""
    newest = (product for product in _scan(engine, "newest", _KEPT) if product.created_at)
    return Pool(tuple(_scan(engine, "sales", _KEPT)), tuple(newest))


def with_offers(pool: Pool, engine: Engine) -> Pool:
    """Return a pool with offers, those among the 10,000 products that sell best: ten times the work."""
    found = (product for product in _scan(engine, "sales", _MOST_SCANNED) if discount(product))
    return replace(pool, offers=tuple(islice(found, _OFFERS_KEPT)))


def discount(product: Product) -> float:
    """Return which share of its list price a product saves, 0 where none."""
    price, list_price = product.price_fen, product.list_price_fen
    if price is None or list_price is None or not 0 < price < list_price:
        return 0.0
    return 1 - price / list_price


def is_on_offer(product: Product, now: datetime) -> bool:
    """Return whether a product is cheaper than its list price at this moment."""
    return (
        discount(product) > 0
        and (product.offer_from is None or product.offer_from <= now)
        and (product.offer_until is None or now < product.offer_until)
    )


def _scan(engine: Engine, sort: Sort, most: int) -> Iterator[Product]:
    found = Found(Filters(in_stock=True), everything=True)
    for offset in range(0, most, _PAGE):
        products = engine.collect(found, Page(sort, offset, min(_PAGE, most - offset)), []).products
        yield from filter(is_in_stock, products)
        if len(products) < _PAGE:
            return
