"""Keys of groups, under which clicks and purchases of the variants of a product are counted."""

from collections.abc import Iterable

from shangsou.engines.engine import Engine
from shangsou.product import Product

# Before the id of a group, which may be that of a product, too. It occurs in no id, since cleaning drops it.
_MARK = "\x1f"
# Products asked for at once; Elasticsearch answers no more than 10,000 in one go.
_BATCH_SIZE = 1000


def group_key(product: Product) -> str:
    """Return the key of a product's group; that of a single product is its id."""
    return f"{_MARK}{product.group_id}" if product.group_id else product.product_id


def read_group_keys(engine: Engine, product_ids: Iterable[str]) -> dict[str, str]:
    """Return the key of each of these products; what is not on sale counts by itself.

    Raises `EngineUnavailable` as the engine does.
    """
    ids = list(dict.fromkeys(product_ids))
    keys = dict(zip(ids, ids, strict=True))
    for start in range(0, len(ids), _BATCH_SIZE):
        for product in engine.products(ids[start : start + _BATCH_SIZE]):
            keys[product.product_id] = group_key(product)
    return keys
