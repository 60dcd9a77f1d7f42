"""`shangsou queries import`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangsou.errors import EngineUnavailable
from shangsou.settings import Settings, read_settings

if TYPE_CHECKING:
    from shangsou.text.segmenter import Segmenter


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
    from shangsou.lexicon.lexicon_store import LexiconStore
    from shangsou.search.service.home_sync import shared_home

    settings = read_settings()
    segmenter = _find_segmenter(settings)
    known, report = read_queries(file, segmenter)
    with shared_home(settings):
        LexiconStore(settings).write_queries(known, segmenter)
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


def _find_segmenter(settings: Settings) -> "Segmenter":
    """Return what the current index was cut into words by; without one jieba's own words alone count."""
    from shangsou.engines.generations import current_generation
    from shangsou.engines.stores import open_store
    from shangsou.text.segmenter import PACKAGED

    try:
        current = current_generation(open_store(settings))
    except EngineUnavailable as problem:
        click.echo(f"{problem}; the queries are cut into words without the shop's dictionary", err=True)
        return PACKAGED
    return current.recipe.segmenter if current else PACKAGED
