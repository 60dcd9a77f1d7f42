"""Options of a table of past sales or orders: its columns, currency and encoding, and the report on it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click

from shangsou.output_files import write_text

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Since which events are read: all of them."""
Command = Callable[..., None]
Decorator = Callable[[Command], Command]
FILE = click.Path(dir_okay=False, path_type=Path)


class Report(Protocol):
    """What was left out of a table, and why."""

    def to_text(self) -> str:
        """Return the report for people."""

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""


def table_options(noun: str) -> tuple[Decorator, ...]:
    """Return the options; the noun, `sales` or `orders`, is what a row of the table tells of."""
    return (
        click.option(
            "--map",
            "pairs",
            multiple=True,
            metavar="FIELD=COLUMN",
            help=f"Read FIELD of the {noun} from this column; repeatable.",
        ),
        click.option("--currency", default="", metavar="CODE", help=f"Leave out {noun} in another currency."),
        click.option("--encoding", help="The encoding of tables, such as big5, where it cannot be told."),
        click.option(
            "--report", "report_file", type=FILE, help="Write what was left out, and why, to this file."
        ),
    )


def write_report(path: Path | None, report: Report) -> None:
    """Write a report, as JSON where the name says so; does nothing without a path."""
    if path is None:
        return
    from json import dumps

    is_json = path.suffix.lower() == ".json"
    write_text(
        path,
        dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n" if is_json else report.to_text(),
    )
