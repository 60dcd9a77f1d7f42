"""Fields that columns are read into on the way to a product, beside those of a product."""

from collections.abc import Mapping, MutableMapping, Sequence

PAIR_NAME, PAIR_VALUE = "pair_name.", "pair_value."
# Further columns that may hold the number of a variant: which one does shows in the rows.
MORE_SKUS = ("sku.2", "sku.3", "sku.4", "sku.5")
# Numbers beside that of the product, by which clerks search.
MORE_NUMBERS = ("number.2", "number.3")
# Fields that several columns may state, of which each counts.
SLOTS: Mapping[str, Sequence[str]] = {
    "sku": ("sku", *MORE_SKUS),
    "status": ("status", "status.2", "status.3"),
    "is_off": ("is_off", "is_off.2"),
    "codes": ("codes", "codes.2", "codes.3"),
    "warehouse": ("warehouse", "warehouse.2"),
}
OF_PRODUCT: Mapping[str, str] = {"price": "product_price", "stock": "product_stock"}


# Lists of what shoppers choose from, each with a price or a stock of its own.
VARIANT_LISTS = (
    "variants",
    "skus",
    "sku_list",
    "skulist",
    "skuinfos",
    "sku_infos",
    "variations",
    "sku_info_list",
    "productvariants",
    "规格列表",
    "sku列表",
)
# Columns of values without a column of names: 规格1, 规格2.
VALUE_PARTS = tuple(f"sku_part.{number}" for number in range(1, 6))
# What `settle` changes: rows without these stay as they are.
SETTLED = frozenset((*OF_PRODUCT.values(), *VALUE_PARTS))


def settle(values: MutableMapping[str, object]) -> None:
    """Let what a product has as a whole hold where its variant states nothing of its own, and join parts."""
    if VALUE_PARTS[0] in values or VALUE_PARTS[1] in values:
        _join_parts(values)
    for field, whole in OF_PRODUCT.items():
        value = values.pop(whole, None)
        if value is not None and not _is_filled(values.get(field)):
            values[field] = value


def _join_parts(values: MutableMapping[str, object]) -> None:
    """Put values that have a column each into one text, as `黑色;M`."""
    parts = [value for field in VALUE_PARTS if _is_filled(value := values.pop(field, None))]
    if parts:
        values.setdefault("sku_attributes", ";".join(str(part).strip() for part in parts))


def _is_filled(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or value.strip() not in ("", "-", "--", "\\N"))
