"""Products that only come near a query, and what each lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shangsou.engines.engine import Engine
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.ranking.retrieval import RetrievalQuery
from shangsou.search.understood import Understood

# As many as stand under "maybe you like" on a page.
MAX_RELATED = 20
# Over the cut-off of the vectors, which is .45. In the sample shop grain for 狗粮 lies at .55, a camera for
# 显微镜 at .55, a pram for 童车 at .58; but toys for 沙发 at .49, a printer for 打火机 at .47, perfume for
# asdfqwer at .45.
_MIN_ABOVE_CUTOFF = 0.05


@dataclass(frozen=True, slots=True)
class RelatedProduct:
    """A product that only comes near."""

    product: Product
    candidate: Candidate
    lacks: tuple[Lack, ...]


def fetch_related(
    candidates: Sequence[Candidate],
    query: RetrievalQuery,
    understood: Understood,
    recipe: RankingRecipe,
    engine: Engine,
) -> list[RelatedProduct]:
    """Return the first candidates that come near a query, with what they lack.

    Each leg that is asked has to score them above its cut-off, and the vectors clearly: a character in common
    alone (大米 for 大闸蟹), or a vector of what nobody says (龘龘龘), is near something for any query.
    """
    min_cosine = recipe.semantic_cutoff + _MIN_ABOVE_CUTOFF
    first = [
        candidate
        for candidate in candidates
        if (candidate.lexical is not None or not query.uses_words)
        and (
            query.vector is None
            or (candidate.semantic is not None and candidate.semantic.score >= min_cosine)
        )
    ][:MAX_RELATED]
    ids = [candidate.product_id for candidate in first]
    products = {product.product_id: product for product in engine.products(ids)}
    types = engine.main_types(ids)
    return [
        RelatedProduct(
            products[candidate.product_id], candidate, (lacking(understood, types, candidate.product_id),)
        )
        for candidate in first
        if candidate.product_id in products
    ]


def lacking(understood: Understood, main_types: Mapping[str, str], product_id: str) -> Lack:
    """Return what keeps a product from being a match."""
    says = main_types.get(product_id)
    if understood.product_types:
        return Lack("product_type", understood.product_types[0].name, says)
    return Lack("words", understood.normalized, says)
