"""Read logs of queries: one a line, or a table with a column of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import split_single_line
from shangsou.reading.files import Lines, LongLine, inspect
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
        The file is missing or is not text, or its header names no column of queries.
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
        columns = _find_columns(split_single_line(first, delimiter))
        if "query" in columns:
            for _, line in lines:
                yield _parse_row(split_single_line(line, delimiter), columns)
        elif "\t" not in first:
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
