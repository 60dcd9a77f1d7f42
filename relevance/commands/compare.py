"""`shangsou evaluate compare`: two rankings of the same queries, side by side."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.options import (
    JudgedOptions,
    ReportOptions,
    judged_options,
    read_run_for,
    report_options,
)
from relevance.comparison import check_regressions, comparison_table
from relevance.comparison import compare as compare_scores
from relevance.errors import DegradedSearches
from relevance.evaluation import evaluate, score
from relevance.judgements import Query
from relevance.metrics import GATED_MEASURE
from relevance.reports.scores import degraded_message
from relevance.runs import Run
from relevance.searchers import (
    LEXICAL_MODE_ADVICE,
    RecipeSearcher,
    judged_groups,
    open_full_searcher,
    product_titles,
    tag_queries,
    with_progress,
)
from shangsou.search.request import Mode
from shangsou.text.terminal import fit

if TYPE_CHECKING:
    from relevance.reports.comparison import ComparisonReport, ListedHit
    from shangsou.search.ranking.recipe import RankingRecipe
    from shangsou.search.service.searcher import Searcher

# The name of the live ranking, on the command line and in reports.
PRESENT = "present"
# Queries shown in a terminal; the page shows more of them.
_MAX_QUERIES = 5
_TITLE_WIDTH = 40


@click.command()
@click.argument("before")
@click.argument("after", default=PRESENT)
@judged_options
@report_options
@click.option(
    "--worst", type=click.IntRange(1, 1000), default=20, show_default=True, help="Queries to show in full."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(  # noqa: PLR0913 - an argument for each option
    before: str, after: str, *, judged: JudgedOptions, reports: ReportOptions, worst: int, as_json: bool
) -> None:
    """Compare two rankings of the same judged queries.

    BEFORE and AFTER are each a TREC run, a ranking recipe (a file named *.json), or `present`, the live
    ranking. Exit 1 when a set fell by more than chance.
    """
    from relevance.reports.comparison import (
        ComparisonReport,
        comparison_junit,
        comparison_markdown,
        report_to_json,
        shown_products,
    )
    from relevance.reports.page import comparison_page

    reports.check()
    queries, qrels = judged.read()
    measures = judged.selected_measures(gated=True)
    # Read before the searches, so that an unusable file is reported at once.
    rankings = [_read_ranking(name, queries) for name in (before, after)]
    needs_search = any(not isinstance(ranking, Mapping) for ranking in rankings)
    # Titles only need no encoder.
    with open_full_searcher(judged.mode if needs_search else "lexical", LEXICAL_MODE_ADVICE) as searcher:
        if judged.auto_tags:
            queries = tag_queries(queries, searcher)
        runs = [
            ranking if isinstance(ranking, Mapping) else _search(searcher, ranking, queries, judged.mode)
            for ranking in rankings
        ]
        groups = judged_groups(searcher, qrels, *runs)
        scores = [
            score(run, queries, qrels, measures=measures, graded=judged.graded, groups=groups) for run in runs
        ]
        comparison = compare_scores(scores[1], scores[0], queries)
        titles = product_titles(searcher, shown_products(comparison, runs, worst))
    report = ComparisonReport(
        before=_ranking_name(before),
        after=_ranking_name(after),
        comparison=comparison,
        runs=(runs[0], runs[1]),
        scores=(scores[0], scores[1]),
        qrels=qrels,
        titles=titles,
        queries_shown=worst,
        groups=groups,
    )
    reports.write(
        html=lambda: comparison_page(report),
        junit=lambda: comparison_junit(report),
        markdown=lambda: comparison_markdown(report),
    )
    if as_json:
        click.echo(json.dumps(report_to_json(report), ensure_ascii=False))
    else:
        click.echo(_format_report(report))
    check_regressions(comparison.sets, f"from {report.before} to {report.after}")


def _read_ranking(name: str, queries: Sequence[Query]) -> "Run | RankingRecipe | None":
    """Return a run, a recipe, or None for the live ranking."""
    if name == PRESENT:
        return None
    if name.endswith(".json"):
        from shangsou.search.ranking.recipe import read_ranking_file
        from shangsou.settings import read_settings

        return read_ranking_file(Path(name), read_settings().home)
    return read_run_for(queries, Path(name))


def _search(
    searcher: "Searcher", recipe: "RankingRecipe | None", queries: Sequence[Query], mode: Mode
) -> Run:
    provider = searcher if recipe is None else RecipeSearcher(searcher, recipe)
    evaluation = evaluate(provider, with_progress(queries, "query"), {}, mode)
    if evaluation.degraded:
        raise DegradedSearches(degraded_message(evaluation))
    return evaluation.run


def _ranking_name(name: str) -> str:
    return name if name == PRESENT else Path(name).name


def _format_report(report: "ComparisonReport") -> str:
    from relevance.reports.comparison import lists

    comparison = report.comparison
    changed = [change for change in comparison.queries if change.gain]
    lost = sum(change.gain < 0 for change in changed)
    same = len(comparison.queries) - len(changed)
    parts = [
        f"{report.after} against {report.before}",
        comparison_table({**comparison.sets, **comparison.tags, "mean of sets": comparison.mean}),
        f"{GATED_MEASURE}: {len(changed) - lost} queries gained, {lost} lost, {same} are as before",
    ]
    for change in report.worst[:_MAX_QUERIES]:
        before, after = lists(change, report)
        lines = [f"{change.query.text}  ({change.query.set})  {change.before:.3f} -> {change.after:.3f}"]
        for rank in range(max(len(before), len(after))):
            left, right = (_cell(side[rank] if rank < len(side) else None) for side in (before, after))
            lines.append(f"{rank + 1:>3}  {fit(left, _TITLE_WIDTH)}  {fit(right, _TITLE_WIDTH).rstrip()}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _cell(hit: "ListedHit | None") -> str:
    if hit is None:
        return ""
    grade = "?" if hit.grade is None else str(hit.grade)
    return f"{grade} {hit.title or hit.product_id}"
