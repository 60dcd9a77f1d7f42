"""The products of the live index as pairs need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ShopProduct:
    """One product that is on sale."""

    product_id: str
    title: str
    """Normalized, as it is encoded."""
    group_id: str = ""
    """Of its variants; empty for none."""
    brand: str = ""
    category: tuple[str, ...] = ()
    """The path from the root."""
    product_type: str = ""
    """Its main type, as the index has it; empty where unknown."""
    description: str = ""
    """Normalized, as it is encoded; empty for none."""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
