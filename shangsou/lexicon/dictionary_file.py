"""The file of a shop's own dictionary, and whether it has changed since an index was built.

A query has to be cut into words as its products were: the words are kept in the index recipe, and a changed
`dictionary.txt` counts from the next index on.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shangsou.engines.engine import Generation
from shangsou.errors import UnusableInput
from shangsou.text.dictionary import FILE, MAX_BYTES, DictionaryEntry, hash_entries, parse_dictionary


def read_dictionary(home: Path) -> tuple[DictionaryEntry, ...]:
    """Return the entries of `dictionary.txt` in SHANGSOU_HOME; none where there is no file.

    Raises `UnusableInput` that names the file and the line.
    """
    return _read(home).entries


def describe_changed_dictionary(home: Path, generation: Generation) -> str:
    """Return in words that the dictionary was changed since a generation was built; empty if not."""
    try:
        is_same = _read(home).file_hash == generation.recipe.dictionary_hash
    except UnusableInput as problem:
        return f"{problem}; {generation.name} is searched with the dictionary that it was built with"
    return "" if is_same else f'{FILE} changed since {generation.name} was built; run "shangsou index"'


class _Parsed(NamedTuple):
    """What a file holds, or why it cannot be used."""

    entries: tuple[DictionaryEntry, ...] = ()
    file_hash: str = ""
    problem: str = ""


def _read(home: Path) -> _Parsed:
    path = home / FILE
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnusableInput(
                f"{path} has {size / 1e6:.1f} MB, and {MAX_BYTES / 1e6:.1f} are the most; keep the words "
                "that products of the shop are called by and that are cut apart without it"
            )
        parsed = _parse(path.read_bytes(), str(path))
    except FileNotFoundError:
        return _Parsed()
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read: {problem.strerror}") from None
    if parsed.problem:
        raise UnusableInput(parsed.problem)
    return parsed


# A server reads it twice a second. A file that cannot be used is remembered too: .3 s for a large one.
@lru_cache(maxsize=2)
def _parse(content: bytes, source: str) -> _Parsed:
    try:
        entries = parse_dictionary(content.decode("utf-8-sig"), source)
    except UnicodeDecodeError:
        return _Parsed(problem=f"{source} is no text in UTF-8; save it as UTF-8")
    except UnusableInput as problem:
        return _Parsed(problem=str(problem))
    return _Parsed(tuple(entries), hash_entries(entries))
