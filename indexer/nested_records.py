"""Records with named values as values by field: nested objects by path, lists of variants one by one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexer.attributes import split_attributes
from indexer.cell_objects import as_text
from indexer.column_names import (
    ATTRIBUTE_PREFIX,
    attribute_name,
    field_by_name,
    fields_by_pattern,
    normalize_name,
)
from indexer.column_search import find_columns
from indexer.columns import Columns
from indexer.fields import VARIANT_LISTS, settle
from indexer.shapes.shape import Records
from shangsou.reading.issue import Issue

# Objects that only hold a product together: `product.title` is the title.
_CONTAINERS = frozenset(
    [
        "product",
        "item",
        "goods",
        "data",
        "node",
        "fields",
        "source",
        "info",
        "base",
        "basic",
        "basicinfo",
        "detail",
        "attributes",
        "pricing",
        "inventory",
        "document",
        "doc",
    ]
)
_OPTION_KEYS = ("option1", "option2", "option3")
_MAX_LEVELS = 3
_DOT = re.compile(r"\.")
# Shapes of records that are remembered: exports have a few, a hostile file has as many as records.
_MAX_SHAPES = 10_000

Read = tuple[int, Mapping[str, object] | str | None, Issue | str | None]


class RecordReader:
    """Reads records by the names of their values, which may differ from one to the next."""

    def __init__(self, records: Records, columns: Columns, mapping: Mapping[str, str]) -> None:
        self._records = records
        self._platform = columns.platform
        self._mapping = mapping
        self._paths = MappedPaths(mapping.values())
        self._positions: dict[tuple[str, ...], Mapping[str, int]] = {}

    def read(self) -> Iterator[Read]:
        """Yield each product's number with its values, or with None and the problem."""
        for number, record in self._records.records():
            if isinstance(record, str):
                yield number, None, record
                continue
            variants = self._variants(record)
            if not variants:
                yield number, self._values(record), None
                continue
            product = self._values({key: value for key, value in record.items() if value is not variants})
            names = _option_names(record)
            for variant in variants:
                yield number, self._joined(product, variant, names, is_only=len(variants) == 1), None

    def _values(self, record: Mapping[str, object]) -> dict[str, object]:
        flat = flatten_mapped(record, self._paths)
        keys = tuple(flat)
        positions = self._positions.get(keys)
        if positions is None:
            if len(self._positions) == _MAX_SHAPES:
                self._positions.clear()
            positions = self._positions[keys] = find_columns(keys, self._mapping, self._platform)
        values = {field: flat[keys[position]] for field, position in positions.items()}
        filled = {field: value for field, value in values.items() if has_value(value)}
        settle(filled)
        return filled

    def _variants(self, record: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        for key, value in record.items():
            if isinstance(value, list) and key.lower() in VARIANT_LISTS:
                variants = [variant for variant in value if isinstance(variant, Mapping)]
                if variants and len(variants) == len(value):
                    return variants
        return ()

    def _joined(
        self,
        product: Mapping[str, object],
        variant: Mapping[str, object],
        names: Sequence[str],
        *,
        is_only: bool,
    ) -> dict[str, object]:
        """Return a variant with what it leaves to its product."""
        own = self._values(variant)
        own.pop("group_id", None)
        own.pop("description", None)
        if not any(field.startswith(("attributes", "sku_attributes", "pair_value")) for field in own):
            # Whatever it is called, a list of names with values is what the variant is chosen by.
            lists = (value for value in variant.values() if isinstance(value, list) and value)
            pairs = next((value for value in lists if split_attributes(value)), None)
            own |= {"sku_attributes": pairs} if pairs else {}
        title = own.pop("title", None)
        for key, name in zip(_OPTION_KEYS, names, strict=False):
            if has_value(variant.get(key)) and variant[key] != "Default Title":
                own[ATTRIBUTE_PREFIX + name] = variant[key]
        has_attributes = any(
            field.startswith(("attributes", "sku_attributes", "pair_value")) for field in own
        )
        if title and not has_attributes and not is_only:
            own["sku_attributes"] = title
        number = product.get("product_id")
        if is_only:
            own = {field: value for field, value in own.items() if field != "product_id" or number is None}
        elif number is not None:
            own.setdefault("product_id", own.pop("sku", None) or f"{as_text(number)}-{as_text(title)}")
            own["group_id"] = product.get("group_id", number)
        priced = any(field.startswith(("price", "sale_price")) for field in own)
        inherited = {
            field: value
            for field, value in product.items()
            if not (priced and "price" in field)
            and not (field in ("stock", "availability") and "stock" in own)
        }
        attributes = own.pop("attributes", None)
        if attributes is not None:
            own["sku_attributes"] = attributes
        return {**inherited, **own}


class MappedPaths:
    """The dotted paths of values that a user has named."""

    def __init__(self, columns: Iterable[str]) -> None:
        """Take the columns of a mapping; those without a dot are no paths."""
        self.paths = [column for column in columns if "." in column]
        self.parts = frozenset(
            path[:end] for path in self.paths for end in [*(dot.start() for dot in _DOT.finditer(path)), None]
        )
        """The paths, and those of all objects and lists that these lead through."""


NO_PATHS = MappedPaths(())


def flatten_mapped(record: Mapping[str, object], mapped: MappedPaths) -> dict[str, object]:
    """Return the values of a record by dotted path, mapped paths by themselves and at no other name."""
    flat = flatten(record, mapped)
    for path in mapped.paths:
        flat[path] = record[path] if path in record else value_at(record, path)
    return flat


def flatten(
    record: Mapping[str, object],
    mapped: MappedPaths = NO_PATHS,
    prefix: str = "",
    origin: str = "",
    level: int = 1,
) -> dict[str, object]:
    """Return the values of a record by dotted path; objects that are a value of a field stay as they are.

    Left out is what a mapped path names, and an object or list that one leads into, unless it lists variants.
    """
    flat: dict[str, object] = {}
    for key, value in record.items():
        # Below a container the name alone says what it is.
        path = f"{prefix}{key}"
        is_object = isinstance(value, Mapping) and bool(value)
        is_container = normalize_name(key) in _CONTAINERS and not _is_list_of_attributes(key, value)
        if is_object and level < _MAX_LEVELS and (is_container or not _is_field(key)):
            below = flatten(
                value,  # type: ignore[arg-type]
                mapped,
                "" if is_container else f"{path}.",
                f"{origin}{key}.",
                level + 1,
            )
            for name, inner in below.items():
                flat.setdefault(name if name not in record else f"{path}.{name}", inner)
        elif f"{origin}{key}" not in mapped.parts or key.lower() in VARIANT_LISTS:
            flat[path] = value
    return flat


def has_value(value: object) -> bool:
    """Return whether a value is anything but empty."""
    return value is not None and value not in ("", [], {})


def _is_field(key: str) -> bool:
    return normalize_name(key) in field_by_name() or bool(attribute_name(key)) or bool(fields_by_pattern(key))


def _is_list_of_attributes(key: str, value: object) -> bool:
    """Return whether `attributes` holds attributes, rather than the fields of a product as in Strapi."""
    return (
        normalize_name(key) == "attributes"
        and isinstance(value, Mapping)
        and not any(normalize_name(name) in ("title", "name", "sku", "标题", "名称") for name in value)
    )


def value_at(record: Mapping[str, object], path: str) -> object:
    """Return the value at a dotted path, None where there is none.

    Below a list a number names one entry, any other name what each of its objects has: one value, or a list.
    """
    value: object = record
    keys = path.split(".")
    for level, key in enumerate(keys):
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit():
            value = value[int(key)] if int(key) < len(value) else None
        elif isinstance(value, list):
            rest = ".".join(keys[level:])
            below = [value_at(entry, rest) for entry in value if isinstance(entry, Mapping)]
            filled = [one for one in below if has_value(one)]
            return filled[0] if len(filled) == 1 else filled or None
        else:
            return None
    return value


def value_names(record: Mapping[str, object], mapped: MappedPaths) -> list[str]:
    """Return the names by which the values of a record are found; of mapped paths those that lead to one."""
    flat = flatten_mapped(record, mapped)
    return [name for name, value in flat.items() if name not in mapped.parts or value is not None]


def _option_names(record: Mapping[str, object]) -> list[str]:
    options = record.get("options")
    if not isinstance(options, list):
        return ["规格", "规格2", "规格3"]
    return [
        as_text(option.get("name")) if isinstance(option, Mapping) else as_text(option) for option in options
    ]
