"""`shangsou judgements export`: the consensus of the judges of a book, or the grades of one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from relevance.commands.judgement_options import FORMAT, WRITE_QUERIES, plain_format, write_judgements
from relevance.commands.options import FILE
from relevance.judgements import Qrels
from relevance.judging.formats.formats import WriteFormat
from relevance.judging.formats.judgement_set import JudgementSet
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from relevance.judging.book import Book

WeighBy = Literal["kind", "known", "agreement"]


@click.command()
@click.argument("name", metavar="BOOK")
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--to", "write_as", type=FORMAT, help="Format of OUT, where its name does not tell it.")
@click.option("--judge", "judge_name", help="Only the grades of this judge; those of all unless given.")
@click.option(
    "--weight", "given_weights", multiple=True, metavar="NAME=NUMBER", help="Weight of a judge; repeatable."
)
@click.option(
    "--weigh-by",
    type=click.Choice(get_args(WeighBy)),
    default="kind",
    show_default=True,
    help="Weigh judges by their kind, by known answers or by their agreement with people.",
)
@WRITE_QUERIES
def export(  # noqa: PLR0913 - an argument for each option
    name: str,
    target: Path,
    *,
    write_as: WriteFormat | None,
    judge_name: str | None,
    given_weights: Sequence[str],
    weigh_by: WeighBy,
    written_path: Path | None,
) -> None:
    """Write the judgements of BOOK to OUT.

    A product with several judges gets the median of their grades, the lower of two in the middle, in which a
    machine counts less than a person. What an adjudicator decided takes its place.
    """
    from relevance.judging.book import open_book
    from shangsou.settings import read_settings

    if judge_name is not None and (given_weights or weigh_by != "kind"):
        raise click.UsageError("--judge writes the grades of one judge; leave out --weight and --weigh-by")
    kind = plain_format(target, write_as)
    book = open_book(read_settings().home, name)
    judges = book.qrels()
    if judge_name is not None and judge_name not in judges:
        raise UnusableInput(f"{judge_name!r} judged nothing in {name!r}; who did: {', '.join(judges) or '-'}")
    qrels = judges[judge_name] if judge_name else _consensus(book, judges, given_weights, weigh_by)
    qrels = _without_only_known(book, qrels)
    if not qrels:
        raise UnusableInput(f"nothing in book {name!r} is judged yet")
    write_judgements(
        JudgementSet([query for query in book.queries() if query.qid in qrels], qrels),
        target,
        kind,
        written_path,
    )


def _consensus(
    book: "Book", judges: Mapping[str, Qrels], given_weights: Sequence[str], weigh_by: WeighBy
) -> Qrels:
    from relevance.judging.adjudication import decisions
    from relevance.judging.consensus import consensus, override

    weights = _weights(book, judges, given_weights, weigh_by)
    if set(weights.values()) - {1.0}:
        click.echo(
            f"weights: {', '.join(f'{judge} {weight:g}' for judge, weight in weights.items())}", err=True
        )
    decided = decisions(book)
    if judges and not any(weights.values()) and not decided:
        raise UnusableInput(
            f"all weights are 0 ({', '.join(weights)}), so nothing of book {book.name!r} is left; give "
            "one judge at least another with --weight NAME=1"
        )
    if decided:
        click.echo(f"{sum(map(len, decided.values())):,} pairs as an adjudicator decided", err=True)
    return override(consensus(judges, weights), decided)


def _weights(
    book: "Book", judges: Mapping[str, Qrels], given_weights: Sequence[str], weigh_by: WeighBy
) -> dict[str, float]:
    """Return the weight of each judge: given, else measured, else that of its kind."""
    from relevance.judging.consensus import (
        default_weights,
        parse_weights,
        weights_by_agreement,
        weights_by_known_answers,
    )

    kinds = {judge: kind for judge, kind in book.kinds().items() if judge in judges}
    given = parse_weights(given_weights, list(judges))
    measured: Mapping[str, float] = {}
    if weigh_by == "known":
        measured = weights_by_known_answers(book.known_answers(), judges)
    if weigh_by == "agreement":
        measured = weights_by_agreement(judges, kinds)
    unmeasured = [judge for judge in judges if judge not in measured and judge not in given]
    if weigh_by != "kind" and unmeasured:
        click.echo(
            f"too little to weigh {', '.join(unmeasured)} by; the weight of their kind is taken",
            err=True,
        )
    return {**default_weights(kinds), **measured, **given}


def _without_only_known(book: "Book", qrels: Qrels) -> Qrels:
    """Return judgements without those of pairs that only their known answers put into the book."""
    alone = book.only_known()
    left = {
        qid: {doc_id: grade for doc_id, grade in grades.items() if (qid, doc_id) not in alone}
        for qid, grades in qrels.items()
    }
    count = sum(map(len, qrels.values())) - sum(map(len, left.values()))
    if count:
        click.echo(f"{count:,} known answers are left out", err=True)
    return {qid: grades for qid, grades in left.items() if grades}
