"""The word lists of the sample shop, read from `words/` into records."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# The order of departments in the catalog.
DEPARTMENTS = (
    "women",
    "men",
    "shoes",
    "bags",
    "beauty",
    "digital",
    "appliances",
    "home",
    "kids",
    "food",
    "sports",
    "office",
)


@dataclass(frozen=True, slots=True)
class Brand:
    """An invented brand."""

    chinese: str
    latin: str
    tier: int
    """From 1 (cheap) to 4 (expensive)."""
    sells: tuple[str, ...]
    """Prefixes of the codes of what it sells: `W` for a department, `H01` for a leaf, `B024` for a kind."""

    @property
    def name(self) -> str:
        """The name in the brand field."""
        return "/".join(part for part in (self.chinese, self.latin) if part)


@dataclass(frozen=True, slots=True)
class ProductKind:
    """One kind of product, such as `吊带连衣裙`, merged with the defaults of its department and leaf."""

    code: str
    """Department, leaf and kind: `W011`."""
    name: str
    path: tuple[str, ...]
    shape: str
    colour: str
    """Hex colour of the picture if a product has no colour."""
    count: int
    price_yuan: tuple[int, int]
    vary: str
    """The attribute in which the variants of one product differ."""
    factors: Mapping[str, float]
    """Price factors of attribute values."""
    follows: Mapping[str, Mapping[str, str]]
    """Attribute values implied by another value."""
    attributes: Mapping[str, tuple[str, ...]]
    models: tuple[str, ...]
    words: tuple[str, ...]
    also: tuple[str, ...]
    sells: tuple[str, ...]
    people: tuple[str, ...]
    titles: tuple[str, ...]
    subtitles: tuple[str, ...]
    about: tuple[str, ...]
    detail: tuple[str, ...]
    closings: tuple[str, ...]
    shops: tuple[str, ...]


def read_brands() -> list[Brand]:
    """Return all brands, in file order."""
    return [
        Brand(row["name"], row["latin"], int(row["tier"]), tuple(row["sells"].split()))
        for row in _read_tsv("brands.tsv")
    ]


@cache
def read_colours() -> Mapping[str, str]:
    """Return the hex colour of each colour name."""
    return {row["name"]: row["hex"] for row in _read_tsv("colours.tsv")}


def read_kinds() -> Iterator[ProductKind]:
    """Yield all kinds in catalog order.

    Values of a kind override those of its leaf, which override those of the department.
    """
    for name in DEPARTMENTS:
        department = json.loads(files("shangsou.sample.words").joinpath(f"{name}.json").read_text("utf-8"))
        for leaf in department["leaves"]:
            for number, kind in enumerate(leaf["kinds"], start=1):
                yield _merge(department, leaf, kind, number)


def _merge(department: Any, leaf: Any, kind: Any, number: int) -> ProductKind:
    merged = {**department, **leaf, **kind}
    attributes = {"类型": kind["name"], **leaf["attributes"], **kind.get("set", {})}
    dropped = _split(kind.get("drop", ""))
    low, high = merged["price"].split("-")
    return ProductKind(
        code=f"{department['code']}{leaf['code']}{number}",
        name=kind["name"],
        path=(department["department"], *merged["path"].split(">")),
        shape=merged["shape"],
        colour=merged.get("colour", ""),
        count=_share(leaf["count"], len(leaf["kinds"]), number),
        price_yuan=(int(low), int(high)),
        vary=merged["vary"],
        factors={**leaf.get("factor", {}), **kind.get("factor", {})},
        follows={**leaf.get("follows", {}), **kind.get("follows", {})},
        attributes={name: _split(values) for name, values in attributes.items() if values},
        models=tuple(merged.get("models", ())),
        words=_split(kind["words"]),
        also=_split(merged.get("also", "")),
        sells=tuple(sell for sell in (*_split(kind["sells"]), *_split(leaf["sells"])) if sell not in dropped),
        people=_split(merged.get("people", "")),
        titles=tuple(merged["titles"]),
        subtitles=tuple(merged["subtitles"]),
        about=tuple(merged["about"]),
        detail=tuple(merged["detail"]),
        closings=tuple(merged["closings"]),
        shops=_split(department["shops"]),
    )


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _share(count: int, parts: int, number: int) -> int:
    return count // parts + (number <= count % parts)


def _read_tsv(name: str) -> list[dict[str, str]]:
    text = files("shangsou.sample.words").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
