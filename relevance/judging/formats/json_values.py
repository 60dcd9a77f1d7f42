"""Read JSON of which the shape is not known yet."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from shangsou.errors import UnusableInput
from shangsou.reading.files import inspect


def read_json(path: Path, encoding: str | None) -> object:
    """Return the values in a file of one JSON text; raises `UnusableInput`."""
    source = inspect(path, str(path), encoding)
    if not source.encoding:
        raise UnusableInput(f"{path}: is Parquet, not JSON; leave out --from")
    with source.text() as stream:
        text = stream.read()
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as reason:
        raise UnusableInput(
            f"{path}:{reason.lineno}: is no JSON ({reason.msg}); export the file again"
        ) from None
    except (RecursionError, ValueError) as reason:
        raise UnusableInput(
            f"{path}: is no JSON that can be read ({reason}); export the file again"
        ) from None


def objects(value: object, where: str) -> list[tuple[str, Mapping[str, object]]]:
    """Return the objects of a list with their places; raises `UnusableInput` for anything else."""
    if not isinstance(value, list):
        raise UnusableInput(f"{where}: is no list, but {_excerpt(value)}")
    places = [(f"{where}[{position}]", one) for position, one in enumerate(value)]
    for place, one in places:
        if not isinstance(one, dict):
            raise UnusableInput(f"{place}: is no object, but {_excerpt(one)}")
    return [(place, one) for place, one in places if isinstance(one, dict)]


def text_of(record: Mapping[str, object], names: Sequence[str], where: str) -> str:
    """Return the first of some values as text, empty if there is none; raises for a list or an object."""
    for name in names:
        value = record.get(name)
        if isinstance(value, dict | list):
            raise UnusableInput(f"{where}.{name}: is no text or number, but {_excerpt(value)}")
        if value is not None and str(value).strip():
            return str(value).strip()
    return ""


def _excerpt(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text[:40] + ("…" if len(text) > 40 else "")
