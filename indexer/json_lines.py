"""Objects of a JSON Lines file."""

import json
from itertools import islice

from indexer.files import Lines, LongLine
from indexer.quoted import TOO_LONG
from shangsou.errors import UnusableInput

# Objects that are looked at to learn the columns: an object may leave out what it does not know.
_SAMPLE = 100


def json_object(line: str | LongLine) -> dict[str, object] | str:
    """Return the object in a line, or the words why there is none."""
    if isinstance(line, LongLine):
        return TOO_LONG
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as problem:
        return f"the line is no JSON ({problem})"
    if not isinstance(record, dict):
        return "the line is JSON, but no object"
    return record


def json_columns(file: str, lines: Lines) -> list[str]:
    """Return the keys of the first objects, or raise `UnusableInput` when there is no object."""
    keys: dict[str, None] = {}
    problem = ""
    for number, line in islice(lines, _SAMPLE):
        record = json_object(line) if isinstance(line, LongLine) or line.strip() else {}
        if isinstance(record, str):
            problem = problem or f"{file}:{number}: {record}"
        else:
            keys.update(dict.fromkeys(record))
    if not keys:
        raise UnusableInput(
            f"{problem or file}: none of the first {_SAMPLE} lines is a JSON object; "
            "JSON Lines has one product, as an object, in each line"
        )
    return list(keys)
