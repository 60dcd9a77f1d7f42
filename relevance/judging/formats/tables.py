"""Judgements in tables: exports of Quepid, ESCI, BEIR, and any table with known or named columns."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from relevance.judging.formats.columns import (
    FoundColumns,
    find_columns,
    is_known,
    is_no_judge,
    list_names,
    normalize_name,
)
from relevance.judging.formats.grades import is_rating
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions, Rows
from shangsou.errors import UnusableInput
from shangsou.reading.tables import FileTable, cell_text, open_table

# A long number as Excel shows it, and saves it as CSV: the digits behind are lost.
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,3}")
_QUEPID_GENERAL = ("datelastscored", "score")


def open_judged_table(path: Path, options: ReadOptions) -> FileTable:
    """Return the table in a file; raises `UnusableInput`."""
    given = set(options.columns.values())
    return open_table(path, str(path), lambda name: name in given or is_known(name), options.encoding)


def is_book(table: FileTable, options: ReadOptions) -> bool:
    """Return whether a table is a book of Quepid: `query,docid`, then a column of grades for each judge.

    A table with a column of grades or of judges is none. Nor is one where another column holds anything but
    grades or the ratings of `options.labels`: it is no judge's. Raises `UnusableInput` for a row that cannot
    be read.
    """
    columns = find_columns(table.header, {}, table.name)
    names = [normalize_name(name) for name in table.header]
    if names[:2] != ["query", "docid"] or {"grade", "judge"} & columns.positions.keys():
        return False
    judges = _possible_judges(table, columns)
    positions = [position for name, position in judges.items() if name in (options.judges or judges)]
    for number, cells in table.rows():
        value = _reader(cells, f"{table.name}:{number}")
        if not all(is_rating(rating, options.labels) for at in positions if (rating := value(at))):
            return False
    return bool(judges)


def read_rated_table(path: Path, options: ReadOptions) -> Rows:
    """Yield the rows of a table with a column of ratings.

    Raises `UnusableInput` that names what is missing: a column of queries, products or ratings; or a number
    that a spreadsheet has rounded.
    """
    table = open_judged_table(path, options)
    columns = find_columns(table.header, options.columns, table.name)
    _check(table, columns.positions, ("doc_id", "grade"))
    for number, cells in table.rows():
        where = f"{table.name}:{number}"
        value = _reader(cells, where)
        row = RatedRow(
            where,
            value(columns.positions.get("query")),
            value(columns.positions.get("qid")),
            _checked_id(value(columns.positions["doc_id"]), where),
            value(columns.positions["grade"]),
            value(columns.positions.get("judge")),
            value(columns.positions.get("set")),
        )
        if row.query or row.qid or row.doc_id or row.rating:
            yield row


def read_book(path: Path, options: ReadOptions) -> Rows:
    """Yield a row for each judge of a table with a column for each, as a book of Quepid has them.

    Judges are the columns that `options.judges` names, else all but those of queries, products and a few
    others, as titles. Raises `UnusableInput` where a column is missing.
    """
    table = open_judged_table(path, options)
    columns = find_columns(table.header, options.columns, table.name)
    _check(table, columns.positions, ("doc_id",))
    judges = _judge_columns(table, columns, options.judges)
    for number, cells in table.rows():
        where = f"{table.name}:{number}"
        value = _reader(cells, where)
        query, qid = value(columns.positions.get("query")), value(columns.positions.get("qid"))
        doc_id = _checked_id(value(columns.positions["doc_id"]), where)
        if not (query or qid or doc_id):
            continue
        ratings = {judge: rating for judge, position in judges.items() if (rating := value(position))}
        if not ratings:
            yield RatedRow(where, query, qid, doc_id, "")
        for judge, rating in ratings.items():
            yield RatedRow(where, query, qid, doc_id, rating, judge)


def column_notes(path: Path, options: ReadOptions) -> Sequence[str]:
    """Return remarks about columns of which several could have been meant, and sheets that are not read."""
    table = open_judged_table(path, options)
    notes = find_columns(table.header, options.columns, table.name).notes
    if table.other_sheets:
        left = list_names(table.other_sheets)
        notes = [*notes, f"{table.name} alone is read, not the sheets {left}; save each as a file of its own"]
    return notes


def _possible_judges(table: FileTable, columns: FoundColumns) -> Mapping[str, int]:
    others = {
        position
        for field, position in columns.positions.items()
        if field in ("query", "qid", "doc_id", "set")
    }
    return {
        name: position
        for position, name in enumerate(table.header)
        if name and position not in others and not is_no_judge(name)
    }


def _judge_columns(table: FileTable, columns: FoundColumns, wanted: Sequence[str]) -> Mapping[str, int]:
    judges = _possible_judges(table, columns)
    if missing := [judge for judge in wanted if judge not in judges]:
        raise UnusableInput(
            f"{table.name}: no judge {missing[0]!r}; the judges are {list_names(list(judges))}"
        )
    if not judges:
        raise UnusableInput(f"{table.name}: no column of a judge in {list_names(table.header)}")
    return {name: position for name, position in judges.items() if not wanted or name in wanted}


def _check(table: FileTable, positions: Mapping[str, int], required: Sequence[str]) -> None:
    missing = [field for field in required if field not in positions]
    if "query" not in positions and "qid" not in positions:
        missing.insert(0, "query")
    if not missing:
        return
    names = [normalize_name(name) for name in table.header]
    if "docposition" in names and missing == ["grade"]:
        raise UnusableInput(
            f"{table.name}: is a snapshot of Quepid without ratings; export it as Basic with this snapshot, "
            "query,docid,rating"
        )
    if all(name in names for name in _QUEPID_GENERAL):
        raise UnusableInput(
            f"{table.name}: is the General export of Quepid, the scores of queries; export Basic or Detailed"
        )
    hint = "; --from book reads a column for each judge" if missing == ["grade"] else ""
    example = ",".join(f"{field}=COLUMN" for field in missing)
    raise UnusableInput(
        f"{table.name}: no column of {' and '.join(missing)} in {list_names(table.header)}; say which "
        f"it is, as in --columns {example}{hint}"
    )


def _reader(cells: Sequence[object], where: str) -> Callable[[int | None], str]:
    def value(position: int | None) -> str:
        if position is None or position >= len(cells):
            return ""
        try:
            return cell_text(cells[position])
        except ValueError as problem:
            raise UnusableInput(
                f"{where}: {problem}; format its column as text and fill it in again"
            ) from None

    return value


def _checked_id(doc_id: str, where: str) -> str:
    if _SCIENTIFIC.fullmatch(doc_id):
        raise UnusableInput(
            f"{where}: id {doc_id!r} is a long number as Excel shows it, its last digits are lost; format "
            "the column as text before saving"
        )
    return doc_id
