"""A shop's own spellings of facts, added to those of the package."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shangsou.errors import UnusableInput
from shangsou.text.facts import FactTable, facts_from_json, packaged_facts, parse_toml
from shangsou.text.normalize import normalize

# The colours by family, of which a name has one.
_FAMILIES = ("names", "exceptions")


def add_own_facts(text: str, source: str) -> FactTable:
    """Return the packaged table with a shop's additions.

    Tables are merged key by key, and lists extended. A key that is given again counts as the shop gives it,
    and so does a colour that it files under another family.

    Parameters
    ----------
    text
        TOML of the structure of the packaged `facts.toml`, every part of it optional.
    source
        The name of the file, for errors.

    Raises
    ------
    UnusableInput
        Names `source` and the entry that cannot be used.
    """
    own = parse_toml(text, source)
    packaged = parse_toml(packaged_facts(), source)
    # Types first: all that follows relies on them.
    facts_from_json(_merge(packaged, own), source)
    for entry, value in _leaves(own):
        _check_value(entry, value, source)
    table = facts_from_json(_merge(_without_colours(packaged, own), own), source)
    _check_units(table, source)
    _check_audiences(table, source)
    return table


def _merge(packaged: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(packaged)
    for key, value in own.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merge(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            merged[key] = [*known, *(entry for entry in value if entry not in known)]
        else:
            merged[key] = value
    return merged


def _without_colours(packaged: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the packaged entries without the colours that a shop lists itself."""
    listed = own.get("colours", {})
    taken = {name for part in _FAMILIES for names in listed.get(part, {}).values() for name in names}
    kept = {
        part: {
            family: [name for name in names if name not in taken]
            for family, names in packaged["colours"][part].items()
        }
        for part in _FAMILIES
    }
    return packaged | {"colours": packaged["colours"] | kept}


def _leaves(value: object, entry: str = "") -> Iterator[tuple[str, object]]:
    """Yield the keys, texts and numbers of a table, each with the entry that it stands in."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            inner_entry = f"{entry}.{key}" if entry else key
            yield inner_entry, key
            yield from _leaves(inner, inner_entry)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, entry)
    else:
        yield entry, value


def _check_value(entry: str, value: object, source: str) -> None:
    if isinstance(value, str):
        normalized = normalize(value)
        if not normalized:
            raise UnusableInput(f'{source}: "{entry}" holds an empty text; take it out')
        if normalized != value:
            raise UnusableInput(
                f'{source}: "{entry}": texts are compared in lower case, half width and Simplified; write '
                f'"{normalized}" instead of "{value}"'
            )
    elif isinstance(value, bool) or not (isinstance(value, int | float) and 0 < value < math.inf):
        raise UnusableInput(f'{source}: "{entry}" is {value}; write a number above 0')


def _check_units(table: FactTable, source: str) -> None:
    units, rules = table.units, table.units.rules
    spellings = {spelling for factors in units.measures.values() for spelling in factors}
    spellings |= {*units.counts.contents, *units.counts.containers, *units.counts.features}
    for spelling in spellings:
        if spelling[0].isdigit():
            raise UnusableInput(f'{source}: "units" has the unit "{spelling}"; a unit begins with no digit')
    for rule, named in (
        ("only_after_numerals", rules.only_after_numerals),
        ("only_in_ranges", rules.only_in_ranges),
        ("after_half", rules.after_half),
        ("after_single_and_double", rules.after_single_and_double),
        ("at_most", rules.at_most),
    ):
        way_out = "add it to units.measures or units.counts"
        _check_known(named, spellings, f'{source}: "units.rules.{rule}"', f"no unit; {way_out}")


def _check_audiences(table: FactTable, source: str) -> None:
    audiences, rules = table.audiences.words, table.audiences.rules
    words = {word for of_audience in audiences.values() for word in of_audience}
    opposites = [audience for pair in rules.opposites for audience in pair]
    for rule, named in (("adults", rules.adults), ("children", rules.children), ("opposites", opposites)):
        place = f'{source}: "audiences.rules.{rule}"'
        _check_known(named, audiences, place, "no audience; add it to audiences.words")
    place = f'{source}: "audiences.rules.children_beside_child"'
    _check_known(rules.children_beside_child, words, place, "no word for one; add it to audiences.words")


def _check_known(named: Iterable[str], known: Iterable[str], place: str, problem: str) -> None:
    unknown = next((name for name in named if name not in known), None)
    if unknown is not None:
        raise UnusableInput(f'{place} names "{unknown}", which is {problem}, or take it out')
