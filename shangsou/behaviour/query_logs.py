"""Read logs of queries: one a line, or a table with a column of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from shangsou.behaviour.columns import find_columns, missing_columns
from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import split_single_line
from shangsou.reading.files import Lines, LongLine, SourceFile, inspect
from shangsou.reading.issue import excerpt
from shangsou.text.normalize import normalize

COLUMN_NAMES: Mapping[str, Sequence[str]] = {
    "query": (
        "query",
        "user_query",
        "q",
        "keyword",
        "search_term",
        "查询",
        "查询词",
        "搜索词",
        "关键词",
        "搜索关键词",
    ),
    "count": ("count", "searches", "times", "次数", "搜索次数", "搜索量"),
    "shoppers": ("shoppers", "users", "uv", "人数", "搜索人数"),
    "user": ("user_id", "userid", "uid", "用户id", "用户编号"),
    "session": ("session_id", "sessionid", "client_id", "会话id"),
}
"""Names of columns in the query logs of shops and their tools, normalized, by what they hold."""
PERSONAL: Final = re.compile(
    r"\d{9,}|@|://|www\.|(?<!\d)1[3-9]\d([ -])\d{4}\1\d{4}(?!\d)|(?<!\d)0\d{2,3}[ -]\d{7,8}(?!\d)"
)
"""Private data typed by mistake: numbers of phones, cards, orders and identity cards (nine digits or more, or
grouped as phone numbers are in China), addresses of mail and web. A name of a person looks like any text."""
# Columns of an event that a search has not.
_EVENT_FIELDS = ("action_name", "product_id")
# No shop has a trillion searches.
_COUNT_DIGITS = 12


class LoggedQuery(NamedTuple):
    """A line of a log."""

    text: str
    """As typed."""
    searches: int | None
    """How often it was searched for; None where a column of counts has no whole number from 1 on."""
    shoppers: int | None = None
    """How many searched for it, where the log has a column that says so."""
    shopper: str = ""
    """Who searched for it, where the log has a line for each search."""


def read_query_log(path: Path) -> Iterator[LoggedQuery]:
    """Yield the lines of a log of queries, reading lazily.

    One query a line; a query and its count, separated by a tab; or TSV or CSV with a header that names the
    column of queries and, if there are any, of counts (`count`), of how many shoppers these were by
    (`shoppers`), or of the shopper (`user_id`, `session_id`). Plain or gzip, UTF-8 or GB18030.

    Raises
    ------
    UnusableInput
        The file is missing or is not text, its header names no column of queries or is one of events, or
        it is a table of CSV without a header.
    """
    file = inspect(path, path.name)
    if not file.encoding:
        raise UnusableInput(f"{file.name}: is Parquet; write the queries as TSV or CSV")
    with file.text() as stream:
        lines = (
            (number, line)
            for number, line in Lines(stream)
            if not isinstance(line, LongLine) and line.strip()
        )
        number, first = next(lines, (1, ""))
        delimiter = "\t" if "\t" in first else ","
        header = split_single_line(first, delimiter)
        columns = _find_columns(header)
        _refuse_events(f"{file.name}:{number}", header)
        if "query" in columns:
            for _, line in lines:
                # Of one column, commas are those of queries.
                cells = split_single_line(line, delimiter)
                yield _parse_row([line] if len(header) == 1 < len(cells) else cells, columns)
        elif "\t" not in first:
            if len(header) > 1 and _is_table(file, len(header)):
                raise UnusableInput(
                    f"{file.name}: each of its lines has {len(header)} cells, as in CSV, and the first names "
                    f"no column of queries: {excerpt(first)}; call one {', '.join(COLUMN_NAMES['query'])}; "
                    "if each line is a query with a comma in it, put a line `query` above"
                )
            yield LoggedQuery(first, 1)
            yield from (LoggedQuery(line, 1) for _, line in lines)
        elif first.count("\t") == 1 and _parse_count(first.split("\t")[1]):
            columns = {"query": 0, "count": 1}
            yield _parse_row(first.split("\t"), columns)
            yield from (_parse_row(line.split("\t"), columns) for _, line in lines)
        else:
            raise UnusableInput(
                f"{file.name}:{number}: the header {excerpt(first)} names no column of queries; call it "
                f"{', '.join(COLUMN_NAMES['query'])}"
            )


def _refuse_events(where: str, header: Sequence[str]) -> None:
    """Raise `UnusableInput` for a header of events or products, whose rows are not a search each."""
    events = find_columns(cell.strip('" ') for cell in header)
    foreign = [excerpt(header[events[field]].strip('" ')) for field in _EVENT_FIELDS if field in events]
    if len(header) == 1 or not foreign:
        return
    missing = missing_columns(events)
    way_out = f"; as a file of events it lacks a column {' and one '.join(missing)}" if missing else ""
    raise UnusableInput(
        f"{where}: {' and '.join(foreign)} in the header {'is' if len(foreign) == 1 else 'are'} of events or "
        "products, so not every row is a search; a log of queries has the columns query and, if known, "
        f"count, shoppers or user_id{way_out}"
    )


def _is_table(file: SourceFile, width: int) -> bool:
    """Return whether there are two lines or more, each with so many cells of CSV."""
    with file.text() as stream:
        widths = [0, 0]
        for number, line in enumerate(
            line for _, line in Lines(stream) if isinstance(line, str) and line.strip()
        ):
            if len(split_single_line(line, ",")) != width:
                return False
            widths[min(number, 1)] = width
    return all(widths)


def _find_columns(header: Sequence[str]) -> dict[str, int]:
    """Return the position in a header of each column that is known."""
    names = [normalize(cell.strip().strip('"')) for cell in header]
    return {
        field: position
        for field, known in COLUMN_NAMES.items()
        if (position := next((at for at, name in enumerate(names) if name in known), None)) is not None
    }


def _parse_row(cells: Sequence[str], columns: Mapping[str, int]) -> LoggedQuery:
    values = {field: cells[at].strip() for field, at in columns.items() if at < len(cells)}
    return LoggedQuery(
        values.get("query", ""),
        _parse_count(values.get("count", "")) if "count" in columns else 1,
        _parse_count(values.get("shoppers", "")),
        values.get("user") or values.get("session", ""),
    )


def _parse_count(text: str) -> int | None:
    """Return a whole number from 1 on, with or without commas; None for anything else."""
    digits = text.strip().replace(",", "")
    if digits.isascii() and digits.isdigit() and len(digits) <= _COUNT_DIGITS and int(digits):
        return int(digits)
    return None
