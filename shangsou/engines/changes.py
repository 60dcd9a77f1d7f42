"""Changes of products, as an engine takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shangsou.engines.query import Vector
from shangsou.product import Product

# What is searched of a product, or counts as one of its facts: a change of it changes more than columns.
SEARCHED_FIELDS = (
    "title",
    "subtitle",
    "description",
    "brand",
    "category",
    "attributes",
    "tags",
    "codes",
    "product_type",
    "group_id",
    "shop",
)


# What tells the types of a product. They were assigned beside all others of the catalog, and stay as long as
# this does.
TYPED_FIELDS = ("title", "brand", "category", "product_type")


@dataclass(frozen=True, slots=True)
class SearchedTexts:
    """What is learned of the texts of a product before it is found by them."""

    title_vector: Vector | None = None
    """Shape (dimensions,), of length 1, like `description_vector`. None: it is found by words alone."""
    description_vector: Vector | None = None
    types: Sequence[str] | None = ()
    """Its product types, the main one first. None: those that it had."""
    facts: Sequence[str] = ()
    """The terms of its facts."""


NO_TEXTS = SearchedTexts()


class ChangedProduct(NamedTuple):
    """A product as it is now."""

    product_id: str
    product: Product | None
    """None: it is gone."""
    texts: SearchedTexts | None = None
    """None: what is searched of it is as it was. A new product has some."""


def same_typed_texts(product: Product, other: Product) -> bool:
    """Return whether all of two products that tells their types is the same."""
    return all(getattr(product, field) == getattr(other, field) for field in TYPED_FIELDS)


def same_searched_texts(product: Product, other: Product) -> bool:
    """Return whether all of two products that is searched is the same."""
    return all(getattr(product, field) == getattr(other, field) for field in SEARCHED_FIELDS)
