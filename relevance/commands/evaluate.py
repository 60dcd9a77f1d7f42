"""`shangsou evaluate`: rankings against judged queries."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from relevance.commands.compare import compare
from relevance.commands.counterfactual import counterfactual
from relevance.commands.events import events
from relevance.commands.history import history
from relevance.commands.options import (
    FILE,
    GateOptions,
    JudgedOptions,
    gate_options,
    history_option,
    judged_options,
    max_absent_option,
)
from relevance.commands.personal import personal
from relevance.commands.recommend import recommend
from relevance.commands.spelling import require_lexicon, spelling
from relevance.comparison import Comparison, comparison_table, comparison_to_json
from relevance.comparison import compare as compare_scores
from relevance.evaluation import DEPTH, Evaluation, score
from relevance.evaluation import evaluate as run_evaluation
from relevance.gate import MEAN, Verdict, describe_drops, judge, verdict_to_json
from relevance.history import Entry, append_entry, judged_on, latency
from relevance.judgements import Qrels, Query
from relevance.provenance import Provenance, describe, provenance_of, provenance_to_json
from relevance.reports.scores import (
    check_absent,
    check_degraded,
    queries_to_tsv,
    remarks,
    scores_table,
    scores_to_json,
)
from relevance.run_records import AskedRun, read_asked_run, write_asked_run
from relevance.searchers import (
    LEXICAL_MODE_ADVICE,
    judged_groups,
    open_full_searcher,
    product_titles,
    tag_queries,
    with_progress,
)
from shangsou.output_files import check_folders, write_text
from shangsou.search.request import Mode

if TYPE_CHECKING:
    from shangsou.search.service.searcher import Searcher


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND]")
@judged_options
@gate_options
@click.option(
    "--run",
    "run_path",
    type=FILE,
    help="Write what was found as a TREC run, 100 hits a query; RUN.json beside it says what was asked.",
)
@click.option(
    "--baseline", "baseline_path", type=FILE, help="Compare with this TREC run; exit 1 when the gate closes."
)
@click.option("--per-query", "per_query_path", type=FILE, help="Write each query's figures as TSV.")
@click.option("--html", "html_path", type=FILE, help="Write a page for people: one file, with charts.")
@history_option
@max_absent_option
@click.option("--typos", type=int, metavar="SEED", help="Mistype each query at random before it is searched.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def evaluate(  # noqa: PLR0913 - an argument for each option
    ctx: click.Context,
    *,
    judged: JudgedOptions,
    gate: GateOptions,
    run_path: Path | None,
    per_query_path: Path | None,
    baseline_path: Path | None,
    typos: int | None,
    html_path: Path | None,
    max_absent: float,
    history_folder: Path | None,
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
    _check_baseline_is_kept(run_path, baseline_path)
    queries, qrels = judged.read()
    texts = {query.qid: query.text for query in queries}
    measures = judged.selected_measures(gated=baseline_path is not None)
    # Read before the searches, so that an unusable file is reported at once.
    baseline = None if baseline_path is None else read_asked_run(baseline_path, queries, qrels, gate.missing)
    with open_full_searcher(judged.mode, LEXICAL_MODE_ADVICE) as searcher:
        queries = _prepare_queries(
            queries,
            searcher,
            auto_tags=judged.tags_automatically(for_page=html_path is not None),
            typos=typos,
        )
        evaluation = run_evaluation(
            searcher,
            with_progress(queries, "query"),
            qrels,
            judged.mode,
            measures=measures,
            graded=judged.graded,
        )
        provenance = _provenance(searcher, judged.mode, typos)
        asked_run = AskedRun(evaluation.run, frozenset(evaluation.run), DEPTH, provenance, texts=texts)
        if html_path is not None:
            write_text(html_path, _render_page(evaluation, queries, qrels, searcher))
        gated = (
            None
            if baseline is None
            else _compare(evaluation, asked_run, baseline, queries, qrels, judged, gate, searcher)
        )
    format_result = _format_json if as_json else _format_text
    click.echo(format_result(evaluation, asked_run, gated))
    for line in remarks(evaluation, queries, qrels):
        click.echo(line, err=True)
    if run_path is not None:
        write_asked_run(asked_run, run_path)
    if per_query_path is not None:
        write_text(per_query_path, queries_to_tsv(evaluation, queries))
    if history_folder is not None:
        append_entry(history_folder, _history_entry(evaluation, asked_run, gated, judged_on(queries, qrels)))
    check_absent(evaluation.groups, qrels, max_absent)
    check_degraded(evaluation)
    if gated is not None:
        gated.verdict.check(f"against {baseline_path}")


def _check_baseline_is_kept(run_path: Path | None, baseline_path: Path | None) -> None:
    if run_path is not None and baseline_path is not None and run_path.resolve() == baseline_path.resolve():
        raise click.UsageError("--run would overwrite the baseline; write the run to a file of its own")


def _provenance(searcher: "Searcher", mode: Mode, typos: int | None) -> Provenance:
    provenance = provenance_of(searcher, mode)
    if typos is None:
        return provenance
    return replace(provenance, settings={**provenance.settings, "typos": str(typos)})


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


class _Gated(NamedTuple):
    """A comparison with a baseline, and what the gate says of it."""

    comparison: Comparison
    verdict: Verdict


def _compare(  # noqa: PLR0913, PLR0917 - what was found before and now, and how to compare it
    evaluation: Evaluation,
    now: AskedRun,
    before: AskedRun,
    queries: Sequence[Query],
    qrels: Qrels,
    judged: JudgedOptions,
    gate: GateOptions,
    searcher: "Searcher",
) -> _Gated:
    common = gate.common(queries, [before, now])
    groups = judged_groups(searcher, qrels, before.run, now.run)
    scores = [
        score(
            one.run,
            common,
            qrels,
            measures=evaluation.scores.measures,
            graded=judged.graded,
            groups=groups,
        )
        for one in (now, before)
    ]
    comparison = compare_scores(scores[0], scores[1], common)
    return _Gated(
        comparison,
        judge(comparison, before.run, now.run, common, qrels, groups, gate.limits_for(now)),
    )


def _history_entry(
    evaluation: Evaluation, asked_run: AskedRun, gated: _Gated | None, judged_as: str
) -> Entry:
    scores = evaluation.scores
    figures = {name: set_scores.values for name, set_scores in scores.sets.items() if set_scores.values}
    searches = len(evaluation.took_ms)
    return Entry(
        "evaluate",
        asked_run.provenance,
        figures | {MEAN: scores.mean} if len(figures) > 1 else figures,
        evaluation.without_matches / searches if searches else None,
        *latency(evaluation.took_ms),
        gated.verdict.reasons if gated else None,
        judged_as,
    )


def _format_json(evaluation: Evaluation, asked_run: AskedRun, gated: _Gated | None) -> str:
    payload = scores_to_json(evaluation) | {"provenance": provenance_to_json(asked_run.provenance)}
    if gated is not None:
        payload |= {
            "comparison": comparison_to_json(gated.comparison.sets),
            "gate": verdict_to_json(gated.verdict),
        }
    return json.dumps(payload, ensure_ascii=False)


def _format_text(evaluation: Evaluation, asked_run: AskedRun, gated: _Gated | None) -> str:
    parts = [scores_table(evaluation.scores), describe(asked_run.provenance)]
    if gated is not None:
        rows = {**gated.comparison.sets, MEAN: gated.comparison.mean}
        parts += [comparison_table(rows), describe_drops(gated.verdict)]
    return "\n\n".join(parts)


# The commands under `shangsou evaluate`: one import above and one line here for each.
evaluate.add_command(compare)
evaluate.add_command(counterfactual)
evaluate.add_command(events)
evaluate.add_command(history)
evaluate.add_command(personal)
evaluate.add_command(recommend)
evaluate.add_command(spelling)
