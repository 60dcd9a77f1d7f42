"""The product types that a shop names itself: `product_types.tsv` in SHANGSOU_HOME, read live."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shangsou.errors import UnusableInput
from shangsou.search.ranking.dictionaries import read_optional
from shangsou.text.normalize import normalize

TYPES_FILE = "product_types.tsv"
# Each line is a clause of every search by type in Elasticsearch, which takes 1,024.
_MAX_LINES = 200
# Comments included: read twice a second.
_MAX_FILE_LINES = 2_000
_ADVICE = "give the types in the catalog, as the column product_type"


class TypeOverride(NamedTuple):
    """What a shop says of the type of some products."""

    product: str
    """An id, or words that stand in the product's texts."""
    type: str
    """Normalized."""


def read_type_overrides(home: Path) -> tuple[TypeOverride, ...]:
    """Return the lines of `product_types.tsv`; none where there is no such file.

    Raises `UnusableInput` that names the line that cannot be used.
    """
    content = read_optional(home / TYPES_FILE)
    return () if content is None else _parse(content, str(home / TYPES_FILE))


# A server reads it twice a second.
@lru_cache(maxsize=4)
def _parse(content: bytes, source: str) -> tuple[TypeOverride, ...]:
    if content.count(b"\n") > _MAX_FILE_LINES:
        raise UnusableInput(f"{source} has more than {_MAX_FILE_LINES:,} lines; {_ADVICE}")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise UnusableInput(f"{source} is not UTF-8 ({problem}); save it as UTF-8") from None
    overrides = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        product, tab, name = line.partition("\t")
        if not (tab and product.strip() and normalize(name)):
            raise UnusableInput(
                f'{source}:{number}: "{line[:80]}" names no type; write PRODUCT<tab>TYPE, where PRODUCT is '
                "an id or words of titles"
            )
        overrides.append(TypeOverride(product.strip(), normalize(name)))
    if len(overrides) > _MAX_LINES:
        raise UnusableInput(f"{source} has {len(overrides)} lines, more than {_MAX_LINES}; {_ADVICE}")
    return tuple(overrides)
