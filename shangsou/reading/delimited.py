"""Find out how the cells of a delimited text are written: delimiter, quotes, escapes."""

import re
from collections.abc import Sequence

from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import Dialect, read_rows
from shangsou.reading.files import TOO_LONG, Lines, LongLine, SourceFile

DELIMITERS = (",", "\t", ";", "|", "\x01", "^", "，")
"""What programs put between cells; the first wins where several fit."""
SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
"""A first line that tells Excel the delimiter."""
# Lines that decide about the delimiter and the escapes; quotes in a table of tabs are looked at in all.
_SAMPLE_LINES = 400
# Lines that one quoted cell may take; a description seldom has so many, a stray quote would take all.
_MAX_CELL_LINES = 50


def sample_lines(source: SourceFile) -> list[str]:
    """Return the first lines that are not blank; raises `UnusableInput` where there is none."""
    with source.text() as stream:
        lines: list[str] = []
        for number, line in Lines(stream):
            if isinstance(line, LongLine):
                if not lines:
                    raise UnusableInput(f"{source.name}:{number}: {TOO_LONG}; is this file a table?")
                continue
            if line.strip("\ufeff \t\0"):
                lines.append(line)
            if len(lines) == _SAMPLE_LINES:
                break
    if not lines:
        raise UnusableInput(f"{source.name}: is empty; nothing was changed")
    return lines


def find_dialect(source: SourceFile, lines: Sequence[str], delimiter: str) -> Dialect:
    """Return how the cells of a file are written, of which `lines` are the first."""
    plain = Dialect(delimiter, quotes=delimiter != "\t" or _quotes_close(source, delimiter))
    if not any("\\" in line for line in lines):
        return plain
    escaping = Dialect(
        delimiter, quotes=any('"' in line for line in lines) and _starts_cells(lines, delimiter), escapes=True
    )
    full, escaped_full = _full_rows(lines, plain), _full_rows(lines, escaping)
    writes_null = any(cell == "\\N" for line in lines for cell in line.split(delimiter))
    # A quote behind a backslash closes nothing where the cell goes on: Excel would have doubled it.
    escaped_quote = re.compile(rf'\\"(?!["\r\n]|{re.escape(delimiter)}|$)')
    is_written_so = writes_null or (escaping.quotes and any(escaped_quote.search(line) for line in lines))
    return escaping if escaped_full > full or (is_written_so and escaped_full >= full) else plain


def _full_rows(lines: Sequence[str], dialect: Dialect) -> int:
    """Return how many rows have the width that most have, less those that cannot be read."""
    rows = [cells for _, cells in read_rows(Lines.of(lines), dialect)]
    widths = [len(cells) for cells in rows if not isinstance(cells, str)]
    usual = max(set(widths), key=widths.count, default=0)
    return 2 * widths.count(usual) - len(rows)


def _starts_cells(lines: Sequence[str], delimiter: str) -> bool:
    return any(line.startswith('"') or f'{delimiter}"' in line for line in lines)


def _quotes_close(source: SourceFile, delimiter: str) -> bool:
    """Return whether every quote in a file opens or closes a cell, or is doubled within one.

    Then Excel wrote it, or a program that quotes as Excel does; otherwise a quote is an inch, or a letter.
    """
    cell = re.escape(delimiter)
    opens = re.compile(rf'(?:^|{cell})"(?:[^"]|"")*$')
    stray = re.compile(rf'(?:(?:^|{cell})"(?:[^"]|"")*"(?=$|{cell}))')
    has_quotes = False
    text, joined = "", 0
    with source.text() as stream:
        for _, line in Lines(stream):
            if isinstance(line, LongLine):
                return has_quotes
            if not text and '"' not in line:
                continue
            has_quotes = True
            text = f"{text}\n{line}" if text else line
            joined += 1
            rest = stray.sub("", text)
            if '"' not in rest:
                text, joined = "", 0
            elif joined > _MAX_CELL_LINES or not opens.search(rest):
                return False
    return has_quotes and not text
