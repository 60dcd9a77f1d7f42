"""Read category paths, however a catalog separates their levels, and the first of several."""

import html
import re
from collections.abc import Mapping, Sequence

from indexer.cell_objects import as_text, read_object
from shangsou.reading.json_values import parse_json

# What separates levels and nothing else. A slash does only between spaces and outside of brackets: 牙膏/牙粉
# is one category.
_LEVELS = re.compile(r"\s*(?:-+>|=+>|--+|[>＞›»》→]+|::+|\\+|\s/\s(?![^(（]*[)）]))\s*")
_ARROW = re.compile(r"[>＞›»》→]")
# Between levels where no arrow is, between paths where there is one.
_BAR = re.compile(r"\s*[|｜]+\s*")
_PATHS = re.compile(r"\s*[,，;；|｜\n]+\s*")
_GROUPS = re.compile(r"\s*[;；\n]+\s*(?!$)")
_LEVEL_KEY = re.compile(r"(?:lvl|level|cat(?:egory)?_?|l)([0-9])")


def split_category(value: object, separator: str = "") -> list[str]:
    """Return the levels of a category given as a path such as `女装>连衣裙`, a list or an object of levels.

    Of several paths the first is taken, or the one that goes on from it: `女装, 女装 > 连衣裙`.

    Parameters
    ----------
    value
        A text, a list of levels or of paths, or an object by level.
    separator
        What the platform puts between levels. Empty: any of the usual ones.
    """
    if isinstance(value, str) and value[:1] in ("[", "{"):
        value = _json_or_text(value)
    if isinstance(value, Mapping):
        value = _of_object(value)
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], list | tuple):
            value = value[0]
        texts = [as_text(read_object(entry)) for entry in value]
        paths = [_split_path(text, separator) for text in texts if text.strip()]
        # A list of paths, rather than of the levels of one.
        return (
            _longest(paths)
            if any(len(path) > 1 for path in paths)
            else [level for path in paths for level in path]
        )
    text = as_text(value)
    if "&" in text:
        text = html.unescape(text)
    if separator:
        return _longest([_split_path(path, separator) for path in _PATHS.split(text) if path])
    if not _ARROW.search(text):
        # Several groups of a shop rather than the levels of one path.
        text = _GROUPS.split(text)[0]
        return [level for part in _BAR.split(text) for level in _LEVELS.split(part)]
    parts = _PATHS.split(text)
    if len(parts) > 1 and _BAR.search(text) and not _ARROW.search(parts[-1]):
        return [level for part in _BAR.split(text) for level in _LEVELS.split(part)]
    # A comma inside a name, as in `Home, Garden > Decor`, stands before the first arrow.
    are_paths = all(_ARROW.search(part) for part in parts) or _extends(parts)
    return _longest([_LEVELS.split(path) for path in (parts if are_paths else [text])])


def _split_path(text: str, separator: str) -> list[str]:
    return (
        text.strip().split(separator)
        if separator and separator in text
        else _LEVELS.split(html.unescape(text))
    )


def _longest(paths: Sequence[list[str]]) -> list[str]:
    """Return the first path, or the longest that begins with it."""
    if not paths:
        return []
    first = paths[0]
    return max((path for path in paths if path[: len(first)] == first), key=len)


def _extends(parts: Sequence[str]) -> bool:
    """Return whether one of several paths is the beginning of another."""
    levels = [[level.strip() for level in _LEVELS.split(part)] for part in parts]
    return any(len(path) < len(other) and other[: len(path)] == path for path in levels for other in levels)


def _of_object(value: Mapping[str, object]) -> object:
    """Return the deepest of `{"lvl0": "女装", "lvl1": "女装 > 连衣裙"}`, or what else an object holds."""
    levels = sorted(
        ((match[1], entry) for key, entry in value.items() if (match := _LEVEL_KEY.fullmatch(key.lower())))
    )
    if not levels:
        return value["path"] if "path" in value else read_object(value)
    texts = [as_text(read_object(entry)) for _, entry in levels]
    return texts[-1] if _ARROW.search(texts[-1]) else texts


def _json_or_text(text: str) -> object:
    try:
        return parse_json(text)
    except ValueError:
        return text
