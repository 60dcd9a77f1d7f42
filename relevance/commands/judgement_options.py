"""Options and output shared by the judgement commands."""

from pathlib import Path
from typing import get_args

import click

from relevance.judging.formats import Format, JudgementSet, write_judgement_set, write_queries

FILE = click.Path(path_type=Path)
FORMAT = click.Choice(get_args(Format))
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
WRITE_QUERIES = click.option(
    "--write-queries", "written_path", type=FILE, help="Write the queries there, as TSV."
)


def write_judgements(
    judgement_set: JudgementSet, target: Path, kind: Format, written_path: Path | None, *, quiet: bool = False
) -> None:
    """Write judgements and, if wanted, their queries; print what was lost and, unless quiet, the counts."""
    lost_parts = write_judgement_set(judgement_set, target, kind)
    if written_path is not None:
        write_queries(judgement_set.queries, written_path)
    count = sum(map(len, judgement_set.qrels.values()))
    if not quiet:
        click.echo(f"{count:,} judgements of {len(judgement_set.qrels):,} queries written to {target}")
    for line in lost_parts:
        click.echo(f"{kind} does not hold {line}", err=True)
