"""Columns of a JSON Lines file."""

from itertools import islice

from shangsou.errors import UnusableInput
from shangsou.reading.files import Lines, LongLine
from shangsou.reading.json_lines import json_object

# Objects that are read to find the columns, since an object may leave out missing values.
_SAMPLE_SIZE = 100


def json_columns(file: str, lines: Lines) -> list[str]:
    """Return the keys of the first objects; raises `UnusableInput` if there is no object."""
    keys: dict[str, None] = {}
    problem = ""
    for number, line in islice(lines, _SAMPLE_SIZE):
        record = json_object(line) if isinstance(line, LongLine) or line.strip() else {}
        if isinstance(record, str):
            problem = problem or f"{file}:{number}: {record}"
        else:
            keys.update(dict.fromkeys(record))
    if not keys:
        raise UnusableInput(
            f"{problem or file}: none of the first {_SAMPLE_SIZE} lines is a JSON object; "
            "JSON Lines has one product, as an object, in each line"
        )
    return list(keys)
