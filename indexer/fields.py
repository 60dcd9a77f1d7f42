"""Fields that columns are read into on the way to a product, beside those of a product."""

from collections.abc import Mapping, MutableMapping, Sequence

PAIR_NAME, PAIR_VALUE = "pair_name.", "pair_value."
# Further columns that may hold the number of a variant: which one does shows in the rows.
MORE_SKUS = ("sku.2", "sku.3", "sku.4", "sku.5")
# Fields that several columns may state, of which each counts.
SLOTS: Mapping[str, Sequence[str]] = {
    "sku": ("sku", *MORE_SKUS),
    "status": ("status", "status.2", "status.3"),
    "is_off": ("is_off", "is_off.2"),
    "codes": ("codes", "codes.2", "codes.3"),
    "warehouse": ("warehouse", "warehouse.2"),
}
OF_PRODUCT: Mapping[str, str] = {"price": "product_price", "stock": "product_stock"}


def settle(values: MutableMapping[str, object]) -> None:
    """Let what a product has as a whole hold where its variant states nothing of its own."""
    for field, whole in OF_PRODUCT.items():
        value = values.pop(whole, None)
        if value is not None and not _is_filled(values.get(field)):
            values[field] = value


def _is_filled(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or value.strip() not in ("", "-", "--", "\\N"))
