"""Read the products on sale of the live index."""

from collections.abc import Iterator

from shangsou.encoding.product_texts import description_text, title_text
from shangsou.engines.engine import LiveEngine
from training.pairs.shop_products import ShopProduct

# As many as an indexer handles at a time (docs/architecture.md).
_BATCH_PRODUCTS = 1_024


def read_products(engine: LiveEngine) -> Iterator[ShopProduct]:
    """Yield the products on sale by their ids, so that what is drawn from them is the same with each engine.

    Products whose titles normalize to nothing are left out: nothing can be encoded of them.

    Parameters
    ----------
    engine
        Of the live index: `open_searcher(settings).context().engine`.
    """
    product_ids = sorted(engine.product_ids())
    for first in range(0, len(product_ids), _BATCH_PRODUCTS):
        batch = product_ids[first : first + _BATCH_PRODUCTS]
        types = engine.main_types(batch)
        for product in engine.products(batch):
            title = title_text(product)
            if title:
                yield ShopProduct(
                    product.product_id,
                    title,
                    group_id=product.group_id,
                    brand=product.brand,
                    category=product.category,
                    product_type=types.get(product.product_id, ""),
                    description=description_text(product),
                    attributes=product.attributes,
                )
