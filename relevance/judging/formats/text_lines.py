"""Read the lines of a text in any encoding."""

from collections.abc import Iterator
from pathlib import Path

from shangsou.errors import UnusableInput
from shangsou.reading.files import TOO_LONG, Lines, LongLine, inspect


def text_lines(path: Path, encoding: str | None) -> Iterator[tuple[str, str]]:
    """Yield `file:line` and each line that is not blank; raises `UnusableInput`."""
    source = inspect(path, str(path), encoding)
    if not source.encoding:
        raise UnusableInput(f"{path}: is Parquet, not lines of text; leave out --from")
    with source.text() as stream:
        for number, line in Lines(stream):
            if isinstance(line, LongLine):
                raise UnusableInput(f"{path}:{number}: {TOO_LONG}; delete the row")
            if line.strip():
                yield f"{path}:{number}", line
