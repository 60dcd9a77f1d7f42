"""The records of what a product lacks to be a match."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a search asks for and a product does not have."""

    kind: str
    """`product_type`, or `words` where the query asks for no type that the shop knows; of one product also
    `product`, if it is not sold, and `filter:NAME`."""
    asked: str
    says: str | None
    """What the product is instead; None where that is not known."""


@dataclass(frozen=True, slots=True)
class MatchCheck:
    """Whether a product matches a search, and what it lacks."""

    product_id: str
    matches: bool
    lacks: tuple[Lack, ...]
    """Empty for a match."""
