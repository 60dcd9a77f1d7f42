"""`shangsou evaluate`: rankings against judged queries."""

import json
from pathlib import Path

import click

from relevance.commands.personal import personal
from relevance.commands.searching import watched, whole_searcher
from relevance.comparison import (
    GATED,
    LEVEL,
    compare_sets,
    comparison_table,
    comparison_to_json,
    fallen_sets,
)
from relevance.errors import DegradedSearches, RankingFell
from relevance.evaluate import evaluate as run_evaluation
from relevance.evaluate import score
from relevance.judgements import Qrels, Query, has_relevant, read_qrels, read_queries
from relevance.report import degraded_message, remarks, scores_table, scores_to_json
from relevance.runs import read_run, write_run
from shangsou.errors import UnusableInput
from shangsou.search.request import Mode

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND]")
@click.option("--queries", "queries_path", type=_FILE, help="TSV with a header: qid, query and maybe set.")
@click.option(
    "--qrels", "qrels_path", type=_FILE, help="TSV with a header: qid, doc_id, grade; or TREC qrels."
)
@click.option("--run", "run_path", type=_FILE, help="Write what was found as a TREC run, 100 hits a query.")
@click.option(
    "--baseline", "baseline_path", type=_FILE, help="Compare with this TREC run; exit 1 when a set fell."
)
@click.option(
    "--mode", type=click.Choice(["hybrid", "lexical", "semantic"]), default="hybrid", show_default=True
)
@click.option("--graded", is_flag=True, help="nDCG counts each grade as its gain; else relevant is 1.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def evaluate(  # noqa: PLR0913 - an argument for each option
    ctx: click.Context,
    queries_path: Path | None,
    qrels_path: Path | None,
    run_path: Path | None,
    mode: Mode,
    *,
    baseline_path: Path | None,
    graded: bool,
    as_json: bool,
) -> None:
    """Measure rankings against judged queries.

    A product with a positive grade is relevant. The mean is over sets, not over queries.
    """
    if ctx.invoked_subcommand is not None:
        return
    if queries_path is None or qrels_path is None:
        missing = "--queries" if queries_path is None else "--qrels"
        raise click.UsageError(f'missing option "{missing}": name the file of judged queries', ctx)
    if run_path is not None and not run_path.absolute().parent.is_dir():
        raise UnusableInput(f"--run {run_path}: its folder does not exist; make it first")

    queries, qrels = _read(queries_path, qrels_path)
    # Read before the searches: a file that cannot be used is told at once.
    baseline = (
        None if baseline_path is None else score(read_run(baseline_path), queries, qrels, graded=graded)
    )
    with whole_searcher(mode) as searcher:
        evaluation = run_evaluation(searcher, watched(queries, "query"), qrels, mode, graded=graded)
    compared = {} if baseline is None else compare_sets(evaluation.scores, baseline, queries)
    if as_json:
        comparison = {"comparison": comparison_to_json(compared)} if compared else {}
        click.echo(json.dumps(scores_to_json(evaluation) | comparison, ensure_ascii=False))
    else:
        click.echo(scores_table(evaluation.scores))
        if compared:
            click.echo("\n" + comparison_table(compared))
    for line in remarks(evaluation, queries, qrels):
        click.echo(line, err=True)
    if run_path is not None:
        write_run(evaluation.run, run_path)
    if evaluation.degraded:
        raise DegradedSearches(degraded_message(evaluation))
    fell = fallen_sets(compared)
    if fell:
        raise RankingFell(
            f"{', '.join(fell)} fell below {baseline_path} by more than chance ({GATED}, p < {LEVEL:g})"
        )


def _read(queries_path: Path, qrels_path: Path) -> tuple[list[Query], Qrels]:
    queries, qrels = read_queries(queries_path), read_qrels(qrels_path)
    if not any(has_relevant(qrels, query.qid) for query in queries):
        raise UnusableInput(
            f"{qrels_path}: none of the {len(queries)} queries of {queries_path} has a relevant product "
            f"here; the first qid there is {queries[0].qid!r}, here {next(iter(qrels))!r}: "
            "give two files with the same qids"
        )
    return queries, qrels


# Each command under `shangsou evaluate`: evaluate.add_command(COMMAND), with an import above.
evaluate.add_command(personal)
