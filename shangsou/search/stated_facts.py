"""The words of a product that state something of the kind of a fact."""

from collections.abc import Iterator, Sequence

from shangsou.lexicon.fact_terms import is_audience_name, is_colour_name, stated_values
from shangsou.product import Product
from shangsou.search.understood import QueryFact
from shangsou.text.amounts import amounts_and_sizes
from shangsou.text.audiences import find_audiences
from shangsou.text.colours import find_colours
from shangsou.text.facts import FactTable
from shangsou.text.normalize import normalize

# As many as fit a line.
_MAX_TEXTS = 3


def say_stated(product: Product, fact: QueryFact, table: FactTable) -> str | None:
    """Return what a product states of the kind of a fact, as it stands in its texts; None if it is silent."""
    texts = list(dict.fromkeys(_stated(product, fact, table)))[:_MAX_TEXTS]
    return "、".join(texts) or None


def _stated(product: Product, fact: QueryFact, table: FactTable) -> Iterator[str]:
    values = stated_values(product)
    title = normalize(product.title)
    texts = [*(value for _, value in values), title, normalize(product.subtitle)]
    match fact.kind:
        case "brand":
            if product.brand:
                yield product.brand
        case "colour":
            yield from (value for name, value in values if is_colour_name(name))
            yield from (name for name, _, _ in find_colours(title, table))
        case "audience":
            yield from (value for name, value in values if is_audience_name(name))
            yield from (title[start:end] for _, start, end in find_audiences(title, table))
        case "amount" | "size":
            yield from _of_dimension(fact, texts, table)
        case "attribute" | "code":
            # What else it states of the kind is not known by the fact alone.
            if any(fact.text in text for text in texts):
                yield fact.text


def _of_dimension(fact: QueryFact, texts: Sequence[str], table: FactTable) -> Iterator[str]:
    """Yield the amounts in some texts that are of a dimension of the amount that is asked for."""
    amounts = amounts_and_sizes(fact.text, table)
    asked = {reading.dimension for amount in amounts for reading in amount.readings}
    for text in texts:
        for amount in amounts_and_sizes(text, table):
            if asked & {reading.dimension for reading in amount.readings}:
                yield amount.text
