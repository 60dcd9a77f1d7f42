"""Bring an engine up to the changes of a journal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shangsou.engines.changes import (
    ChangedProduct,
    SearchedTexts,
    same_searched_texts,
    same_typed_texts,
)
from shangsou.engines.engine import LiveEngine
from shangsou.product import Product
from shangsou.updates.journal import Change
from shangsou.updates.operation import apply_operation


def replay(
    engine: LiveEngine, changes: Sequence[Change], learn: Callable[[Sequence[Product]], list[SearchedTexts]]
) -> LiveEngine:
    """Return an engine that searches the products as the changes, in their order, make them.

    Parameters
    ----------
    engine
        Stays as it is.
    changes
        Those behind its own.
    learn
        Returns what is learned of the texts of products; called for those whose searched texts changed.
    """
    if not changes:
        return engine
    ids = list(dict.fromkeys(change.operation.product_id for change in changes))
    stored = engine.stored(ids)
    ahead = engine.ahead(ids)
    products: dict[str, Product | None] = {product_id: stored.get(product_id) for product_id in ids}
    for sequence, operation in changes:
        product_id = operation.product_id
        if sequence > ahead.get(product_id, 0):
            products[product_id] = apply_operation(products[product_id], operation)
    return engine.changed(changed_products(stored, products, learn), changes[-1].sequence)


def changed_products(
    stored: Mapping[str, Product],
    products: Mapping[str, Product | None],
    learn: Callable[[Sequence[Product]], list[SearchedTexts]],
) -> list[ChangedProduct]:
    """Return products as changes of those stored; what is none is written as it is."""
    to_learn = [
        product
        for product_id, product in products.items()
        if product is not None
        and not (product_id in stored and same_searched_texts(product, stored[product_id]))
    ]
    texts = {
        product.product_id: replace(learned, types=None)
        if product.product_id in stored and same_typed_texts(product, stored[product.product_id])
        else learned
        for product, learned in zip(to_learn, learn(to_learn), strict=True)
    }
    return [
        ChangedProduct(product_id, product, texts.get(product_id)) for product_id, product in products.items()
    ]
