"""Parents of variants: rows that are no product of their own, but hold what their variants share."""

import re
from collections.abc import Mapping

from indexer.cell_objects import as_text
from indexer.identifiers import read_identifier

# WooCommerce names a parent without a code by its number: `id:123`.
_BY_NUMBER = re.compile(r"id:\s*", re.IGNORECASE)
# Magento: `sku=A-S,color=red|sku=A-M,color=red`, or the codes alone.
_LISTED = re.compile(r"\bsku=([^,|]+)")
_SEPARATORS = re.compile(r"[,|;\s]+")
_VARIES = ("attributes.", "pair_value.", "sku_attributes")


def parent_key(value: object) -> str:
    """Return the number of a parent that a variant names."""
    text = read_identifier(value)
    return _BY_NUMBER.sub("", text) if text[:3].lower() == "id:" else text


def listed_variants(value: object) -> list[str]:
    """Return the numbers of the variants that a parent lists."""
    text = as_text(value)
    return _LISTED.findall(text) or [number for number in _SEPARATORS.split(text) if number]


def is_sold_itself(values: Mapping[str, object]) -> bool:
    """Return whether a parent has a price and values of its own, so that it is one of its variants."""
    row_type = as_text(values.get("row_type")).strip().lower()
    if row_type in ("variable", "configurable", "parent", "grouped", "bundle", "可变商品", "父商品"):
        return False
    has_price = any(field in values for field in ("price", "price_fen", "sale_price"))
    return has_price and any(field.startswith(_VARIES) for field in values)
