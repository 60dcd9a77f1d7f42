"""`shangsou judgements convert`: from the formats of other tools, and into them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from relevance.commands.judgement_options import READ_FORMAT, WRITE_QUERIES, check_outputs, write_judgements
from relevance.commands.options import FILE
from relevance.judgements import Query, read_queries
from relevance.judging.formats.formats import (
    ReadFormat,
    WriteFormat,
    WriteOptions,
    detect_format,
    format_of,
    read_judgement_set,
)
from relevance.judging.formats.judgement_set import JudgementSet
from relevance.judging.formats.rated_rows import ReadOptions
from shangsou.errors import UnusableInput

_TEXT_FORMATS: tuple[WriteFormat, ...] = ("quepid", "rank_eval")


@click.command()
@click.argument("source", metavar="IN", type=FILE)
@click.argument("target", metavar="OUT", type=FILE)
@click.option(
    "--from",
    "read_as",
    type=READ_FORMAT,
    help="Format of IN, not told by its content.",
)
@click.option(
    "--to",
    "write_as",
    type=click.Choice(get_args(WriteFormat)),
    help="Format of OUT, where its name does not tell it.",
)
@click.option(
    "--queries", "queries_path", type=FILE, help="TSV, or BEIR's .jsonl, with the texts of the queries."
)
@WRITE_QUERIES
@click.option("--labels", help="The grade of each rating of IN, as E=3,S=2,C=1,I=0 or 5=3,4=2,3=1,2=0,1=0.")
@click.option("--columns", help="The columns of a table, as query=查询,doc_id=商品ID,grade=相关度.")
@click.option("--judge", "judges", multiple=True, help="Only the ratings of this judge; repeatable.")
@click.option("--encoding", help="That of IN, where it cannot be told, as gb18030 or big5.")
@click.option("--index", help="For rank_eval: the index, not an alias, that holds the products.")
@click.option(
    "--query-template",
    "template_path",
    type=FILE,
    help="For rank_eval: JSON with a search body, {{query_string}} where the query goes.",
)
def convert(  # noqa: PLR0913 - an argument for each option
    source: Path,
    target: Path,
    *,
    read_as: ReadFormat | None,
    write_as: WriteFormat | None,
    queries_path: Path | None,
    written_path: Path | None,
    labels: str | None,
    columns: str | None,
    judges: tuple[str, ...],
    encoding: str | None,
    index: str | None,
    template_path: Path | None,
) -> None:
    """Convert the judgements of IN to another format.

    The content of IN tells its format: judgements of Quepid (CSV or JSON), RRE, OpenSearch, _rank_eval, ESCI,
    BEIR, TREC, learning to rank, or a table with known or named columns, also in Excel. The name of OUT tells
    the other: .tsv, .csv (Quepid), .trec, .qrels or .txt (TREC), .json (_rank_eval). What it cannot hold is
    listed.
    """
    check_outputs(
        {"OUT": target, "--write-queries": written_path},
        (source, queries_path, template_path),
    )
    kind_out = write_as or format_of(target)
    write_options = _write_options(kind_out, index, template_path)
    read_options = _read_options(labels, columns, judges, encoding)
    kind_in = read_as or detect_format(source, read_options)
    queries = _read_queries(queries_path) if queries_path else []
    judgement_set = read_judgement_set(source, kind_in, queries, read_options)
    if kind_out not in _TEXT_FORMATS and not written_path:
        _check_qids(judgement_set, source, queries_path)
    click.echo(f"{source} is read as {kind_in}", err=True)
    for note in judgement_set.notes:
        click.echo(note, err=True)
    if not judgement_set.queries and written_path:
        raise UnusableInput(f"{source}: has no texts of queries to write; give them with --queries")
    write_judgements(judgement_set, target, kind_out, written_path, write_options)
    known = {query.qid for query in queries}
    new_texts = sum(query.qid not in known for query in judgement_set.queries)
    if new_texts and kind_out not in _TEXT_FORMATS and not written_path:
        click.echo(
            f"{kind_out} does not hold the texts of {new_texts:,} queries; see --write-queries", err=True
        )


def _check_qids(judgement_set: JudgementSet, source: Path, queries_path: Path | None) -> None:
    """Raise where queries would be known by numbers that stand in no file."""
    numbered = [query for query in judgement_set.queries if query.qid in judgement_set.numbered_qids]
    if not numbered:
        return
    if queries_path is None:
        raise click.UsageError(
            f"{source} names queries by their text: say which qids they have with --queries, or where to "
            "write new ones with --write-queries"
        )
    raise UnusableInput(
        f"{source}: {len(numbered)} queries, as {numbered[0].text!r}, are not in {queries_path}; "
        "write all queries with --write-queries"
    )


def _read_queries(path: Path) -> Sequence[Query]:
    if path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        from relevance.judging.formats.beir import read_beir_queries

        return read_beir_queries(path)
    return read_queries(path)


def _read_options(
    labels: str | None, columns: str | None, judges: tuple[str, ...], encoding: str | None
) -> ReadOptions:
    from relevance.judging.formats.columns import parse_columns
    from relevance.judging.formats.grades import parse_labels
    from shangsou.reading.encodings import known_encoding

    options = ReadOptions(judges=judges)
    if labels is not None:
        options = replace(options, labels=parse_labels(labels))
    if columns is not None:
        options = replace(options, columns=parse_columns(columns))
    if encoding is not None:
        codec = known_encoding(encoding)
        if codec is None:
            raise UnusableInput(
                f"--encoding {encoding}: is not known; utf-8, gb18030, big5, shift-jis and euc-kr are"
            )
        options = replace(options, encoding=codec)
    return options


def _write_options(kind: WriteFormat, index: str | None, template_path: Path | None) -> WriteOptions:
    if kind != "rank_eval":
        if index is not None or template_path is not None:
            raise click.UsageError("--index and --query-template are for rank_eval: name OUT .json")
        return WriteOptions()
    if not index:
        raise click.UsageError('rank_eval names the index of each product: give it with "--index NAME"')
    from relevance.judging.formats.rank_eval import read_query_template

    return WriteOptions(index, read_query_template(template_path) if template_path else None)
