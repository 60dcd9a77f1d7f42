"""SKUs that one cell holds, as 淘宝助理 writes them: `price:quantity:code:property:value;…`."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from indexer.cell_objects import as_text
from indexer.column_names import ATTRIBUTE_PREFIX
from indexer.identifiers import read_identifier
from shangsou.reading.issue import Issue, excerpt

# Fields that say how to read the SKUs of a row, and nothing of the product.
COMBINATIONS = "sku_combinations"
_SKU_BARCODES = "sku_barcodes"
_NAMING = ("property_aliases", "custom_values")
_INPUT_PROPERTIES, _INPUT_VALUES = "input_properties", "input_values"
COMBINATION_FIELDS = frozenset((COMBINATIONS, _SKU_BARCODES, *_NAMING, _INPUT_PROPERTIES, _INPUT_VALUES))
# The reason under which a report warns: shoppers cannot choose a colour or a size.
UNREAD_COMBINATIONS = "SKUs whose values the file does not name"
_START = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?):([0-9]*):([^:;]*):(-?[0-9]+):(-?[0-9]+)\s*")
_FURTHER = re.compile(r"\s*(-?[0-9]+):(-?[0-9]+)\s*")
_NAMED = re.compile(r"\s*(-?[0-9]+:-?[0-9]+):([^;]*[^;\s])\s*")
# Pictures of colours among those of the product: `name:2:0:property:value|address`.
_PICTURE = re.compile(r"[^:;|]*:2:[0-9]+:(-?[0-9]+:-?[0-9]+)\|([^;]+)")
_BRAND = "品牌"


class _Sku(NamedTuple):
    price: str
    quantity: str
    code: str
    properties: list[str]
    """As `property:value`, in numbers."""


def separate_skus(values: Mapping[str, object]) -> tuple[list[Mapping[str, object]], Issue | None]:
    """Return the rows of the SKUs in a row, the row itself where it has none, and what could not be read.

    The export names what the seller called otherwise or added. Where it names none of the values of a product
    the SKUs stay unread: numbers alone do not say what a shopper would choose.
    """
    if COMBINATION_FIELDS.isdisjoint(values):
        return [values], None
    shared = {field: value for field, value in values.items() if field not in COMBINATION_FIELDS}
    shared |= {field: value for field, value in _inputs(values).items() if field not in shared}
    text = as_text(values.get(COMBINATIONS)).strip()
    skus = _parse(text)
    if not text or (skus is not None and not skus):
        return [shared], None
    named = {match[1]: match[2] for match in _named_values(values)}
    known = {**_table()["values"], **named}
    used = {each for sku in skus or () for each in sku.properties}
    if skus is None or not _number(shared) or not used & named.keys() or not used <= known.keys():
        problem = f"{COMBINATIONS.replace('_', ' ')} {excerpt(text)} cannot be told apart by colour and size"
        advice = "read as one product; 千牛 exports its SKUs with names"
        return [shared], Issue(UNREAD_COMBINATIONS, problem, advice)
    return [*_rows(shared, skus, known, _barcodes(values, len(skus)))], None


def _parse(text: str) -> list[_Sku] | None:
    skus: list[_Sku] = []
    for piece in filter(None, map(str.strip, text.split(";"))):
        start, further = _START.fullmatch(piece), _FURTHER.fullmatch(piece)
        if start:
            skus.append(_Sku(start[1], start[2], start[3].strip(), [f"{start[4]}:{start[5]}"]))
        elif further and skus:
            skus[-1].properties.append(f"{further[1]}:{further[2]}")
        else:
            return None
    return skus


def _named_values(values: Mapping[str, object]) -> Iterator[re.Match[str]]:
    for field in _NAMING:
        for piece in as_text(values.get(field)).split(";"):
            match = _NAMED.fullmatch(piece)
            if match:
                yield match


def _rows(
    shared: Mapping[str, object], skus: Sequence[_Sku], names: Mapping[str, str], barcodes: Sequence[str]
) -> Iterator[Mapping[str, object]]:
    number = _number(shared)
    # Codes number the SKUs only where each has its own.
    are_codes = all(sku.code for sku in skus) and len({sku.code for sku in skus}) == len(skus)
    pictures = dict(_PICTURE.findall(as_text(shared.get("image_url"))))
    whole = {field: value for field, value in shared.items() if field not in ("sku", "codes")}
    for position, sku in enumerate(skus):
        attributes = {
            ATTRIBUTE_PREFIX + _property(each): names[each] for each in sku.properties if each in names
        }
        suffix = "-".join(map(str, attributes.values()))
        codes = [code for code in ("" if are_codes else sku.code, *barcodes[position : position + 1]) if code]
        picture = next((pictures[each] for each in sku.properties if each in pictures), "")
        yield {
            **whole,
            "product_id": sku.code if are_codes else f"{number}-{suffix}",
            "group_id": number,
            "price": sku.price,
            "stock": sku.quantity or "0",
            **({"codes": codes} if codes else {}),
            **({"sku_image": picture} if picture else {}),
            **attributes,
        }


def _number(values: Mapping[str, object]) -> str:
    return read_identifier(values.get("product_id")) or read_identifier(values.get("sku"))


def _property(each: str) -> str:
    return _table()["properties"].get(each.partition(":")[0], "规格")


def _barcodes(values: Mapping[str, object], count: int) -> list[str]:
    barcodes = [part.strip() for part in re.split(r"[;,]", as_text(values.get(_SKU_BARCODES)))]
    return barcodes if len(barcodes) == count else []


def _inputs(values: Mapping[str, object]) -> dict[str, object]:
    """Return what the seller typed in for properties that are known: the brand, the style."""
    numbers = as_text(values.get(_INPUT_PROPERTIES)).split(",")
    texts = as_text(values.get(_INPUT_VALUES)).split(",")
    found: dict[str, object] = {}
    for number, text in zip(numbers, texts, strict=False):
        name = _table()["properties"].get(number.strip(), "")
        if name and text.strip():
            found["brand" if name == _BRAND else ATTRIBUTE_PREFIX + name] = text.strip()
    return found


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    text = files(__package__).joinpath("taobao_properties.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return table
