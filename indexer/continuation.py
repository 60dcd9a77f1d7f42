"""Rows that continue the one above: cells merged in Excel, and exports that state a product once."""

from collections.abc import Mapping

from indexer.fields import SLOTS

# A row without any of these says nothing of its own.
_VARIANT_FIELDS = frozenset(
    (
        "sku",
        "sku.2",
        "sku.3",
        "price",
        "price_fen",
        "sale_price",
        "stock",
        "sku_attributes",
        "variant_skus",
        *SLOTS["codes"],
    )
)
# Merged over the variants of a product as its number is. Blank beside a number it says that there is none.
_MERGED = ("list_price", "list_price_fen")
# Several of one product, as Magento 1 writes them a row each.
_REPEATED = frozenset(("category", "cat1", "cat2", "cat3", "cat4", "image_url", "tags", "shop"))
_VARIANT_PREFIXES = ("attributes.", "pair_value.")


class Continuation:
    """Fills the numbers of a product down into the rows that leave them out."""

    def __init__(self, fields: frozenset[str]) -> None:
        """Take the fields that the file has columns for."""
        self._has_group = "group_id" in fields
        self._above: Mapping[str, object] = {}

    def fill(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return a row with the numbers of the row above, if it continues it."""
        if "product_id" in values and (not self._has_group or "group_id" in values or "title" in values):
            self._above = values
            return values
        above = self._above
        title = values.get("title")
        if (title is None or title == above.get("title")) and above and has_variant_values(values):
            missing = [
                field
                for field in ("product_id", "group_id")
                if field not in values
                and field in above
                # Next to a group, the number is that of a variant, which is never shared.
                and not (field == "product_id" and self._has_group)
            ]
            if missing:
                missing += [field for field in _MERGED if field not in values and field in above]
                values = {**{field: above[field] for field in missing}, **values}
        if "product_id" in values or "group_id" in values:
            self._above = values
        return values


def only_adds(values: Mapping[str, object]) -> bool:
    """Return whether a row holds no more than a further category or picture of the row above."""
    return bool(values) and _REPEATED.issuperset(values)


def has_variant_values(values: Mapping[str, object]) -> bool:
    """Return whether a row says anything that a variant has of its own."""
    return any(field in _VARIANT_FIELDS or field.startswith(_VARIANT_PREFIXES) for field in values)
