"""Products that only come near a query, with what each lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shangsou.engines.engine import Engine
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.understood import Understood

# As many as stand under "maybe you like" on a page.
MAX_RELATED = 20


@dataclass(frozen=True, slots=True)
class RelatedProduct:
    """A product that only comes near."""

    product: Product
    candidate: Candidate
    lacks: tuple[Lack, ...]


def fetch_related(
    candidates: Sequence[Candidate], understood: Understood, engine: Engine
) -> list[RelatedProduct]:
    """Return the first candidates that do not match, with what they lack."""
    first = shown_related(candidates)
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


def shown_related(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the first of the candidates that come near, as many as are shown."""
    return list(candidates[:MAX_RELATED])


def lacking(understood: Understood, main_types: Mapping[str, str], product_id: str) -> Lack:
    """Return what keeps a product from being a match."""
    says = main_types.get(product_id)
    if says == ACCESSORY:
        # It is known to go with something, but not what it is.
        says = None
    if understood.product_types:
        return Lack("product_type", understood.product_types[0].name, says)
    return Lack("words", understood.normalized, says)
