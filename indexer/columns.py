"""Match the columns of a catalog to the fields of a product."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from indexer.column_names import (
    ATTRIBUTE_PREFIX,
    attribute_name,
    bare_name,
    column_names,
    field_by_name,
    fields_by_pattern,
    normalize_name,
    pair_column,
)
from indexer.platforms.recognition import Platform, recognize
from shangsou.errors import UnusableInput

__all__ = ["ATTRIBUTE_PREFIX", "Columns", "column_names", "find_columns", "match_columns", "read_mapping"]

PAIR_NAME, PAIR_VALUE = "pair_name.", "pair_value."
# Further columns that may hold the number of a variant: which one does shows in the rows.
MORE_SKUS = ("sku.2", "sku.3", "sku.4", "sku.5")
# Fields that several columns may state, of which each counts.
SLOTS: Mapping[str, Sequence[str]] = {
    "sku": ("sku", *MORE_SKUS),
    "status": ("status", "status.2", "status.3"),
    "is_off": ("is_off", "is_off.2"),
}
# A price and a stock of the variant; where the cell is blank, those of the whole product hold.
_OF_VARIANT = {
    "price": re.compile(
        r"(?:sku|规格|型号|单品|变体|variant|variation)(?:销售|基本)?(?:价格?|售价|单价|price)(?:元|人民币|yuan|cny)?"
    ),
    "stock": re.compile(
        r"(?:sku|规格|型号|单品|变体|variant|variation)(?:可售|现货|可用)?(?:库存数?量?|stock|quantity|inventory(?:qty|quantity))"
    ),
}
OF_PRODUCT: Mapping[str, str] = {"price": "product_price", "stock": "product_stock"}
_ATTRIBUTE_COLUMN = re.compile(
    r"\s*(?:(?:attributes?|attrs?|sku属性|属性|屬性|规格)\s*[.:：]\s*|(?:sku属性|属性|屬性)\s*[(（]\s*)"
    # WooCommerce puts `pa_` before attributes of the whole shop.
    r"(?:pa_)?(?P<name>[^\s()（）](?:[^()（）]*[^\s()（）])?)\s*[)）]?\s*",
    re.IGNORECASE,
)
# Fields of a category, which the name of one level alone must not take.
_LEVELS = ("cat1", "cat2", "cat3", "cat4")
# Names listed in an error: enough for any real catalog, but a binary file must not fill the screen.
_MAX_LISTED_NAMES = 30
_MAX_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file that are read, and those that are not."""

    used: tuple[tuple[int, str], ...]
    """Position in the row and field: a name of `columns.json`, or `attributes.NAME`."""
    names: Mapping[str, str]
    """The column's name in the file, by field."""
    unused: tuple[str, ...]
    width: int
    platform: Platform | None = None


def match_columns(
    file: str, header: Sequence[str], mapping: Mapping[str, str], *, needs_title: bool = True
) -> Columns:
    """Match columns to fields: by `mapping`, by the platform, by the usual names, then by parts of names.

    If several columns could hold a field, the name that comes first in `columns.json` wins.

    Parameters
    ----------
    file
        For messages.
    header
        The column names in order.
    mapping
        Field to column name, from `--map`.
    needs_title
        Whether a file without titles is refused: one that completes another has none.

    Raises
    ------
    UnusableInput
        No column holds the id or the title, or `mapping` names a column that the file does not have.
    """
    for field, column in mapping.items():
        is_path = column.partition(".")[0] in header
        if find_position(header, column) is None and not is_path:
            raise UnusableInput(
                f"{file}: --map {field}={column} names no column; the file has {list_columns(header)}"
            )
    platform = recognize(header)
    columns = find_columns(header, mapping, platform)
    missing = [] if {"product_id", "sku", "group_id"} & columns.keys() else [("product_id", "id")]
    missing += [("title", "title")] if needs_title and "title" not in columns else []
    for field, word in missing:
        raise UnusableInput(
            f"{file}: no column holds the {word} of a product; the file has {list_columns(header)}; "
            f"say which it is with --map {field}=COLUMN{_advice_without_header(header)}"
        )
    taken = set(columns.values())
    return Columns(
        used=tuple((position, field) for field, position in columns.items()),
        names={field: header[position] for field, position in columns.items()},
        unused=tuple(name for position, name in enumerate(header) if position not in taken and name.strip()),
        width=len(header),
        platform=platform,
    )


def find_columns(
    header: Sequence[str], mapping: Mapping[str, str], platform: Platform | None = None
) -> dict[str, int]:
    """Return the position of every field that has a column."""
    search = _ColumnSearch(header, mapping)
    search.take_attributes_and_pairs()
    search.take_columns_of_variants(platform.ignored if platform else ())
    if platform:
        search.ignore(platform.ignored)
        search.take_names(platform.columns)
    search.take_names(column_names())
    search.take_attribute_columns()
    search.take_patterns()
    return search.finish()


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
            attribute = _ATTRIBUTE_COLUMN.fullmatch(name)
            pair = None if attribute else pair_column(name)
            if attribute:
                self.columns.setdefault(ATTRIBUTE_PREFIX + attribute["name"], position)
                self.taken.add(position)
            elif pair:
                self.take((PAIR_NAME if pair.is_name else PAIR_VALUE) + pair.key, position)
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

    def _has_fen_or_yuan(self, field: str) -> bool:
        other = field.removesuffix("_fen") if field.endswith("_fen") else f"{field}_fen"
        return other in self.columns and other in self.mapped

    def finish(self) -> dict[str, int]:
        columns = self.columns
        if "product_id" not in columns and "sku" in columns:
            slots = [slot for slot in ("sku", *MORE_SKUS) if slot in columns]
            for field, slot in zip(("product_id", *slots), slots, strict=False):
                columns[field] = columns[slot]
            del columns[slots[-1]]
        if not {"product_id", "group_id"} & columns.keys() and "codes" in columns:
            # A till numbers its goods by their barcodes.
            columns["product_id"] = columns["codes"]
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


def settle(values: MutableMapping[str, object]) -> None:
    """Let what a product has as a whole hold where its variant states nothing of its own."""
    for field, whole in OF_PRODUCT.items():
        value = values.pop(whole, None)
        if value is not None and not _is_filled(values.get(field)):
            values[field] = value


def _is_filled(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or value.strip() not in ("", "-", "--", "\\N"))


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Parse `--map` arguments such as `title=列名` into columns by field; raises `UnusableInput`.

    A field may be called by any of its usual names, as in `标题=列名`.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        attribute = _ATTRIBUTE_COLUMN.fullmatch(name)
        field = (
            ATTRIBUTE_PREFIX + attribute["name"]
            if attribute
            else field_by_name().get(normalize_name(name), "")
        )
        if not equals or not column.strip() or not field:
            fields = sorted(column_names(), key=lambda field: field in ("sku", "group_id"))
            raise UnusableInput(
                f"--map {pair}: write it as FIELD=COLUMN, where FIELD is {', '.join(fields)} "
                f"or attributes.NAME{_suggestion(name)}"
            )
        if mapping.get(field, column.strip()) != column.strip():
            raise UnusableInput(
                f"--map {pair}: {field} is already read from {mapping[field]}; give each field once"
            )
        mapping[field] = column.strip()
    return mapping


def _suggestion(name: str) -> str:
    """Return the field that a misspelt one is likely to be, for a message."""
    close = get_close_matches(name.strip().lower(), column_names(), 1)
    return f"; did you mean {close[0]}?" if close and close[0] != name else ""


def find_position(header: Sequence[str], column: str) -> int | None:
    """Return the position of a column by its name, or by nearly its name; None if there is none."""
    return header.index(column) if column in header else positions_by_name(header).get(normalize_name(column))


def positions_by_name(header: Sequence[str]) -> dict[str, int]:
    """Return the position of each normalized name, and of `价格` for `价格(元)`, but not for `价格(分)`."""
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        positions.setdefault(normalize_name(name), position)
    known = field_by_name()
    for position, name in enumerate(header):
        if normalize_name(name) not in known and not normalize_name(name).endswith(("分", "fen", "cents")):
            positions.setdefault(bare_name(name), position)
    positions.pop("", None)
    return positions


def list_columns(header: Sequence[str]) -> str:
    """Return the names of columns for a message."""
    names = ", ".join(
        json.dumps(name[:_MAX_NAME_LENGTH], ensure_ascii=False) for name in header[:_MAX_LISTED_NAMES]
    )
    more = f" and {len(header) - _MAX_LISTED_NAMES} more" if len(header) > _MAX_LISTED_NAMES else ""
    return f"the columns {names}{more}" if header else "no columns"


def _advice_without_header(header: Sequence[str]) -> str:
    """Return advice where the first row looks like a product: a number, and no name of a column."""
    has_number = any(re.fullmatch(r"\s*[¥￥]?-?[0-9][0-9.,]*\s*", name) for name in header)
    has_name = any(bare_name(name) in field_by_name() for name in header)
    return (
        "; if it has no header (表头), name its columns in order with --columns id,title,price"
        if has_number and not has_name
        else "; if the header is in another row, say which with --header-row N"
        if not has_name
        else ""
    )
