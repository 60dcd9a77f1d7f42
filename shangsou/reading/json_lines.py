"""Read the objects of a JSON Lines file."""

from shangsou.reading.files import TOO_LONG, LongLine
from shangsou.reading.json_values import parse_json


def json_object(line: str | LongLine) -> dict[str, object] | str:
    """Return the object in a line, or the reason why there is none."""
    if isinstance(line, LongLine):
        return TOO_LONG
    try:
        record = parse_json(line)
    except ValueError as problem:
        return f"the line is no JSON ({problem})"
    if not isinstance(record, dict):
        return "the line is JSON, but no object"
    return record
