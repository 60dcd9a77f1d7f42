"""`shangsou evaluate`: rankings against judged queries."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.compare import compare
from relevance.commands.events import events
from relevance.commands.options import JudgedOptions, check_folders, judged_options, read_run_for, write_text
from relevance.commands.personal import personal
from relevance.commands.recommend import recommend
from relevance.commands.spelling import require_lexicon, spelling
from relevance.comparison import (
    Difference,
    check_regressions,
    compare_sets,
    comparison_table,
    comparison_to_json,
)
from relevance.errors import DegradedSearches
from relevance.evaluation import Evaluation, score
from relevance.evaluation import evaluate as run_evaluation
from relevance.judgements import Qrels, Query
from relevance.reports.scores import (
    degraded_message,
    queries_to_tsv,
    remarks,
    scores_table,
    scores_to_json,
)
from relevance.runs import write_run
from relevance.searchers import (
    LEXICAL_MODE_ADVICE,
    judged_groups,
    open_full_searcher,
    product_titles,
    tag_queries,
    with_progress,
)

if TYPE_CHECKING:
    from shangsou.search.service.searcher import Searcher

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND]")
@judged_options
@click.option("--run", "run_path", type=_FILE, help="Write what was found as a TREC run, 100 hits a query.")
@click.option(
    "--baseline", "baseline_path", type=_FILE, help="Compare with this TREC run; exit 1 when a set fell."
)
@click.option("--per-query", "per_query_path", type=_FILE, help="Write each query's figures as TSV.")
@click.option("--html", "html_path", type=_FILE, help="Write a page for people: one file, with charts.")
@click.option("--typos", type=int, metavar="SEED", help="Mistype each query at random before it is searched.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def evaluate(  # noqa: PLR0913 - an argument for each option
    ctx: click.Context,
    *,
    judged: JudgedOptions,
    run_path: Path | None,
    per_query_path: Path | None,
    baseline_path: Path | None,
    typos: int | None,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Measure rankings against judged queries.

    A product with a positive grade is relevant. The mean is over sets, not over queries.
    """
    if ctx.invoked_subcommand is not None:
        if judged.is_given:
            raise click.UsageError(f"give the files of judgements behind {ctx.invoked_subcommand}", ctx)
        return
    check_folders({"--run": run_path, "--per-query": per_query_path, "--html": html_path})
    queries, qrels = judged.read()
    measures = judged.selected_measures(gated=baseline_path is not None)
    # Read before the searches, so that an unusable file is reported at once.
    baseline_run = None if baseline_path is None else read_run_for(queries, baseline_path)
    with open_full_searcher(judged.mode, LEXICAL_MODE_ADVICE) as searcher:
        queries = _prepare_queries(queries, searcher, auto_tags=judged.auto_tags, typos=typos)
        evaluation = run_evaluation(
            searcher,
            with_progress(queries, "query"),
            qrels,
            judged.mode,
            measures=measures,
            graded=judged.graded,
        )
        if html_path is not None:
            write_text(html_path, _render_page(evaluation, queries, qrels, searcher))
        differences = {}
        if baseline_run is not None:
            groups = judged_groups(searcher, qrels, baseline_run)
            baseline = score(
                baseline_run, queries, qrels, measures=measures, graded=judged.graded, groups=groups
            )
            differences = compare_sets(evaluation.scores, baseline, queries)
    click.echo(_format_json(evaluation, differences) if as_json else _format_text(evaluation, differences))
    for line in remarks(evaluation, queries, qrels):
        click.echo(line, err=True)
    if run_path is not None:
        write_run(evaluation.run, run_path)
    if per_query_path is not None:
        write_text(per_query_path, queries_to_tsv(evaluation, queries))
    if evaluation.degraded:
        raise DegradedSearches(degraded_message(evaluation))
    check_regressions(differences, f"below {baseline_path}")


def _prepare_queries(
    queries: list[Query], searcher: "Searcher", *, auto_tags: bool, typos: int | None
) -> list[Query]:
    """Return the queries to search, tagged and, if wanted, mistyped."""
    if auto_tags:
        queries = tag_queries(queries, searcher)
    if typos is not None:
        from relevance.typos import mistype

        queries = mistype(queries, require_lexicon(searcher), typos)
    return queries


def _render_page(evaluation: Evaluation, queries: Sequence[Query], qrels: Qrels, searcher: "Searcher") -> str:
    from relevance.reports.evaluation import EvaluationReport, shown_products
    from relevance.reports.page import evaluation_page

    report = EvaluationReport(evaluation, queries, qrels, {})
    return evaluation_page(replace(report, titles=product_titles(searcher, shown_products(report))))


def _format_json(evaluation: Evaluation, differences: Mapping[str, Mapping[str, Difference]]) -> str:
    comparison = {"comparison": comparison_to_json(differences)} if differences else {}
    return json.dumps(scores_to_json(evaluation) | comparison, ensure_ascii=False)


def _format_text(evaluation: Evaluation, differences: Mapping[str, Mapping[str, Difference]]) -> str:
    table = scores_table(evaluation.scores)
    return f"{table}\n\n{comparison_table(differences)}" if differences else table


# The commands under `shangsou evaluate`: one import above and one line here for each.
evaluate.add_command(compare)
evaluate.add_command(events)
evaluate.add_command(personal)
evaluate.add_command(recommend)
evaluate.add_command(spelling)
