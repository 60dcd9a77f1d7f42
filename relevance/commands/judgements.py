"""`shangsou judgements`: grades in and out of files, what to judge next, who agrees with whom."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from relevance.commands.searching import ByRecipe, watched, whole_searcher
from relevance.errors import DegradedSearches
from relevance.evaluate import evaluate
from relevance.judgements import Qrels, Query, read_qrels, read_queries
from relevance.judging.formats import (
    Format,
    Judged,
    format_of,
    read_judged,
    write_judged,
    write_queries,
)
from relevance.report import degraded_message
from relevance.runs import Run, read_run
from shangsou.errors import UnusableInput
from shangsou.search.request import Mode

if TYPE_CHECKING:
    from relevance.judging.clicks import ClickJudgements

_FILE = click.Path(path_type=Path)
_FORMAT = click.Choice(get_args(Format))
_MODE = click.Choice(get_args(Mode))
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_HYBRID: Mode = "hybrid"
# Depth of what people look at, and of nDCG@10.
_DEPTH = 10
# Least shoppers behind a grade: with fewer even a rate of one in ten is within chance of none.
_IMPRESSIONS = 20
# Disagreements that a terminal shows; --json holds them all.
_SHOWN = 10


@click.group()
def judgements() -> None:
    """Collect, convert and compare judgements."""


@judgements.command()
@click.argument("source", metavar="IN", type=_FILE)
@click.argument("target", metavar="OUT", type=_FILE)
@click.option("--from", "read_as", type=_FORMAT, help="Format of IN, where its name does not tell it.")
@click.option("--to", "write_as", type=_FORMAT, help="Format of OUT, where its name does not tell it.")
@click.option("--queries", "queries_path", type=_FILE, help="TSV with the texts of the queries.")
@click.option("--write-queries", "written_path", type=_FILE, help="Write the queries there, as TSV.")
def convert(  # noqa: PLR0913 - an argument for each option
    source: Path,
    target: Path,
    *,
    read_as: Format | None,
    write_as: Format | None,
    queries_path: Path | None,
    written_path: Path | None,
) -> None:
    """Convert the judgements of IN to another format.

    Formats go by name, .tsv, .csv (Quepid) and .trec, .qrels or .txt (TREC), unless said otherwise. What
    the other format cannot hold is said.
    """
    kind_in, kind_out = read_as or format_of(source), write_as or format_of(target)
    queries = read_queries(queries_path) if queries_path else []
    if kind_in == "quepid" != kind_out and not (queries or written_path):
        raise click.UsageError(
            "Quepid's file names queries by their text: say which qids they have with --queries, or where to "
            "write new ones with --write-queries"
        )
    judged = read_judged(source, kind_in, queries)
    known = {query.qid for query in queries}
    made = [query for query in judged.queries if query.qid not in known]
    if kind_in == "quepid" != kind_out and made and not written_path:
        raise UnusableInput(
            f"{source}: {len(made)} queries, as {made[0].text!r}, are not in {queries_path}; "
            "write all queries with --write-queries"
        )
    _write(judged, target, kind_out, written_path)


@judgements.command()
@click.argument("target", metavar="OUT", type=_FILE)
@click.option(
    "--queries", "queries_path", type=_FILE, required=True, help="TSV: qid, query, maybe set, note."
)
@click.option("--run", "run_paths", type=_FILE, multiple=True, help="A TREC run to pool; repeatable.")
@click.option(
    "--mode", "modes", type=_MODE, multiple=True, help="Pool what the index finds in this mode; repeatable."
)
@click.option(
    "--recipe",
    "recipe_paths",
    type=_FILE,
    multiple=True,
    help="Pool what this ranking recipe finds.",
)
@click.option("--qrels", "qrels_path", type=_FILE, help="What is judged already.")
@click.option(
    "--depth", type=click.IntRange(1, 100), default=_DEPTH, show_default=True, help="Places of each run."
)
@click.option("--most", type=click.IntRange(min=1), help="Stop after so many pairs.")
@_json
def pool(  # noqa: PLR0913 - an argument for each option
    target: Path,
    *,
    queries_path: Path,
    run_paths: Sequence[Path],
    modes: Sequence[Mode],
    recipe_paths: Sequence[Path],
    qrels_path: Path | None,
    depth: int,
    most: int | None,
    as_json: bool,
) -> None:
    """Write to OUT what to judge next.

    The first places of several rankings are pooled, less what is judged, the most worthwhile first. Where no
    ranking is named the index is searched in all three modes.
    """
    from relevance.judging.pool import judged_by_run, write_pool
    from relevance.judging.pool import pool as pool_runs

    queries = read_queries(queries_path)
    qrels = read_qrels(qrels_path) if qrels_path else {}
    runs: dict[str, Run] = {str(path): read_run(path) for path in run_paths}
    named = bool(run_paths or modes or recipe_paths)
    runs |= _searched(queries, modes if named else get_args(Mode), recipe_paths)
    pairs = pool_runs(queries, runs, qrels, depth=depth)[:most]
    if not pairs:
        raise UnusableInput(
            f"nothing to judge: the first {depth} of every run are judged, or the runs are of other qids"
        )
    write_pool(pairs, target)
    before = judged_by_run(queries, runs, qrels)
    asked = len({pair.query.qid for pair in pairs})
    if as_json:
        report = {"pairs": len(pairs), "queries": asked, "depth": depth, "judged@10": before}
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    for name, share in before.items():
        click.echo(f"judged@10 {share:.3f}  {name}")
    click.echo(f"{len(pairs):,} pairs of {asked:,} queries to judge, in {target}")
    click.echo(f"on the page: shangsou judgements open {target}", err=True)


@judgements.command("open")
@click.argument("file", type=_FILE)
@click.option("--name", help="Name of the book; that of FILE unless given.")
def open_pool(file: Path, name: str | None) -> None:
    """Put the pool of FILE on the page /judge of the server.

    Where a book of this name is there, what is new is added to it and nothing is lost.
    """
    from relevance.judging.book import make_book
    from relevance.judging.pool import read_pool
    from shangsou.settings import read_settings

    pairs = read_pool(file)
    book = make_book(read_settings().home, name or file.name.split(".")[0])
    added = book.add(pairs)
    click.echo(f"book {book.name}: {added:,} pairs added, {book.pairs():,} in all")
    click.echo('judge them at /judge of "shangsou serve", as http://127.0.0.1:8700/judge', err=True)


@judgements.command("list")
@_json
def list_books(*, as_json: bool) -> None:
    """List the books on the page, and how far each judge is."""
    from relevance.judging.book import books
    from shangsou.settings import read_settings

    found = {book.name: book for book in books(read_settings().home)}
    if as_json:
        plain = {
            name: {
                "pairs": book.pairs(),
                "judges": {
                    judge: {"judged": done.judged, "skipped": done.skipped}
                    for judge, done in book.judges().items()
                },
            }
            for name, book in found.items()
        }
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    if not found:
        click.echo('no book yet; "shangsou judgements open FILE" makes one', err=True)
    for name, book in found.items():
        click.echo(f"{name}: {book.pairs():,} pairs")
        for judge, done in book.judges().items():
            click.echo(f"  {judge}: {done.judged:,} judged, {done.skipped:,} skipped")


@judgements.command()
@click.argument("name", metavar="BOOK")
@click.argument("target", metavar="OUT", type=_FILE)
@click.option("--to", "write_as", type=_FORMAT, help="Format of OUT, where its name does not tell it.")
@click.option("--judge", "judge_name", help="Only what this judge said; all of them unless given.")
@click.option("--write-queries", "written_path", type=_FILE, help="Write the queries there, as TSV.")
def export(
    name: str, target: Path, write_as: Format | None, judge_name: str | None, written_path: Path | None
) -> None:
    """Write the judgements of BOOK to OUT.

    A product that several judged gets the median of their grades, of two in the middle the lower.
    """
    from relevance.judging.agreement import consensus
    from relevance.judging.book import open_book
    from shangsou.settings import read_settings

    kind = write_as or format_of(target)
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
    _write(
        Judged([query for query in book.queries() if query.qid in qrels], qrels), target, kind, written_path
    )


@judgements.command()
@click.argument("sources", metavar="BOOK | FILE FILE…", nargs=-1, required=True)
@_json
def agreement(sources: Sequence[str], *, as_json: bool) -> None:
    """Say how far judges agree: those of a book, or two and more files.

    Cohen's kappa is the agreement beyond chance, 0 to 1; the quadratic one, which forgives a grade's
    difference more than two, is the one to go by.
    """
    from relevance.judging.agreement import agreements, mean_kappa
    from relevance.judging.report import agreement_lines

    judges = _judges(sources)
    found = agreements(judges)
    mean = mean_kappa(found)
    if as_json:
        plain = {"mean_kappa": mean, "between": [asdict(one) for one in found]}
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    click.echo("\n\n".join("\n".join(agreement_lines(one, _SHOWN)) for one in found))
    if len(found) > 1 and mean is not None:
        click.echo(f"\nmean quadratic kappa of {len(judges)} judges, two by two: {mean:.3f}")


@judgements.command()
@click.argument("events", metavar="EVENTS…", type=_FILE, nargs=-1, required=True)
@click.option("--out", "target", type=_FILE, required=True, help="Write the grades there.")
@click.option("--to", "write_as", type=_FORMAT, help="Format of --out, where its name does not tell it.")
@click.option("--evidence", "evidence_path", type=_FILE, help="Write what the grades rest on there, as TSV.")
@click.option("--queries", "queries_path", type=_FILE, help="Only these queries, under their qids.")
@click.option("--write-queries", "written_path", type=_FILE, help="Write the queries there, as TSV.")
@click.option(
    "--impressions",
    type=click.IntRange(min=1),
    default=_IMPRESSIONS,
    show_default=True,
    help="Least shoppers who were shown a product.",
)
@click.option(
    "--shown",
    type=click.IntRange(1, 100),
    default=_DEPTH,
    show_default=True,
    help="Places that count as shown where the log does not say.",
)
@_json
def clicks(  # noqa: PLR0913 - an argument for each option
    events: Sequence[Path],
    *,
    target: Path,
    write_as: Format | None,
    evidence_path: Path | None,
    queries_path: Path | None,
    written_path: Path | None,
    impressions: int,
    shown: int,
    as_json: bool,
) -> None:
    """Grade products by what shoppers clicked, put into the cart and bought.

    A position-based click model takes out that what stands above is looked at more. Each shopper counts once
    for a query. What the log cannot tell gets no grade.
    """
    from relevance.judging.clicks import judge_by_clicks, write_evidence
    from relevance.judging.visits import visits
    from shangsou.behaviour.read import read_events
    from shangsou.text.normalise import normalise

    kind = write_as or format_of(target)
    if not (queries_path or written_path or kind == "quepid"):
        raise click.UsageError("the grades get new qids: say where to write the queries with --write-queries")
    queries = read_queries(queries_path) if queries_path else []
    found = judge_by_clicks(visits(read_events(events), shown), impressions=impressions)
    texts = dict.fromkeys(one.query for one in found.evidence)
    known = queries or [Query(f"c{number}", "clicks", text) for number, text in enumerate(texts, start=1)]
    qids = {normalise(query.text): query.qid for query in known}
    qrels: dict[str, dict[str, int]] = {}
    for one in found.evidence:
        if one.grade is not None and one.query in qids:
            qrels.setdefault(qids[one.query], {})[one.doc_id] = one.grade
    if evidence_path is not None:
        write_evidence(found.evidence, qids, evidence_path)
    if not qrels:
        raise UnusableInput(
            f"nothing to grade: no product was shown to {impressions} shoppers with clicks enough to tell"
        )
    _write(Judged([query for query in known if query.qid in qrels], qrels), target, kind, written_path)
    _tell_clicks(found, qids, as_json=as_json)


def _tell_clicks(found: "ClickJudgements", qids: Mapping[str, str], *, as_json: bool) -> None:
    asked = [one for one in found.evidence if one.query in qids]
    unknown = sum(one.attraction is None for one in asked)
    thin = sum(one.grade is None and one.attraction is not None for one in asked)
    grades = Counter(one.grade for one in asked if one.grade is not None)
    if as_json:
        report = {
            "grades": {str(grade): grades[grade] for grade in sorted(grades)},
            "thin": thin,
            "incomparable": unknown,
            "examination": found.examination,
        }
        click.echo(json.dumps(report))
        return
    click.echo("grades " + ", ".join(f"{grade}: {grades[grade]:,}" for grade in sorted(grades)))
    places = found.examination[:_DEPTH]
    click.echo("looked at, by place: " + " ".join("?" if one is None else f"{one:.2f}" for one in places))
    click.echo(f"{thin:,} pairs without a grade: too few shoppers, or too wide an interval")
    if unknown:
        click.echo(f"{unknown:,} pairs without a grade: always at places that nothing links with the first")


def _judges(sources: Sequence[str]) -> Mapping[str, Qrels]:
    from relevance.judging.book import open_book
    from shangsou.settings import read_settings

    if len(sources) > 1:
        return {source: read_qrels(Path(source)) for source in sources}
    judges = open_book(read_settings().home, sources[0]).qrels()
    if len(judges) < 2:
        raise UnusableInput(f"book {sources[0]!r} has {len(judges)} judges; agreement takes two")
    return judges


def _write(judged: Judged, target: Path, kind: Format, written_path: Path | None) -> None:
    lost = write_judged(judged, target, kind)
    if written_path is not None:
        write_queries(judged.queries, written_path)
    count = sum(map(len, judged.qrels.values()))
    click.echo(f"{count:,} judgements of {len(judged.qrels):,} queries written to {target}")
    for line in lost:
        click.echo(f"{kind} does not hold {line}", err=True)


def _searched(
    queries: Sequence[Query], modes: Sequence[Mode], recipe_paths: Sequence[Path]
) -> dict[str, Run]:
    """Return what the index finds, by mode with the ranking that serves, and by recipe in hybrid mode."""
    from shangsou.search.ranking import read_ranking_file
    from shangsou.settings import read_settings

    # Read before the searches: a file that cannot be used is told at once.
    recipes = {str(path): read_ranking_file(path, read_settings().home) for path in recipe_paths}
    asked = [(mode, mode, None) for mode in modes]
    found: dict[str, Run] = {}
    for name, mode, recipe in [*asked, *((name, _HYBRID, recipe) for name, recipe in recipes.items())]:
        with whole_searcher(mode) as searcher:
            searches = searcher if recipe is None else ByRecipe(searcher, recipe)
            evaluation = evaluate(searches, watched(queries, f"{name} query"), {}, mode)
        if evaluation.degraded:
            raise DegradedSearches(degraded_message(evaluation))
        found[name] = evaluation.run
    return found
