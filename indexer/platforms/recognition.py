"""Recognize the shop system that an export comes from by its header."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from indexer.column_names import normalize_name


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


def recognize(header: Iterable[str]) -> Platform | None:
    """Return the platform with the largest share of its signature in a header, or None."""
    names = {normalize_name(name) for name in header}
    scores = [(len(platform.signature & names), platform) for platform in platforms()]
    enough = [(count, platform) for count, platform in scores if count >= platform.matches]
    return max(enough, key=lambda scored: scored[0], default=(0, None))[1]


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
        signature=frozenset(_names(table["signature"])),
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
    return [normalize_name(str(name)) for name in names] if isinstance(names, list) else []
