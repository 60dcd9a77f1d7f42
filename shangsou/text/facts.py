"""The spellings of amounts, sizes, colours and audiences, from `facts.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shangsou.errors import UnusableInput

FILE = "facts.toml"
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


@dataclass(frozen=True, slots=True)
class Facts:
    """The content of the file."""

    __pydantic_config__ = _STRICT
    units: Units
    letter_sizes: LetterSizes
    colours: Colours
    audiences: Audiences


@cache
def load_facts() -> Facts:
    """Return the packaged facts, read once.

    Raises
    ------
    UnusableInput
        The file is no TOML, or an entry is missing, misspelt or of the wrong type.
    """
    return parse_facts(files("shangsou.text").joinpath(FILE).read_text("utf-8"))


def parse_facts(text: str) -> Facts:
    """Parse a file of facts.

    Raises
    ------
    UnusableInput
        Names the entry that is invalid.
    """
    # Imported here, because it takes longer than everything else in this package.
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Facts).validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UnusableInput(f"{FILE}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(map(str, first["loc"]))
        raise UnusableInput(f'{FILE}: "{entry}": {first["msg"]}; see the comments in the file') from error
