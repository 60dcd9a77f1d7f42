"""`shangsou update`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.index_options import kept_mapping, read_options, reading_options
from indexer.commands.json_output import json_option, to_json_text
from shangsou.cpu import calculate_in_one_thread
from shangsou.errors import IndexingFailed, ShangsouError
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from indexer.updates import FileUpdater


@click.command()
@reading_options
@click.option("--delete", "deletes", is_flag=True, help="Remove the products that the rows name.")
@click.option("--clear-blank", "clears_blanks", is_flag=True, help="Let a blank cell clear its field.")
@json_option
def update(  # noqa: PLR0913, PLR0917 - click passes each option
    files: tuple[Path, ...],
    pairs: tuple[str, ...],
    map_file: Path | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: int | None,
    columns: str | None,
    currency: str | None,
    deletes: bool,
    clears_blanks: bool,
    as_json: bool,
) -> None:
    """Change products by the rows of FILEs, while the index serves.

    A row changes the fields that its file has columns for; a blank cell, like a column that is absent, leaves
    them as they are. A row with a title makes the product where there is none. Searches find the changes
    within a second.
    """
    calculate_in_one_thread()
    from tqdm import tqdm

    from indexer.catalog_files import open_catalogs
    from indexer.column_mapping import read_mapping
    from indexer.report import Report
    from indexer.updates import FileUpdater
    from shangsou.engines.stores import open_store
    from shangsou.search.service.live_index import LiveIndex
    from shangsou.updates.journals import open_journal

    settings = read_settings()
    options = read_options(encoding, delimiter, header_row, columns)
    mapping = {**kept_mapping(map_file), **read_mapping(pairs)}
    catalogs = open_catalogs(files, mapping, options, needs_titles=False)
    journal = open_journal(settings)
    index = LiveIndex(settings, open_store(settings), journal, for_searches=False)
    index.follow()
    report = Report()
    updater = FileUpdater(
        index.update,
        report,
        (currency or settings.currency).upper(),
        deletes=deletes,
        clears_blanks=clears_blanks,
    )
    failure: ShangsouError | None = None
    rows = sum(catalog.max_rows for catalog in catalogs)
    try:
        # disable=None: no bar if stderr is not a terminal.
        with tqdm(total=rows, desc="updating", unit=" rows", disable=None) as bar:
            updater.run(catalogs, lambda read: bar.update(read - bar.n))
        if report.rejected and report.rejected == report.read:
            failure = IndexingFailed("every row was rejected, and no product was changed")
    except ShangsouError as problem:
        failure = problem
    if as_json:
        error = {} if failure is None else {"error": str(failure)}
        click.echo(to_json_text(error | _outcome(updater, journal.last_sequence())), nl=False)
    else:
        click.echo(_summary(updater))
    if failure is not None:
        raise failure


def _outcome(updater: "FileUpdater", sequence: int) -> dict[str, object]:
    counts, report = updater.counts, updater.report
    return {
        "read": report.read,
        "updated": counts.updated,
        "inserted": counts.inserted,
        "deleted": counts.deleted,
        "unchanged": counts.unchanged,
        "rejected": report.rejected,
        "blank": counts.blanks,
        "cleared": counts.cleared,
        "sequence": sequence,
        "columns": report.columns,
        "unused_columns": {file: list(names) for file, names in report.unused_columns.items()},
        "reasons": report.issues.to_json(),
    }


def _summary(updater: "FileUpdater") -> str:
    from indexer.report import HEADINGS

    counts, report = updater.counts, updater.report
    head = (
        f"{report.read:,} rows read: {counts.updated:,} products updated, {counts.inserted:,} inserted, "
        f"{counts.deleted:,} deleted, {counts.unchanged:,} as they were, {report.rejected:,} rows rejected"
    )
    lines = [head]
    for file, names in report.columns.items():
        lines.append(f"{file}: {', '.join(f'{name} is {field}' for field, name in names.items())}")
        if report.unused_columns[file]:
            lines.append(f"{file}: columns not used: {', '.join(report.unused_columns[file])}")
    if counts.blanks:
        lines.append(
            f"{counts.blanks:,} blank cells left their fields as they are; --clear-blank clears them"
        )
    if counts.cleared:
        lines.append(f"{counts.cleared:,} blank cells cleared their fields")
    return "\n".join([*lines, *report.issues.lines(HEADINGS)])
