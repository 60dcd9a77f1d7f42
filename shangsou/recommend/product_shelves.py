"""Shelves for a product: similar products, products bought with it, and what its buyers buy elsewhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.recommend.affinity import Affinities
from shangsou.recommend.context import ShelfContext
from shangsou.recommend.shelf import ShelfCandidate

# Penalty in cosine of the default model for each further product of a brand or a price level; the first 60
# neighbours of a product span about .15. Chosen by eye on shelves of the real catalog.
_BRAND_REPEAT_PENALTY = 0.03
_PRICE_LEVEL_REPEAT_PENALTY = 0.01
# Factors below and above which a price is another level than the product's: a fifth, as for `左右`.
_CHEAPER_RATIO, _DEARER_RATIO = 0.8, 1.25
# Similar products that are used in place of one without events.
_MAX_SUBSTITUTES = 8


def similar(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield alternatives to a product, of several brands and prices, most similar first."""
    anchor = _require_anchor(context)
    [hits] = context.neighbours([anchor])
    context.load(hit.product_id for hit in hits)
    remaining = [
        (hit.score, product, _price_level(product, anchor))
        for hit in hits
        if (product := context.products.get(hit.product_id)) is not None
    ]
    brands, levels = Counter[str](), Counter[str]()

    def diversified_score(entry: tuple[float, Product, str]) -> float:
        score, product, level = entry
        repeats = brands[product.brand] if product.brand else 0
        return score - _BRAND_REPEAT_PENALTY * repeats - _PRICE_LEVEL_REPEAT_PENALTY * levels[level]

    while remaining:
        best = max(remaining, key=diversified_score)
        remaining.remove(best)
        _, product, level = best
        brands[product.brand] += 1
        levels[level] += 1
        yield ShelfCandidate(product.product_id, _similarity_reason(product, anchor, context), "content")
    if anchor.category:
        yield from _category_candidates(context, CATEGORY_SEPARATOR.join(anchor.category))


def together(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield products bought with a product, then viewed with it; for a new one, with similar products."""
    anchor = _require_anchor(context)
    name = context.quoted_name(anchor)
    yield from _partner_candidates(
        context, anchor.product_id, context.resources.model.bought, f"买了{name}的人还买了", "bought"
    )
    yield from _partner_candidates(
        context, anchor.product_id, context.resources.model.viewed, f"看了{name}的人还看了", "viewed"
    )
    similar_ids = [hit.product_id for hit in context.neighbours([anchor])[0]]
    for affinities, reason in (
        (context.resources.model.bought, "买了相似商品的人还买了"),
        (context.resources.model.viewed, "看了相似商品的人还看了"),
    ):
        rows = [
            _partner_candidates(context, similar_id, affinities, reason, "alike")
            for similar_id in similar_ids[:_MAX_SUBSTITUTES]
        ]
        yield from (candidate for rank in zip_longest(*rows) for candidate in rank if candidate is not None)
    yield from (ShelfCandidate(similar_id, f"与{name}相似", "content") for similar_id in similar_ids)


def cross_category(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield products that buyers of a product's category buy elsewhere, alternating between categories."""
    anchor = _require_anchor(context)
    path = CATEGORY_SEPARATOR.join(anchor.category)
    reason = f"买“{anchor.category[-1]}”的人也买" if anchor.category else ""
    shelves = [
        [
            ShelfCandidate(product_id, f"{reason}“{other.split(CATEGORY_SEPARATOR)[-1]}”", "category")
            for product_id in context.resources.model.products_by_category.get(other, ())
        ]
        for other in context.resources.model.related_categories.get(path, ())
    ]
    yield from (candidate for rank in zip_longest(*shelves) for candidate in rank if candidate is not None)
    other = (
        product
        for product in context.resources.pool.best_selling
        if product.category[:1] != anchor.category[:1]
    )
    yield from (ShelfCandidate(product.product_id, "其他分类的热销商品", "sales") for product in other)


def find_partners(context: ShelfContext, product_id: str, affinities: Affinities) -> list[str]:
    """Return the partners of a product, strongest first, without alternatives to it."""
    number = context.number(product_id)
    if number is None:
        return []
    partners, weights = affinities.row(number)
    return [context.resources.model.product_ids[partner] for partner in partners[weights > 0].tolist()]


def _partner_candidates(
    context: ShelfContext, product_id: str, affinities: Affinities, reason: str, basis: str
) -> Iterator[ShelfCandidate]:
    for partner in find_partners(context, product_id, affinities):
        yield ShelfCandidate(partner, reason, basis)


def _category_candidates(context: ShelfContext, path: str) -> Iterator[ShelfCandidate]:
    """Yield products of a category by demand and sales, as a fallback for similar titles."""
    leaf = path.rsplit(CATEGORY_SEPARATOR, maxsplit=1)[-1]
    ids: Sequence[str] = context.resources.model.products_by_category.get(path, ())
    same = (
        product.product_id
        for product in context.resources.pool.best_selling
        if CATEGORY_SEPARATOR.join(product.category) == path
    )
    yield from (ShelfCandidate(product_id, f"“{leaf}”热销", "category") for product_id in (*ids, *same))


def _similarity_reason(product: Product, anchor: Product, context: ShelfContext) -> str:
    level = _price_level(product, anchor)
    if level == "cheaper" and product.price_fen is not None and anchor.price_fen is not None:
        return f"款式相近，便宜 {(anchor.price_fen - product.price_fen) / 100:.0f} 元"
    if product.brand and product.brand == anchor.brand:
        return "同品牌的相似款"
    if product.brand and anchor.brand:
        return "其他品牌的相似款"
    return f"与{context.quoted_name(anchor)}相似"


def _price_level(product: Product, anchor: Product) -> str:
    if product.price_fen is None or not anchor.price_fen:
        return "unknown"
    ratio = product.price_fen / anchor.price_fen
    if ratio <= _CHEAPER_RATIO:
        return "cheaper"
    return "dearer" if ratio >= _DEARER_RATIO else "alike"


def _require_anchor(context: ShelfContext) -> Product:
    if context.anchor is None:
        raise ValueError(f"a shelf of kind {context.request.kind} stands beside a product")
    return context.anchor
