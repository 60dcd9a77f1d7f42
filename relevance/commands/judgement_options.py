"""Options and output shared by the judgement commands and others that read click logs."""

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import click

from relevance.commands.options import FILE
from relevance.judging.formats.formats import (
    ReadFormat,
    WriteFormat,
    WriteOptions,
    format_of,
    write_judgement_set,
)
from relevance.judging.formats.judgement_set import JudgementSet
from relevance.judging.formats.tsv import write_queries
from shangsou.errors import UnusableInput
from shangsou.output_files import check_folders

DEPTH = 10
"""Positions of a first page, and of nDCG@10."""
READ_FORMAT = click.Choice(get_args(ReadFormat))
# What `_rank_eval` needs beside judgements, only `convert` asks for.
FORMAT = click.Choice([name for name in get_args(WriteFormat) if name != "rank_eval"])
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
SHOWN = click.option(
    "--shown",
    type=click.IntRange(1, 100),
    default=DEPTH,
    show_default=True,
    help="Places that count as shown where the log does not say.",
)
WRITE_QUERIES = click.option(
    "--write-queries", "written_path", type=FILE, help="Write the queries there, as TSV."
)


def check_outputs(outputs: dict[str, Path | None], inputs: Iterable[Path | None]) -> None:
    """Check the files that a command writes before it reads, rather than at its end.

    Raises `UnusableInput` where the folder of an output is missing, and `click.UsageError` where it would
    overwrite an input or another output.
    """
    check_folders(outputs)
    read = {path.resolve() for path in inputs if path is not None}
    for option, path in outputs.items():
        if path is not None and path.resolve() in read:
            raise click.UsageError(f"{option} would overwrite {path}, which is read; name another file")


def plain_format(target: Path, write_as: WriteFormat | None) -> WriteFormat:
    """Return the format of a file of judgements alone: as said, else by its name.

    Raises `UnusableInput` for a format that is not known or needs more, or where its folder is missing.
    """
    check_folders({"the output": target})
    kind = write_as or format_of(target)
    if kind == "rank_eval":
        raise UnusableInput(
            f'{target}: a request for _rank_eval is made by "shangsou judgements convert", of a file as .tsv'
        )
    return kind


def write_judgements(  # noqa: PLR0913 - an argument for each option
    judgement_set: JudgementSet,
    target: Path,
    kind: WriteFormat,
    written_path: Path | None,
    options: WriteOptions | None = None,
    *,
    quiet: bool = False,
) -> None:
    """Write judgements and, if wanted, their queries; print what was lost and, unless quiet, the counts."""
    lost_parts = write_judgement_set(judgement_set, target, kind, options)
    if written_path is not None:
        write_queries(judgement_set.queries, written_path)
    count = sum(map(len, judgement_set.qrels.values()))
    if not quiet:
        click.echo(f"{count:,} judgements of {len(judgement_set.qrels):,} queries written to {target}")
    for line in lost_parts:
        click.echo(f"{kind} does not hold {line}", err=True)
