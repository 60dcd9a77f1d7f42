"""The table of facts: the spellings of amounts, sizes, colours and audiences, as `facts.toml` has them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "facts.toml"
# Tables whose patterns are kept compiled. A server has two while an index is switched, a test run a few more.
MAX_TABLES = 8
_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Counts:
    """Measure words."""

    __pydantic_config__ = _STRICT
    contents: tuple[str, ...]
    containers: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitRules:
    """Where a spelling is a unit, and where it is none."""

    __pydantic_config__ = _STRICT
    only_after_numerals: tuple[str, ...]
    only_in_ranges: tuple[str, ...]
    after_half: tuple[str, ...]
    after_single_and_double: tuple[str, ...]
    at_most: Mapping[str, float]
    models: tuple[str, ...]
    no_units: tuple[str, ...]
    no_amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """Factors to the base unit by dimension and spelling, measure words, and rules."""

    __pydantic_config__ = _STRICT
    measures: Mapping[str, Mapping[str, float]]
    counts: Counts
    rules: UnitRules


@dataclass(frozen=True, slots=True)
class LetterSizes:
    """Spellings around sizes in letters."""

    __pydantic_config__ = _STRICT
    one_size: tuple[str, ...]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColourRules:
    """Where a character is a colour, and where it is none."""

    __pydantic_config__ = _STRICT
    with_style: str
    only_with_colour_word: str
    no_colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Colours:
    """Characters and names by family."""

    __pydantic_config__ = _STRICT
    characters: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    exceptions: Mapping[str, tuple[str, ...]]
    rules: ColourRules


@dataclass(frozen=True, slots=True)
class AudienceRules:
    """Which audiences exclude each other, and which words name none."""

    __pydantic_config__ = _STRICT
    adults: tuple[str, ...]
    children: tuple[str, ...]
    opposites: tuple[tuple[str, str], ...]
    children_beside_child: tuple[str, ...]
    both_ages: tuple[str, ...]
    no_audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audiences:
    """Words by audience."""

    __pydantic_config__ = _STRICT
    words: Mapping[str, tuple[str, ...]]
    rules: AudienceRules


@dataclass(frozen=True, slots=True, eq=False)
class FactTable:
    """What texts are read by. Compared by identity, so that what is compiled of it is found at once."""

    __pydantic_config__ = _STRICT
    units: Units
    letter_sizes: LetterSizes
    colours: Colours
    audiences: Audiences


@cache
def load_facts() -> FactTable:
    """Return the packaged table, read once."""
    return parse_facts(packaged_facts())


def packaged_facts() -> str:
    """Return the text of the packaged table."""
    return files("shangsou.text").joinpath(FILE).read_text("utf-8")


def parse_facts(text: str, source: str = FILE) -> FactTable:
    """Parse a whole file of facts.

    Raises
    ------
    UnusableInput
        Names `source` and the entry that is missing, misspelt or of the wrong type.
    """
    return facts_from_json(parse_toml(text, source), source)


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """Return the entries of a file of facts as they stand; raises `UnusableInput` where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableInput(
            f'{source}: {error}; put Chinese names in quotation marks, as in "斤" = 500, and texts as well'
        ) from None


def facts_from_json(payload: Mapping[str, object], source: str) -> FactTable:
    """Return the table of plain values; raises as `parse_facts`."""
    # Imported here, because it takes longer than everything else in this package.
    from pydantic import ValidationError

    try:
        return _adapter().validate_python(payload)
    except ValidationError as error:
        first = error.errors()[0]
        # Lists are extended: a position in one says nothing of the file.
        entry = ".".join(key for key in first["loc"] if isinstance(key, str))
        given = f", got {first['input']!r}" if isinstance(first["input"], str | int | float) else ""
        raise UnusableInput(
            f'{source}: "{entry}": {first["msg"]}{given}; write it as the packaged {FILE} does'
        ) from None


def facts_to_json(table: FactTable) -> dict[str, Any]:
    """Return a table as plain values. Those of two tables are equal if the tables say the same."""
    payload: dict[str, Any] = _adapter().dump_python(table, mode="json")
    return payload


@cache
def _adapter() -> "TypeAdapter[FactTable]":
    from pydantic import TypeAdapter

    return TypeAdapter(FactTable)
