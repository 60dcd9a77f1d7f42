"""Candidates beside a product: what is like it, what goes with it, what its buyers buy elsewhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.recommend.affinity import Affinities
from shangsou.recommend.scene import Scene, short_title
from shangsou.recommend.shelf import Candidate

# What a further product of a brand or a price level loses, in cosine; alternatives to a product lie some
# .15 apart within its first 60 neighbours. Set by hand on the real catalog's shelves.
_SAME_BRAND = 0.03
_SAME_PRICES = 0.01
# Below and above which a price is another level than that of the product: by the fifth that `左右` means.
_CHEAPER, _DEARER = 0.8, 1.25
# Like products that stand in for one without events.
_STAND_INS = 8


def similar(scene: Scene) -> Iterator[Candidate]:
    """Yield alternatives to a product, of several brands and prices, the likest first."""
    anchor = _anchor(scene)
    [hits] = scene.neighbours([anchor])
    scene.load(hit.product_id for hit in hits)
    left = [
        (hit.score, product, _price_level(product, anchor))
        for hit in hits
        if (product := scene.known.get(hit.product_id)) is not None
    ]
    brands, levels = Counter[str](), Counter[str]()

    def worth(one: tuple[float, Product, str]) -> float:
        score, product, level = one
        again = brands[product.brand] if product.brand else 0
        return score - _SAME_BRAND * again - _SAME_PRICES * levels[level]

    while left:
        best = max(left, key=worth)
        left.remove(best)
        _, product, level = best
        brands[product.brand] += 1
        levels[level] += 1
        yield Candidate(product.product_id, _likeness(product, anchor), "content")
    if anchor.category:
        yield from _of_category(scene, CATEGORY_SEPARATOR.join(anchor.category))


def together(scene: Scene) -> Iterator[Candidate]:
    """Yield what is bought with a product, then what is viewed with it; of a new one, with its like."""
    anchor = _anchor(scene)
    title = short_title(anchor)
    yield from _partners(
        scene, anchor.product_id, scene.shop.model.bought, f"买了“{title}”的人还买了", "bought"
    )
    yield from _partners(
        scene, anchor.product_id, scene.shop.model.viewed, f"看了“{title}”的人还看了", "viewed"
    )
    likes = [hit.product_id for hit in scene.neighbours([anchor])[0]]
    for affinities, words in (
        (scene.shop.model.bought, "买了相似商品的人还买了"),
        (scene.shop.model.viewed, "看了相似商品的人还看了"),
    ):
        rows = [_partners(scene, like, affinities, words, "alike") for like in likes[:_STAND_INS]]
        yield from (one for rank in zip_longest(*rows) for one in rank if one is not None)
    yield from (Candidate(like, f"与“{title}”相似", "content") for like in likes)


def cross_category(scene: Scene) -> Iterator[Candidate]:
    """Yield what buyers of a product's category buy in other categories, one category after the other."""
    anchor = _anchor(scene)
    path = CATEGORY_SEPARATOR.join(anchor.category)
    words = f"买“{anchor.category[-1]}”的人也买" if anchor.category else ""
    shelves = [
        [
            Candidate(one, f"{words}“{other.split(CATEGORY_SEPARATOR)[-1]}”", "category")
            for one in scene.shop.model.in_category.get(other, ())
        ]
        for other in scene.shop.model.beside.get(path, ())
    ]
    yield from (one for rank in zip_longest(*shelves) for one in rank if one is not None)
    other = (
        product for product in scene.shop.pool.best_selling if product.category[:1] != anchor.category[:1]
    )
    yield from (Candidate(product.product_id, "其他分类的热销商品", "sales") for product in other)


def partners_of(scene: Scene, product_id: str, affinities: Affinities) -> list[str]:
    """Return what goes with a product, the strongest first; nothing that stands in its place."""
    number = scene.number(product_id)
    if number is None:
        return []
    partners, weights = affinities.row(number)
    return [scene.shop.model.product_ids[partner] for partner in partners[weights > 0].tolist()]


def _partners(
    scene: Scene, product_id: str, affinities: Affinities, reason: str, basis: str
) -> Iterator[Candidate]:
    for partner in partners_of(scene, product_id, affinities):
        yield Candidate(partner, reason, basis)


def _of_category(scene: Scene, path: str) -> Iterator[Candidate]:
    """Yield what is wanted and what sells in a category, where titles tell nothing."""
    leaf = path.rsplit(CATEGORY_SEPARATOR, maxsplit=1)[-1]
    ids: Sequence[str] = scene.shop.model.in_category.get(path, ())
    same = (
        one.product_id
        for one in scene.shop.pool.best_selling
        if CATEGORY_SEPARATOR.join(one.category) == path
    )
    yield from (Candidate(one, f"“{leaf}”热销", "category") for one in (*ids, *same))


def _likeness(product: Product, anchor: Product) -> str:
    level = _price_level(product, anchor)
    if level == "cheaper" and product.price_fen is not None and anchor.price_fen is not None:
        return f"款式相近，便宜 {(anchor.price_fen - product.price_fen) / 100:.0f} 元"
    if product.brand and product.brand == anchor.brand:
        return "同品牌的相似款"
    if product.brand and anchor.brand:
        return "其他品牌的相似款"
    return f"与“{short_title(anchor)}”相似"


def _price_level(product: Product, anchor: Product) -> str:
    if product.price_fen is None or not anchor.price_fen:
        return "unknown"
    ratio = product.price_fen / anchor.price_fen
    if ratio <= _CHEAPER:
        return "cheaper"
    return "dearer" if ratio >= _DEARER else "alike"


def _anchor(scene: Scene) -> Product:
    if scene.anchor is None:
        raise ValueError(f"a shelf of kind {scene.request.kind} stands beside a product")
    return scene.anchor
