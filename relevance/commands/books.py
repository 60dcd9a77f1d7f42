"""`shangsou judgements open`, `list`, `export` and `agreement`: books of human judgements."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from relevance.commands.judgement_options import (
    FILE,
    FORMAT,
    JSON,
    WRITE_QUERIES,
    plain_format,
    write_judgements,
)
from relevance.judgements import Qrels, read_qrels
from relevance.judging.formats.formats import WriteFormat
from relevance.judging.formats.judgement_set import JudgementSet
from shangsou.errors import UnusableInput

# Disagreements shown in a terminal; --json contains all of them.
_MAX_DISAGREEMENTS = 10


@click.command("open")
@click.argument("file", type=FILE)
@click.option("--name", help="Name of the book; that of FILE unless given.")
def open_pool(file: Path, name: str | None) -> None:
    """Put the pool of FILE on the page /judge of the server.

    If a book of this name exists, new pairs are added to it and nothing is lost.
    """
    from relevance.judging.book import create_book
    from relevance.judging.pool import read_pool
    from shangsou.settings import read_settings

    pairs = read_pool(file)
    book = create_book(read_settings().home, name or file.name.split(".")[0])
    added = book.add(pairs)
    click.echo(f"book {book.name}: {added:,} pairs added, {book.pairs():,} in all")
    click.echo('judge them at /judge of "shangsou serve", as http://127.0.0.1:8700/judge', err=True)


@click.command("list")
@JSON
def list_books(*, as_json: bool) -> None:
    """List the books on the page, with the progress of each judge."""
    from relevance.judging.book import books
    from shangsou.settings import read_settings

    books_by_name = {book.name: book for book in books(read_settings().home)}
    if as_json:
        payload = {
            name: {
                "pairs": book.pairs(),
                "judges": {
                    judge: {"judged": progress.judged, "skipped": progress.skipped}
                    for judge, progress in book.judges().items()
                },
            }
            for name, book in books_by_name.items()
        }
        click.echo(json.dumps(payload, ensure_ascii=False))
        return
    if not books_by_name:
        click.echo('no book yet; "shangsou judgements open FILE" makes one', err=True)
    for name, book in books_by_name.items():
        click.echo(f"{name}: {book.pairs():,} pairs")
        for judge, progress in book.judges().items():
            click.echo(f"  {judge}: {progress.judged:,} judged, {progress.skipped:,} skipped")


@click.command()
@click.argument("name", metavar="BOOK")
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--to", "write_as", type=FORMAT, help="Format of OUT, where its name does not tell it.")
@click.option("--judge", "judge_name", help="Only the grades of this judge; those of all unless given.")
@WRITE_QUERIES
def export(
    name: str, target: Path, write_as: WriteFormat | None, judge_name: str | None, written_path: Path | None
) -> None:
    """Write the judgements of BOOK to OUT.

    A product with several judges gets the median of their grades, the lower of two in the middle.
    """
    from relevance.judging.agreement import consensus
    from relevance.judging.book import open_book
    from shangsou.settings import read_settings

    kind = plain_format(target, write_as)
    book = open_book(read_settings().home, name)
    judges = book.qrels()
    if judge_name is not None:
        if judge_name not in judges:
            raise UnusableInput(
                f"{judge_name!r} judged nothing in {name!r}; who did: {', '.join(judges) or '-'}"
            )
        judges = {judge_name: judges[judge_name]}
    if not judges:
        raise UnusableInput(f"nothing in book {name!r} is judged yet")
    qrels = consensus(judges)
    write_judgements(
        JudgementSet([query for query in book.queries() if query.qid in qrels], qrels),
        target,
        kind,
        written_path,
    )


@click.command()
@click.argument("sources", metavar="BOOK | FILE FILE…", nargs=-1, required=True)
@JSON
def agreement(sources: Sequence[str], *, as_json: bool) -> None:
    """Measure how far judges agree: those of a book, or of several files.

    Cohen's kappa is the agreement beyond chance, 0 to 1. Prefer the quadratic one, which weighs a difference
    of one grade less than one of two.
    """
    from relevance.judging.agreement import agreements, mean_kappa
    from relevance.judging.agreement_report import agreement_lines

    judges = _judges(sources)
    agreement_pairs = agreements(judges)
    mean = mean_kappa(agreement_pairs)
    if as_json:
        payload = {"mean_kappa": mean, "between": [asdict(pair) for pair in agreement_pairs]}
        click.echo(json.dumps(payload, ensure_ascii=False))
        return
    click.echo("\n\n".join("\n".join(agreement_lines(pair, _MAX_DISAGREEMENTS)) for pair in agreement_pairs))
    if len(agreement_pairs) > 1 and mean is not None:
        click.echo(f"\nmean quadratic kappa of {len(judges)} judges, two by two: {mean:.3f}")


def _judges(sources: Sequence[str]) -> Mapping[str, Qrels]:
    from relevance.judging.book import open_book
    from shangsou.settings import read_settings

    if len(sources) > 1:
        return {source: read_qrels(Path(source)) for source in sources}
    judges = open_book(read_settings().home, sources[0]).qrels()
    if len(judges) < 2:
        raise UnusableInput(f"book {sources[0]!r} has {len(judges)} judges; agreement takes two")
    return judges
