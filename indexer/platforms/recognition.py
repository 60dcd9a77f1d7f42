"""Recognize the shop system that an export comes from by its header."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from indexer.column_names import name_without_unit, normalize_name


@dataclass(frozen=True, slots=True)
class Platform:
    """A shop system: names of its columns, normalized, and its habits. See README.md beside the files."""

    name: str
    signature: frozenset[str]
    matches: int
    columns: Mapping[str, tuple[str, ...]]
    ignored: frozenset[str] = field(default_factory=frozenset)
    category_separator: str = ""
    category_roots: frozenset[str] = field(default_factory=frozenset)
    missing_number: str = ""
    """What stands in the column of the product's number where it has none."""
    has_sections: bool = False
    """Whether attributes are written as `section:name:value`."""
    lists_pictures: bool = False
    """Whether the rows of a product list its further pictures, beside variants that these do not show."""

    @property
    def names(self) -> frozenset[str]:
        """All names of columns that such exports may have."""
        return self.signature.union(*self.columns.values())


def recognize(header: Iterable[str]) -> Platform | None:
    """Return the platform of whose signature a header has enough and most, or None."""
    names = {key for name in header for key in (_signature_key(name), name_without_unit(name))}
    enough = [platform for platform in platforms() if len(platform.signature & names) >= platform.matches]
    return max(enough, key=lambda platform: _score(platform.signature & names), default=None)


def _score(matched: Iterable[str]) -> float:
    """Return how much columns say of the platform: what several have, such as 商品ID, says less."""
    return sum(1 / sum(name in platform.names for platform in platforms()) for name in matched)


def _signature_key(name: str) -> str:
    """Return a name as signatures are compared: `_id` of Elasticsearch is not the `id` of everything."""
    return ("_" if name.strip().startswith("_") else "") + normalize_name(name)


@cache
def platforms() -> tuple[Platform, ...]:
    """Return the platforms in the order of their files' names."""
    folder = files(__package__)
    paths = sorted(
        (path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name
    )
    return tuple(_platform(tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths)


def _platform(table: Mapping[str, object]) -> Platform:
    columns, roots = table.get("columns", {}), table.get("category_roots", [])
    return Platform(
        name=str(table["name"]),
        signature=frozenset(_signature_key(str(name)) for name in _listed(table["signature"])),
        matches=int(str(table["matches"])),
        columns={name: tuple(_names(names)) for name, names in columns.items()}
        if isinstance(columns, Mapping)
        else {},
        ignored=frozenset(_names(table.get("ignored", []))),
        category_separator=str(table.get("category_separator", "")),
        category_roots=frozenset(str(root) for root in roots) if isinstance(roots, list) else frozenset(),
        missing_number=str(table.get("missing_number", "")),
        has_sections=table.get("has_sections") is True,
        lists_pictures=table.get("lists_pictures") is True,
    )


def _names(names: object) -> list[str]:
    return [normalize_name(str(name)) for name in _listed(names)]


def _listed(names: object) -> list[object]:
    return names if isinstance(names, list) else []
