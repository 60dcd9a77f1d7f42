"""`shangsou evaluate`: rankings against judged queries."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from relevance.commands.compare import compare
from relevance.commands.events import events
from relevance.commands.options import JudgedOptions, check_folders, judged_options, write_text
from relevance.commands.searching import WORDS_ALONE, tag_queries, watched, whole_searcher
from relevance.comparison import (
    Difference,
    check_fallen,
    compare_sets,
    comparison_table,
    comparison_to_json,
)
from relevance.errors import DegradedSearches
from relevance.evaluate import evaluate as run_evaluation
from relevance.evaluate import score
from relevance.report import (
    degraded_message,
    queries_to_tsv,
    remarks,
    scores_table,
    scores_to_json,
)
from relevance.runs import read_run, write_run

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND]")
@judged_options
@click.option("--run", "run_path", type=_FILE, help="Write what was found as a TREC run, 100 hits a query.")
@click.option(
    "--baseline", "baseline_path", type=_FILE, help="Compare with this TREC run; exit 1 when a set fell."
)
@click.option("--per-query", "per_query_path", type=_FILE, help="Write each query's figures as TSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def evaluate(  # noqa: PLR0913 - an argument for each option
    ctx: click.Context,
    *,
    judged: JudgedOptions,
    run_path: Path | None,
    per_query_path: Path | None,
    baseline_path: Path | None,
    as_json: bool,
) -> None:
    """Measure rankings against judged queries.

    A product with a positive grade is relevant. The mean is over sets, not over queries.
    """
    if ctx.invoked_subcommand is not None:
        if judged.queries_path or judged.qrels_path:
            raise click.UsageError(f"give --queries and --qrels behind {ctx.invoked_subcommand}", ctx)
        return
    check_folders({"--run": run_path, "--per-query": per_query_path})
    queries, qrels = judged.read()
    measures = judged.chosen(gated=baseline_path is not None)
    # Read before the searches: a file that cannot be used is told at once.
    before = None if baseline_path is None else read_run(baseline_path)
    with whole_searcher(judged.mode, WORDS_ALONE) as searcher:
        if judged.auto_tags:
            queries = tag_queries(queries, searcher)
        evaluation = run_evaluation(
            searcher,
            watched(queries, "query"),
            qrels,
            judged.mode,
            measures=measures,
            graded=judged.graded,
        )
    compared = {}
    if before is not None:
        baseline = score(before, queries, qrels, measures=measures, graded=judged.graded)
        compared = compare_sets(evaluation.scores, baseline, queries)
    if as_json:
        comparison = {"comparison": comparison_to_json(compared)} if compared else {}
        click.echo(json.dumps(scores_to_json(evaluation) | comparison, ensure_ascii=False))
    else:
        click.echo("\n\n".join([scores_table(evaluation.scores), *_tables(compared)]))
    for line in remarks(evaluation, queries, qrels):
        click.echo(line, err=True)
    if run_path is not None:
        write_run(evaluation.run, run_path)
    if per_query_path is not None:
        write_text(per_query_path, queries_to_tsv(evaluation, queries))
    if evaluation.degraded:
        raise DegradedSearches(degraded_message(evaluation))
    check_fallen(compared, f"below {baseline_path}")


def _tables(compared: Mapping[str, Mapping[str, Difference]]) -> list[str]:
    return [comparison_table(compared)] if compared else []


# The commands under `shangsou evaluate`: one import above and one line here for each.
evaluate.add_command(compare)
evaluate.add_command(events)
