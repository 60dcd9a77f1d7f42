"""`shangsou judgements open` and `list`: books of judgements."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.judgement_options import JSON, READ_FORMAT
from relevance.commands.options import FILE
from relevance.judging.formats.formats import ReadFormat, read_judgement_set
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from relevance.judging.book import Book
    from relevance.judging.known_answers import KnownAnswer
    from relevance.judging.pool import Pair


@click.command("open")
@click.argument("file", type=FILE)
@click.option("--name", help="Name of the book; that of FILE unless given.")
@click.option("--known", "known_path", type=FILE, help="Judgements to see how judges do: known answers.")
@click.option("--known-from", "known_as", type=READ_FORMAT, help="Their format, not told by the content.")
def open_pool(file: Path, name: str | None, known_path: Path | None, known_as: ReadFormat | None) -> None:
    """Put the pool of FILE on the page /judge of the server.

    If a book of this name exists, new pairs are added to it and nothing is lost. Known answers are mixed in
    among the others, and nothing on the page tells them.
    """
    from relevance.judging.book import create_book, find_book
    from relevance.judging.pool import read_pool
    from shangsou.settings import read_settings

    pairs = read_pool(file)
    home, book_name = read_settings().home, name or file.name.split(".")[0]
    known: Sequence[KnownAnswer] = ()
    if known_path is not None:
        # Read before the book is made, so that an unusable file leaves none.
        known = _known_answers(known_path, known_as, pairs, find_book(home, book_name))
    book = create_book(home, book_name)
    added = book.add(pairs, known)
    click.echo(f"book {book.name}: {added:,} pairs added, {book.pairs():,} in all")
    if known:
        _report_known(book, known)
    click.echo('judge them at /judge of "shangsou serve", as http://127.0.0.1:8700/judge', err=True)


def _known_answers(
    path: Path, known_as: ReadFormat | None, pairs: "Sequence[Pair]", book: "Book | None"
) -> "list[KnownAnswer]":
    """Return the known answers of a file, with the queries of the pool, the book or the file itself."""
    from relevance.judging.imported_grades import check_grade
    from relevance.judging.known_answers import KnownAnswer

    asked = {
        query.qid: query for query in [*(book.queries() if book else ()), *(pair.query for pair in pairs)]
    }
    judgement_set = read_judgement_set(path, known_as, list(asked.values()))
    queries = asked | {query.qid: query for query in judgement_set.queries}
    answers = []
    for qid, grades in judgement_set.qrels.items():
        if qid not in queries:
            raise UnusableInput(
                f"{path}: qid {qid!r} is no query of the pool or the book, so that its text is unknown; "
                "add a line of it to the pool, or give the texts in the file"
            )
        for doc_id, grade in grades.items():
            check_grade(grade, qid, doc_id)
            answers.append(KnownAnswer(queries[qid], doc_id, grade))
    return answers


def _report_known(book: "Book", known: "Sequence[KnownAnswer]") -> None:
    from relevance.judging.known_answers import only_known_queries

    click.echo(f"{len(known):,} known answers given, {len(book.only_known()):,} pairs that only they ask for")
    with book.connection() as db:
        lone = only_known_queries(db)
    if lone:
        click.echo(
            f"{len(lone):,} queries hold known answers alone, as {min(lone)!r}: judges may notice a query "
            "with few products; known answers of queries of the pool stand among its products",
            err=True,
        )


@click.command("list")
@JSON
def list_books(*, as_json: bool) -> None:
    """List the books on the page, with the progress of each judge.

    Also how fast the judges are, how they did on known answers, and what was decided where they differ.
    """
    from relevance.judging.book import books
    from relevance.judging.book_file import BookUnavailable
    from shangsou.settings import read_settings

    found = books(read_settings().home)
    if not found and not as_json:
        click.echo('no book yet; "shangsou judgements open FILE" makes one', err=True)
    listed: dict[str, dict[str, object]] = {}
    problems = 0
    for book in found:
        # One that is damaged hides none of the others.
        try:
            if as_json:
                listed[book.name] = _book_to_json(book)
            else:
                click.echo("\n".join(_book_lines(book)))
        except BookUnavailable as reason:
            problems += 1
            listed[book.name] = {"problem": str(reason)}
            click.echo(
                f"{book.name} cannot be read: {reason}; remove it or bring it back from a backup", err=True
            )
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False))
    if problems:
        raise click.exceptions.Exit(BookUnavailable.exit_code)


def _book_to_json(book: "Book") -> dict[str, object]:
    from relevance.judging.adjudication import adjudication_progress
    from relevance.judging.known_answers import known_accuracies

    # Kinds last: a judge who comes in between is not among those of before, and one who left is a person.
    judges, kinds, seconds = book.judges(), book.kinds(), book.median_seconds()
    accuracies = known_accuracies(book.known_answers(), book.qrels())
    conflicts = adjudication_progress(book)
    return {
        "pairs": book.pairs(),
        "judges": {
            judge: {
                "judged": progress.judged,
                "skipped": progress.skipped,
                "kind": kinds.get(judge, "person"),
                "median_seconds": seconds.get(judge),
                "known": accuracies[judge].to_json() if judge in accuracies else None,
            }
            for judge, progress in judges.items()
        },
        "conflicts": {"pairs": conflicts.pairs, "decided": conflicts.judged},
    }


def _book_lines(book: "Book") -> list[str]:
    from relevance.judging.adjudication import MIN_DIFFERENCE, adjudication_progress
    from relevance.judging.known_answers import accuracy_text, known_accuracies

    judges, kinds, seconds = book.judges(), book.kinds(), book.median_seconds()
    accuracies = known_accuracies(book.known_answers(), book.qrels())
    lines = [f"{book.name}: {book.pairs():,} pairs"]
    for judge, progress in judges.items():
        name = f"{judge} (machine)" if kinds.get(judge) == "machine" else judge
        parts = [f"{progress.judged:,} judged, {progress.skipped:,} skipped"]
        parts += [f"{seconds[judge]:.1f} s a grade (median)"] if judge in seconds else []
        parts += [accuracy_text(accuracies[judge])] if judge in accuracies else []
        lines.append(f"  {name}: {'; '.join(parts)}")
    conflicts = adjudication_progress(book)
    if conflicts.pairs:
        lines.append(
            f"  {conflicts.pairs:,} pairs differ by {MIN_DIFFERENCE} grades or more, {conflicts.judged:,} "
            "decided"
        )
    return lines
