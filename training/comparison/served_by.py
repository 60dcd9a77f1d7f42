"""Events by the model that served, where a log says so in a column of its own."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from shangsou.behaviour.actions import read_action_options
from shangsou.behaviour.event import Event
from shangsou.behaviour.event_rows import read_rows
from shangsou.behaviour.parse import hash_row, parse_event
from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import split_single_line
from shangsou.reading.files import SourceFile, inspect


def read_served(paths: Sequence[Path], column: str, actions: Sequence[str]) -> dict[str, list[Event]]:
    """Return the events of files by the value of a column, as of an experiment; in time order.

    An event without a value is of what served the search with its `query_id`, else of what served its session
    or user last: clicks need not repeat it. What nothing is known of is left out.

    Parameters
    ----------
    column
        Of a table; in JSON a field of the event or of its `event_attributes`.
    actions
        The values of the option `--action`.

    Raises
    ------
    UnusableInput
        A table has no such column, or no event has a value.
    """
    own_names = read_action_options(actions)
    rows = [pair for path in paths for pair in _read_file(path, column, own_names)]
    rows.sort(key=lambda row: row[0].at)
    served: defaultdict[str, list[Event]] = defaultdict(list)
    of_query: dict[str, str] = {}
    of_shopper: dict[str, str] = {}
    for event, named in rows:
        shopper = event.session_id or event.user_id
        model = named or of_query.get(event.query_id) or of_shopper.get(shopper, "")
        if not model:
            continue
        served[model].append(event)
        if event.query_id:
            of_query[event.query_id] = model
        if shopper:
            of_shopper[shopper] = model
    if not served:
        raise UnusableInput(
            f"--served-by {column}: no event of {', '.join(map(str, paths))} has a value there; name the "
            "column, or the field of event_attributes, that says which model served"
        )
    return dict(served)


class _Table(NamedTuple):
    """How the rows of a table are cut, and where the column is."""

    delimiter: str
    position: int


def _read_file(path: Path, column: str, own_names: Mapping[str, str]) -> Iterator[tuple[Event, str]]:
    file = inspect(path, path.name)
    table: _Table | None = None
    for row in read_rows(file):
        if isinstance(row.values, str):
            continue
        if isinstance(row.raw, str):
            table = table or _read_header(file, path, column)
            value = _cell(row.raw, table)
        else:
            value = _field(row.raw, column)
        event = parse_event(row.values, partial(hash_row, row.raw), own_names, keeps_unknown=False).event
        if event is not None:
            yield event, value


def _read_header(file: SourceFile, path: Path, column: str) -> _Table:
    with file.text() as stream:
        header = next(line for line in stream if not line.isspace()).rstrip("\r\n")
    # As `read_rows` has it.
    delimiter = "," if "," in header and "\t" not in header else "\t"
    names = split_single_line(header, delimiter)
    if column not in names:
        raise UnusableInput(
            f"{path}: has no column {column!r} for --served-by; its header names {', '.join(names)}"
        )
    return _Table(delimiter, names.index(column))


def _cell(line: str, table: _Table) -> str:
    cells = split_single_line(line, table.delimiter)
    return cells[table.position].strip() if table.position < len(cells) else ""


def _field(record: Mapping[str, object], column: str) -> str:
    attributes = record.get("event_attributes")
    inner = attributes.get(column) if isinstance(attributes, Mapping) else None
    found = record.get(column, inner)
    return "" if found is None else str(found).strip()
