"""Options of commands that make lists of customers: the file of the user, and the page."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.order_options import OrderOptions
from insights.commands.table_options import FILE
from shangsou.output_files import check_folders, write_text
from shangsou.output_tables import check_table_name, table_text

if TYPE_CHECKING:
    from insights.reports.spreadsheet import Sheet

_WORKBOOK = ".xlsx"
WITH_IDS = click.option(
    "--with-ids", is_flag=True, help="Write the ids of customers to --out, not pseudonyms."
)
HTML = click.option("--html", "html_path", type=FILE, help="Write a page for the marketer: one file, no ids.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def check_outputs(
    context: click.Context,
    orders: OrderOptions,
    out_path: Path | None,
    html_path: Path | None,
    *,
    with_ids: bool,
) -> None:
    """Raise for files that cannot be written, before any work is done.

    Raises `click.UsageError` for ids without a file to write them to, else as `check_folders` and
    `check_table_name`.
    """
    if with_ids and out_path is None:
        raise click.UsageError("--with-ids is of the file that --out names; name it", context)
    check_folders({"--out": out_path, "--html": html_path, "--report": orders.report_file}, orders.paths)
    check_table_name("--out", out_path, or_workbook=True)


def write_export(
    path: Path,
    header: Sequence[str],
    rows: Callable[[], Iterable[Sequence[object]]],
    sheet: Callable[[], "Sheet"],
    created: date,
) -> None:
    """Write a list as its name says: rows below a header as text, or the sheet as a workbook."""
    if path.suffix.lower() == _WORKBOOK:
        from insights.reports.spreadsheet import write_spreadsheet

        write_spreadsheet(path, [sheet()], created)
    else:
        write_text(path, table_text(path, header, rows()))
