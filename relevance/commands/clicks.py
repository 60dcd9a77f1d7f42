"""`shangsou judgements clicks`: grades from clicks."""

import json
from collections import Counter
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.judgement_options import (
    DEPTH,
    FORMAT,
    JSON,
    SHOWN,
    WRITE_QUERIES,
    check_outputs,
    plain_format,
    write_judgements,
)
from relevance.commands.options import FILE
from relevance.judgements import Query, read_queries
from relevance.judging.formats.formats import WriteFormat
from relevance.judging.formats.judgement_set import JudgementSet
from shangsou.behaviour.commands.options import ACTION
from shangsou.errors import UnusableInput
from shangsou.text.plurals import listing

if TYPE_CHECKING:
    from relevance.judging.clicks import ClickJudgements

# Minimum number of shoppers behind a grade: with fewer, even a rate of one in ten is within chance of none.
_MIN_IMPRESSIONS = 20
# Queries named of a kind; --evidence has them all.
_MAX_NAMED = 10


@click.command()
@click.argument("events", metavar="EVENTS…", type=FILE, nargs=-1, required=True)
@click.option("--out", "target", type=FILE, required=True, help="Write the grades there.")
@click.option("--to", "write_as", type=FORMAT, help="Format of --out, where its name does not tell it.")
@click.option("--evidence", "evidence_path", type=FILE, help="Write what the grades rest on there, as TSV.")
@click.option("--queries", "queries_path", type=FILE, help="Only these queries, under their qids.")
@WRITE_QUERIES
@click.option(
    "--impressions",
    type=click.IntRange(min=1),
    default=_MIN_IMPRESSIONS,
    show_default=True,
    help="Least shoppers who looked at a product, by the model.",
)
@SHOWN
@ACTION
@JSON
def clicks(  # noqa: PLR0913 - an argument for each option
    events: Sequence[Path],
    *,
    target: Path,
    write_as: WriteFormat | None,
    evidence_path: Path | None,
    queries_path: Path | None,
    written_path: Path | None,
    impressions: int,
    shown: int,
    actions: Sequence[str],
    as_json: bool,
) -> None:
    """Grade products by clicks, carts and purchases.

    A position-based click model corrects for higher positions being looked at more. Each shopper counts once
    for a query. The grade is the share of what the best products for the query attract; without enough
    evidence there is none. Queries without a positive grade are counted and named: measures pass them over.
    """
    from relevance.judging.clicks import judge_by_clicks, write_evidence
    from relevance.judging.search_sessions import search_sessions
    from shangsou.behaviour.commands.event_log import read_event_log
    from shangsou.text.normalize import normalize

    check_outputs(
        {"--out": target, "--evidence": evidence_path, "--write-queries": written_path},
        [*events, queries_path],
    )
    kind = plain_format(target, write_as)
    if not (queries_path or written_path or kind == "quepid"):
        raise click.UsageError("the grades get new qids: say where to write the queries with --write-queries")
    queries = read_queries(queries_path) if queries_path else []
    sessions = search_sessions(read_event_log(events, actions), shown)
    click_judgements = judge_by_clicks(sessions, impressions=impressions)
    texts = dict.fromkeys(evidence.query for evidence in click_judgements.evidence)
    known = queries or [Query(f"c{number}", "clicks", text) for number, text in enumerate(texts, start=1)]
    qids: dict[str, list[str]] = {}
    for query in known:
        qids.setdefault(normalize(query.text), []).append(query.qid)
    qrels: dict[str, dict[str, int]] = {}
    for evidence in click_judgements.evidence:
        if evidence.grade is not None:
            for qid in qids.get(evidence.query, ()):
                qrels.setdefault(qid, {})[evidence.doc_id] = evidence.grade
    if evidence_path is not None:
        write_evidence(click_judgements.evidence, qids, evidence_path)
    if not qrels:
        raise UnusableInput(
            f"nothing to grade in {len(texts):,} queries of the log: no product was looked at by "
            f"{impressions} shoppers with clicks enough to tell; give more of the log, or fewer --impressions"
        )
    judgement_set = JudgementSet([query for query in known if query.qid in qrels], qrels)
    write_judgements(judgement_set, target, kind, written_path, quiet=as_json)
    not_in_log = [query.text for query in queries if normalize(query.text) not in texts]
    _print_summary(click_judgements, qids, not_in_log, as_json=as_json)


def _print_summary(
    click_judgements: "ClickJudgements",
    graded_texts: Container[str],
    not_in_log: Sequence[str],
    *,
    as_json: bool,
) -> None:
    from relevance.judging.clicks import graded_queries

    considered = [evidence for evidence in click_judgements.evidence if evidence.query in graded_texts]
    unknown = sum(evidence.attraction is None for evidence in considered)
    thin = sum(evidence.grade is None and evidence.attraction is not None for evidence in considered)
    grades = Counter(evidence.grade for evidence in considered if evidence.grade is not None)
    queries = graded_queries(considered)
    by_kind = {
        "all_zero": queries.all_zero,
        "without_grade": queries.without_grade,
        "not_in_log": not_in_log,
    }
    if as_json:
        report = {
            "grades": {str(grade): grades[grade] for grade in sorted(grades)},
            "thin": thin,
            "incomparable": unknown,
            "queries": {"with_positive": len(queries.with_positive)}
            | {kind: len(texts) for kind, texts in by_kind.items()},
            "named": {kind: texts[:_MAX_NAMED] for kind, texts in by_kind.items()},
            "examination": click_judgements.examination,
        }
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo("grades " + ", ".join(f"{grade}: {grades[grade]:,}" for grade in sorted(grades)))
    examination = click_judgements.examination[:DEPTH]
    click.echo(
        "looked at, by place: " + " ".join("?" if share is None else f"{share:.2f}" for share in examination)
    )
    click.echo(
        f"{thin:,} pairs without a grade: too few shoppers, or a grade that may be wrong by more than half"
    )
    if unknown:
        click.echo(f"{unknown:,} pairs without a grade: always at places that nothing links with the first")
    click.echo(f"{len(queries.with_positive):,} queries with a positive grade")
    meanings = {
        "all_zero": "queries with zeros alone, which measures pass over",
        "without_grade": "queries without any grade, left out",
        "not_in_log": "queries that the log does not have, left out",
    }
    for kind, texts in by_kind.items():
        if texts:
            click.echo(f"{len(texts):,} {meanings[kind]}: {listing(texts, _MAX_NAMED)}")
