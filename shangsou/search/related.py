"""Products that only come near a query, with what each lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shangsou.engines.engine import Engine
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.ranking.asked_facts import AskedFact, judge_facts
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.stated_facts import say_stated
from shangsou.search.understood import Understood
from shangsou.text.facts import FactTable

# As many as stand under "maybe you like" on a page.
MAX_RELATED = 20


@dataclass(frozen=True, slots=True)
class RelatedProduct:
    """A product that only comes near."""

    product: Product
    candidate: Candidate
    lacks: tuple[Lack, ...]


def fetch_related(
    candidates: Sequence[Candidate],
    understood: Understood,
    facts: Sequence[AskedFact],
    engine: Engine,
    table: FactTable,
) -> list[RelatedProduct]:
    """Return the first candidates that do not match, with what they lack."""
    ids = [candidate.product_id for candidate in candidates[:MAX_RELATED]]
    products = {product.product_id: product for product in engine.products(ids)}
    lacks = find_lacks(list(products.values()), understood, facts, engine, table)
    return [
        RelatedProduct(products[candidate.product_id], candidate, lacks[candidate.product_id])
        for candidate in candidates[:MAX_RELATED]
        if candidate.product_id in products
    ]


def find_lacks(
    products: Sequence[Product],
    understood: Understood,
    facts: Sequence[AskedFact],
    engine: Engine,
    table: FactTable,
) -> dict[str, tuple[Lack, ...]]:
    """Return what keeps each of these products from being a match, by product id: hard facts first."""
    ids = [product.product_id for product in products]
    types = engine.main_types(ids)
    hard = [asked for asked in facts if asked.fact.is_hard]
    verdicts = judge_facts(ids, hard, engine)
    lacks: dict[str, tuple[Lack, ...]] = {}
    for product in products:
        failed = [
            Lack(asked.fact.kind, asked.fact.text, say_stated(product, asked.fact, table))
            for asked, verdict in zip(hard, verdicts.get(product.product_id, ()), strict=False)
            if verdict == "contradicts"
        ]
        lacks[product.product_id] = tuple(failed) or (_other_type(understood, types, product.product_id),)
    return lacks


def explain_facts(
    products: Sequence[Product], facts: Sequence[AskedFact], engine: Engine, table: FactTable
) -> dict[str, list[dict[str, object]]]:
    """Return the verdict of each product on each fact, with the words that it has of it, by product id."""
    verdicts = judge_facts([product.product_id for product in products], facts, engine)
    return {
        product.product_id: [
            {
                "id": asked.fact.id,
                "verdict": "holds" if verdict == "holds loosely" else verdict,
                "source": say_stated(product, asked.fact, table),
            }
            for asked, verdict in zip(facts, verdicts.get(product.product_id, ()), strict=False)
        ]
        for product in products
    }


def _other_type(understood: Understood, main_types: Mapping[str, str], product_id: str) -> Lack:
    says = main_types.get(product_id)
    if says == ACCESSORY:
        # It is known to go with something, but not what it is.
        says = None
    if understood.product_types:
        return Lack("product_type", understood.product_types[0].name, says)
    return Lack("words", understood.normalized, says)
