"""`shangsou queries import`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from shangsou.settings import read_settings


@click.group()
def queries() -> None:
    """Import what shoppers search for."""


@queries.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_queries(file: Path, *, as_json: bool) -> None:
    """Replace the known queries by those of FILE.

    One query a line, or TSV or CSV with the columns query and, if there is one, count; plain or gzip.
    They are suggested as shoppers type, and help to correct typos.
    """
    from indexer.query_logs import read_queries
    from shangsou.lexicon.lexicon import LexiconStore

    known, report = read_queries(file)
    LexiconStore(read_settings()).write_queries(known)
    if as_json:
        click.echo(json.dumps(asdict(report) | {"phrases": len(known.phrases)}))
        return
    click.echo(f"{report.read:,} lines read, {report.kept:,} kept, {len(known.phrases):,} phrases known")
    for count, meaning in (
        (report.empty, "say nothing that can be searched for, or are too long"),
        (report.private, "hold a long number, or an address of mail or web: not for others to read"),
        (report.uncounted, "have no count of one or more: counted once"),
    ):
        if count:
            click.echo(f"{count:>9,} {meaning}")
