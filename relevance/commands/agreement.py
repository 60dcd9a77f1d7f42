"""`shangsou judgements agreement` and `import`: how judges agree, and grades of judges from elsewhere."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.judgement_options import JSON, READ_FORMAT
from relevance.commands.options import FILE
from relevance.judgements import Qrels, read_qrels, read_queries
from relevance.judging.formats.formats import ReadFormat, read_judgement_set
from relevance.searchers import open_full_searcher, product_titles
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from relevance.judging.agreement import Agreement
    from relevance.judging.book import Book, JudgeKind
    from relevance.judging.known_answers import KnownAccuracy
    from relevance.judging.people_agreement import PeopleAgreement

# Disagreements shown in a terminal; --json contains all of them.
_MAX_DISAGREEMENTS = 10


@click.command("import")
@click.argument("name", metavar="BOOK")
@click.argument("file", type=FILE)
@click.option("--judge", required=True, help="Name of the judge, as it stands in reports.")
@click.option(
    "--people", "is_person", is_flag=True, help="The judge is a person, or several, and no machine."
)
@click.option("--from", "read_as", type=READ_FORMAT, help="Format of FILE, not told by its content.")
@JSON
def import_grades(  # noqa: PLR0913 - an argument for each option
    name: str, file: Path, *, judge: str, is_person: bool, read_as: ReadFormat | None, as_json: bool
) -> None:
    """Put grades that were made elsewhere into BOOK.

    They stand under the name of their judge, and what an earlier import put there is replaced. How the judge
    agrees with people is printed, for each grade.
    """
    from relevance.judging import imported_grades
    from relevance.judging.book import open_book
    from relevance.judging.known_answers import accuracy_text
    from relevance.judging.people_agreement import people_agreement_lines
    from shangsou.settings import read_settings

    book = open_book(read_settings().home, name)
    judgement_set = read_judgement_set(file, read_as, book.queries())
    for note in judgement_set.notes:
        click.echo(note, err=True)
    kind: JudgeKind = "person" if is_person else "machine"
    done = imported_grades.import_grades(book, judge, kind, judgement_set.qrels)
    found, accuracy = _with_people(book, judge), _known(book).get(judge)
    if done.kind_before not in (None, kind):
        click.echo(
            f"{judge} was a {done.kind_before} and is a {kind} from now on, which changes its weight; "
            "--people says that a judge is a person",
            err=True,
        )
    if as_json:
        known = None if accuracy is None else accuracy.to_json()
        report = done.to_json() | {"kind": kind, "people": found.to_json(), "known": known}
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    replaced = f" in place of {done.replaced:,} earlier ones" if done.replaced else ""
    click.echo(f"book {book.name}: {done.imported:,} grades of {judge} ({kind}) imported{replaced}")
    if done.other_queries or done.other_products:
        click.echo(
            f"left out, as the book does not ask: {done.other_queries:,} pairs of other queries, "
            f"{done.other_products:,} of other products"
        )
    click.echo("\n".join(["", *people_agreement_lines(found)]))
    if accuracy is not None:
        click.echo(f"\n{judge}: {accuracy_text(accuracy)}")


@click.command()
@click.argument("sources", metavar="BOOK | FILE FILE…", nargs=-1, required=True)
@click.option("--queries", "queries_path", type=FILE, help="TSV with the texts of the queries of FILEs.")
@JSON
def agreement(sources: Sequence[str], *, queries_path: Path | None, as_json: bool) -> None:
    """Measure how far judges agree: those of a book, or of several files.

    Cohen's kappa is the agreement beyond chance, 0 to 1. Prefer the quadratic one, which weighs a difference
    of one grade less than one of two. For a book also how machines agree with people, for each grade, and how
    judges did on known answers.
    """
    from relevance.judging.agreement import agreements, mean_kappa
    from relevance.judging.agreement_report import agreement_lines, agreement_to_json
    from relevance.judging.book import open_book
    from shangsou.settings import read_settings

    if len(sources) > 1:
        queries = {query.qid: query.text for query in read_queries(queries_path)} if queries_path else {}
        judges: Mapping[str, Qrels] = {source: read_qrels(Path(source)) for source in sources}
        facts = _BookFacts.none()
    elif queries_path:
        raise click.UsageError("--queries is for the texts of FILEs; a book holds its own")
    else:
        book = open_book(read_settings().home, sources[0])
        queries = {query.qid: query.text for query in book.queries()}
        judges = book.qrels()
        if len(judges) < 2:
            raise UnusableInput(f"book {sources[0]!r} has {len(judges)} judges; agreement takes two")
        facts = _BookFacts.of(book, judges)
    pairs = agreements(judges)
    machines = {one.judge for one in facts.machines}
    mean, people_mean = (
        mean_kappa(pairs),
        mean_kappa([one for one in pairs if machines.isdisjoint(one.judges)]),
    )
    titles = _titles(pairs, None if as_json else _MAX_DISAGREEMENTS)
    if as_json:
        between = [agreement_to_json(pair, queries, titles) for pair in pairs]
        report = {"mean_kappa": mean, "people_mean_kappa": people_mean, "between": between}
        click.echo(json.dumps(report | facts.to_json(), ensure_ascii=False))
        return
    blocks = ["\n".join(agreement_lines(pair, _MAX_DISAGREEMENTS, queries, titles)) for pair in pairs]
    if len(pairs) > 1 and mean is not None:
        blocks.append(f"mean quadratic kappa of {len(judges)} judges, two by two: {mean:.3f}")
    if machines and people_mean is not None:
        blocks.append(f"mean quadratic kappa of the people alone, two by two: {people_mean:.3f}")
    click.echo("\n\n".join([*blocks, *facts.blocks()]))


@dataclass(frozen=True, slots=True)
class _BookFacts:
    """What a book tells of its judges beside their agreement."""

    machines: Sequence["PeopleAgreement"]
    known: Mapping[str, "KnownAccuracy"]
    conflicts: int
    decided: int

    @classmethod
    def none(cls) -> "_BookFacts":
        return cls((), {}, 0, 0)

    @classmethod
    def of(cls, book: "Book", judges: Mapping[str, Qrels]) -> "_BookFacts":
        from relevance.judging.adjudication import adjudication_progress

        progress = adjudication_progress(book)
        machines = [judge for judge, kind in book.kinds().items() if kind == "machine" and judge in judges]
        return cls(
            [_with_people(book, judge) for judge in machines], _known(book), progress.pairs, progress.judged
        )

    def to_json(self) -> dict[str, object]:
        return {
            "machines": [one.to_json() for one in self.machines],
            "known": {judge: accuracy.to_json() for judge, accuracy in self.known.items()},
            "conflicts": {"pairs": self.conflicts, "decided": self.decided},
        }

    def blocks(self) -> list[str]:
        from relevance.judging.adjudication import MIN_DIFFERENCE
        from relevance.judging.known_answers import accuracy_text
        from relevance.judging.people_agreement import people_agreement_lines

        blocks = ["\n".join(people_agreement_lines(one)) for one in self.machines]
        if self.known:
            blocks.append("\n".join(f"{judge}: {accuracy_text(one)}" for judge, one in self.known.items()))
        if self.conflicts:
            blocks.append(
                f"{self.conflicts:,} pairs differ by {MIN_DIFFERENCE} grades or more, {self.decided:,} "
                "decided; decide the others at /judge"
            )
        return blocks


def _with_people(book: "Book", judge: str) -> "PeopleAgreement":
    from relevance.judging.adjudication import decisions
    from relevance.judging.people_agreement import agreement_with_people

    return agreement_with_people(judge, book.qrels(), book.kinds(), decisions(book))


def _known(book: "Book") -> "dict[str, KnownAccuracy]":
    from relevance.judging.known_answers import known_accuracies

    return known_accuracies(book.known_answers(), book.qrels())


def _titles(pairs: "Iterable[Agreement]", max_shown: int | None) -> dict[str, str]:
    """Return the titles of the products furthest apart; without an index none, and a note on stderr."""
    product_ids = dict.fromkeys(one.doc_id for pair in pairs for one in pair.disagreements[:max_shown])
    if not product_ids:
        return {}
    with open_full_searcher("lexical") as searcher:
        return product_titles(searcher, list(product_ids))
