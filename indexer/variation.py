"""Attributes by which the rows of one number differ as variants do."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from indexer.attributes import split_attributes
from indexer.cell_objects import as_text
from indexer.column_names import ATTRIBUTE_PREFIX
from indexer.variant_attributes import load_variant_attributes
from shangsou.text.normalize import normalize

# Parts of names, beside those of `variant_attributes.toml`, as in 颜色名称 or color_name.
_VARIES = re.compile(
    r"颜色|色号|尺码|尺寸|规格|口味|香型|容量|款式|型号|版本|套餐|码数|colou?r|size|flavou?r|style|variant|option"
)


def varying_fields(rows: Iterable[tuple[int, Mapping[str, object]]]) -> list[str]:
    """Return the fields by which rows of one file differ as variants do.

    Parameters
    ----------
    rows
        The number of the file and the values of each row. What differs between files is a correction.
    """
    texts: dict[tuple[int, str], dict[str, None]] = {}
    for file_number, values in rows:
        for field, value in values.items():
            if varies(field):
                texts.setdefault((file_number, field), {})[as_text(value) or str(value)] = None
    return list(dict.fromkeys(field for (_, field), found in texts.items() if len(found) > 1))


def variant_suffix(values: Mapping[str, object]) -> str:
    """Return what tells a variant without a number of its own from the others, as `-红色-M`."""
    texts = [value_text(field, value) for field, value in values.items() if varies(field)]
    return "".join(f"-{text}" for text in texts if text)


def value_text(field: str, value: object) -> str:
    """Return the value of a field as a part of a number: of `颜色:红;尺码:M` only `红-M`."""
    pairs = (split_attributes(value) if field == "sku_attributes" else None) or []
    return "-".join(text for _, text in pairs) or as_text(value).strip()


@lru_cache(1 << 10)
def varies(field: str) -> bool:
    """Return whether a field is one that shoppers choose a variant by."""
    if field == "sku_attributes":
        return True
    if not field.startswith(ATTRIBUTE_PREFIX):
        return False
    name = normalize(field.removeprefix(ATTRIBUTE_PREFIX))
    return name in load_variant_attributes().varying or bool(_VARIES.search(name))
