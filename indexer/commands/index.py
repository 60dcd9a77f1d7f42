"""`shangsou index`."""

import time
from pathlib import Path

import click

from indexer.commands.index_options import (
    check_report_folder,
    indexing_options,
    kept_mapping,
    read_options,
    reading_options,
)
from indexer.commands.index_run import IndexRun
from indexer.commands.json_output import json_option
from indexer.commands.run_report import report_run
from shangsou.cpu import calculate_in_one_thread
from shangsou.errors import ShangsouError
from shangsou.settings import read_settings


@click.command()
@reading_options
@indexing_options
@click.option(
    "--suite",
    "suites",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Let the new index serve only if this suite passes on it; repeatable.",
)
@json_option
def index(  # noqa: PLR0913, PLR0917 - click passes each option
    files: tuple[Path, ...],
    pairs: tuple[str, ...],
    map_file: Path | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: int | None,
    columns: str | None,
    currency: str | None,
    dry_run: bool,
    max_rejected: float,
    allow_fewer: bool,
    no_derive_groups: bool,
    suites: tuple[Path, ...],
    report_file: Path | None,
    as_json: bool,
) -> None:
    """Index a catalog from FILEs.

    CSV and other delimited text, Excel, JSON, XML feeds, Parquet, in zip or gzip, or - for standard
    input. The new index replaces the old one only when it is complete and checked.
    """
    calculate_in_one_thread()
    from indexer.catalog_files import open_catalogs
    from indexer.column_mapping import read_mapping
    from indexer.report import Report
    from shangsou.search.service.home_sync import shared_home

    run = IndexRun(
        Report(),
        time.monotonic(),
        allow_fewer=allow_fewer,
        derive_groups=not no_derive_groups,
        currency=currency,
        dry_run=dry_run,
        suites=suites,
    )
    failure: ShangsouError | None = None
    try:
        check_report_folder(report_file)
        if not dry_run:
            run.check_writable()
            click.get_current_context().with_resource(shared_home(read_settings()))
        table, dictionary = run.read_facts(), run.read_dictionary()
        options = read_options(encoding, delimiter, header_row, columns)
        mapping = {**kept_mapping(map_file), **read_mapping(pairs)}
        run.index(open_catalogs(files, mapping, options), max_rejected, table, dictionary)
    except ShangsouError as problem:
        failure = problem
    report_run(run, failure, report_file, as_json=as_json)
