"""Find the columns of the fields in a header: by name, by platform, by parts of names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from indexer.column_names import (
    ATTRIBUTE_PREFIX,
    attribute_name,
    bare_name,
    column_names,
    fields_by_pattern,
    normalize_name,
    pair_column,
)
from indexer.column_positions import find_position, positions_by_name
from indexer.fields import MORE_NUMBERS, MORE_SKUS, OF_PRODUCT, PAIR_NAME, PAIR_VALUE, SLOTS
from indexer.platforms.recognition import Platform

# A price and a stock of the variant; where the cell is blank, those of the whole product hold.
_OF_VARIANT = {
    "price": re.compile(
        r"(?:sku|规格|型号|单品|变体|variant|variation)(?:销售|基本)?(?:价格?|售价|单价|price)(?:元|人民币|yuan|cny)?"
    ),
    "stock": re.compile(
        r"(?:sku|规格|型号|单品|变体|variant|variation)(?:可售|现货|可用)?(?:库存数?量?|stock|quantity|inventory(?:qty|quantity))"
    ),
}
ATTRIBUTE_COLUMN = re.compile(
    r"\s*(?:(?:attributes?|attrs?|sku属性|属性|屬性|规格)\s*[.:：]\s*|(?:sku属性|属性|屬性)\s*[(（]\s*)"
    # WooCommerce puts `pa_` before attributes of the whole shop.
    r"(?:pa_)?(?P<name>[^\s()（）](?:[^()（）]*[^\s()（）])?)\s*[)）]?\s*",
    re.IGNORECASE,
)
_CHINESE_DIGITS = dict(zip("一二三四五", "12345", strict=True))
# Of a variant, where no column beside it names the attribute.
_VALUE_PART = re.compile(r"(?:规格|型号|选项|销售属性|spec|option|variation|variant)([1-5一二三四五])值?")
# What else names a product or tells the price outside of offers, where no better column does.
_SECOND_CHOICES: Mapping[str, Sequence[str]] = {
    "title": ("sku名称", "skuname", "skutitle", "单品名称"),
    "list_price": ("regularprice", "常规价格"),
}
# Fields of a category, which the name of one level alone must not take.
_LEVELS = ("cat1", "cat2", "cat3", "cat4")


def find_columns(
    header: Sequence[str],
    mapping: Mapping[str, str],
    platform: Platform | None = None,
    *,
    has_whole_products: bool = True,
) -> dict[str, int]:
    """Return the position of every field that has a column.

    Where rows state whole products, the only price is the price, whatever it is called; where they change
    some, a list price alone changes that.
    """
    search = _ColumnSearch(header, mapping)
    search.take_attributes_and_pairs()
    search.take_columns_of_variants(platform.ignored if platform else ())
    if platform:
        search.ignore(platform.ignored)
        search.take_names(platform.columns)
    search.take_names(column_names())
    search.take_attribute_columns()
    search.take_patterns()
    search.take_second_choices()
    search.take_further_numbers(platform.columns.get("product_id", ()) if platform else ())
    return search.finish(has_whole_products=has_whole_products)


class _ColumnSearch:
    """The columns that have been found so far, and the positions that are still free."""

    def __init__(self, header: Sequence[str], mapping: Mapping[str, str]) -> None:
        self.header = header
        positions = {field: find_position(header, column) for field, column in mapping.items()}
        self.columns = {field: position for field, position in positions.items() if position is not None}
        self.mapped = frozenset(self.columns)
        self.taken = set(self.columns.values())
        self.by_name = positions_by_name(header)
        self._of_variant: set[str] = set()

    def take(self, field: str, position: int) -> None:
        self.columns[field] = position
        self.taken.add(position)

    def ignore(self, names: Iterable[str]) -> None:
        self.taken.update(position for name, position in self.by_name.items() if name in names)

    def take_attributes_and_pairs(self) -> None:
        for position, name in enumerate(self.header):
            if position in self.taken:
                continue
            attribute = ATTRIBUTE_COLUMN.fullmatch(name)
            pair = None if attribute else pair_column(name)
            if attribute:
                self.columns.setdefault(ATTRIBUTE_PREFIX + attribute["name"], position)
                self.taken.add(position)
            elif pair:
                self.take((PAIR_NAME if pair.is_name else PAIR_VALUE) + pair.key, position)
        for position, name in enumerate(self.header):
            part = _VALUE_PART.fullmatch(normalize_name(name))
            if part and position not in self.taken:
                number = _CHINESE_DIGITS.get(part[1], part[1])
                self.take(f"sku_part.{number}", position)
        # A name without a value, or the other way round, is no pair.
        for field in [field for field in self.columns if field.startswith((PAIR_NAME, PAIR_VALUE))]:
            kind, _, key = field.partition(".")
            if f"{'pair_value' if kind == 'pair_name' else 'pair_name'}.{key}" not in self.columns:
                self.taken.discard(self.columns.pop(field))

    def take_columns_of_variants(self, ignored: Collection[str]) -> None:
        for field, pattern in _OF_VARIANT.items():
            own = [
                position
                for name, position in self.by_name.items()
                if pattern.fullmatch(name) and position not in self.taken and name not in ignored
            ]
            if own and field not in self.columns:
                self.take(field, own[0])
                self._of_variant.add(field)

    def _slots(self, field: str) -> Sequence[str]:
        """Return the places that columns of a field may take, of those that are free."""
        if field in self._of_variant:
            slots: Sequence[str] = (OF_PRODUCT[field],)
        else:
            slots = SLOTS.get(field, (field,))
        if field in self.mapped and field != "sku":
            return ()
        return [slot for slot in slots if slot not in self.columns]

    def take_names(self, table: Mapping[str, Sequence[str]]) -> None:
        for field, names in table.items():
            candidates = [self.by_name[name] for name in names if name in self.by_name]
            free = [position for position in dict.fromkeys(candidates) if position not in self.taken]
            for slot, position in zip(self._slots(field), free, strict=False):
                self.take(slot, position)

    def take_attribute_columns(self) -> None:
        for position, name in enumerate(self.header):
            attribute = "" if position in self.taken else attribute_name(name)
            if attribute and ATTRIBUTE_PREFIX + attribute not in self.columns:
                self.take(ATTRIBUTE_PREFIX + attribute, position)

    def take_patterns(self) -> None:
        for position, name in enumerate(self.header):
            if position in self.taken:
                continue
            for field in fields_by_pattern(name):
                is_level = field == "category" and any(level in self.columns for level in _LEVELS)
                if field not in self.columns and not is_level and not self._has_fen_or_yuan(field):
                    self.take(field, position)
                    break
        # Columns that nothing else is in: further numbers, statuses, and what the product has as a whole.
        for position, name in enumerate(self.header):
            for field in () if position in self.taken else fields_by_pattern(name)[:1]:
                slots = self._slots(field) if field in SLOTS or field in self._of_variant else ()
                if slots:
                    self.take(slots[0], position)

    def take_second_choices(self) -> None:
        """Take columns that mostly hold something else, but not the only price."""
        for field, names in _SECOND_CHOICES.items():
            position = next((self.by_name[name] for name in names if name in self.by_name), None)
            holder = next((name for name, taken in self.columns.items() if taken == position), "")
            if position is None or field in self.columns or holder in self.mapped or holder == "price":
                continue
            if holder or position not in self.taken:
                self.columns.pop(holder, None)
                self.take(field, position)

    def take_further_numbers(self, names: Iterable[str]) -> None:
        """Take columns that could number the products, beside the one that does, for codes."""
        known = {*names, *column_names()["product_id"]}
        # Ids that only the system knows are none that anybody looks for.
        free = [
            position
            for position, name in enumerate(self.header)
            if position not in self.taken
            and not known.isdisjoint((normalize_name(name), bare_name(name)))
            and not normalize_name(name).endswith("id")
        ]
        if "product_id" in self.columns:
            for field, position in zip(MORE_NUMBERS, free, strict=False):
                self.take(field, position)

    def _has_fen_or_yuan(self, field: str) -> bool:
        other = field.removesuffix("_fen") if field.endswith("_fen") else f"{field}_fen"
        return other in self.columns and other in self.mapped

    def finish(self, *, has_whole_products: bool) -> dict[str, int]:
        columns = self.columns
        if "product_id" not in columns and "sku" in columns:
            slots = [slot for slot in ("sku", *MORE_SKUS) if slot in columns]
            for field, slot in zip(("product_id", *slots), slots, strict=False):
                columns[field] = columns[slot]
            del columns[slots[-1]]
        if not {"product_id", "group_id"} & columns.keys() and "codes" in columns:
            # A till numbers its goods by their barcodes.
            columns["product_id"] = columns["codes"]
        if not has_whole_products:
            return columns
        # The only price is the price, whatever it is called.
        for suffix in ("", "_fen"):
            sale, price = f"sale_price{suffix}", f"price{suffix}"
            if (
                sale in columns
                and "price" not in columns
                and "price_fen" not in columns
                and sale not in self.mapped
            ):
                columns[price] = columns.pop(sale)
        if (
            not {"price", "price_fen"} & columns.keys()
            and "list_price" in columns
            and "list_price" not in self.mapped
        ):
            columns["price"] = columns.pop("list_price")
        return columns
