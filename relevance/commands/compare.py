"""`shangsou evaluate compare`: two rankings of the same queries, side by side."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.options import (
    GateOptions,
    JudgedOptions,
    ReportOptions,
    gate_options,
    history_option,
    judged_options,
    max_absent_option,
    report_options,
)
from relevance.comparison import compare as compare_scores
from relevance.comparison import comparison_table
from relevance.evaluation import score
from relevance.gate import MEAN, describe_drops, judge
from relevance.history import Entry, append_entry, judged_on
from relevance.judgements import Qrels
from relevance.metrics import GATED_MEASURE
from relevance.rankings import PRESENT, ask, needs_index, read_ranking
from relevance.reports.scores import absent_remark, check_absent
from relevance.searchers import (
    LEXICAL_MODE_ADVICE,
    judged_groups,
    open_full_searcher,
    product_titles,
    tag_queries,
)
from shangsou.text.plurals import quantity
from shangsou.text.terminal import fit

if TYPE_CHECKING:
    from relevance.reports.comparison import ComparisonReport, ListedHit

# Queries shown in a terminal; the page shows more of them.
_MAX_QUERIES = 5
_TITLE_WIDTH = 40


@click.command()
@click.argument("before")
@click.argument("after", default=PRESENT)
@judged_options
@gate_options
@report_options
@max_absent_option
@history_option
@click.option(
    "--worst", type=click.IntRange(1, 1000), default=20, show_default=True, help="Queries to show in full."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(  # noqa: PLR0913 - an argument for each option
    before: str,
    after: str,
    *,
    judged: JudgedOptions,
    gate: GateOptions,
    reports: ReportOptions,
    max_absent: float,
    history_folder: Path | None,
    worst: int,
    as_json: bool,
) -> None:
    """Compare two rankings of the same judged queries, or of queries alone.

    BEFORE and AFTER are each a TREC run, a ranking recipe (a file named *.json), another engine (a file named
    *.toml), or `present`, the live ranking. With --queries alone it says how much they differ. Exit 1 when a
    set or the mean fell by more than chance, or more queries broke than may.
    """
    from relevance.reports.comparison import (
        ComparisonReport,
        comparison_junit,
        comparison_markdown,
        report_to_json,
        shown_products,
    )
    from relevance.reports.page import comparison_page

    if judged.has_queries_alone:
        reports.refuse("without judgements there is nothing to report on; give --qrels too")
        gate.refuse_limits("without judgements there is no gate; give --qrels too, or leave out its limits")
        _compare_unjudged(before, after, judged, gate, worst, as_json=as_json)
        return
    reports.check()
    queries, qrels = judged.read()
    measures = judged.selected_measures(gated=True)
    # Read before the searches, so that an unusable file is reported at once.
    rankings = [read_ranking(name, queries, qrels, gate.missing) for name in (before, after)]
    searches_index = any(map(needs_index, rankings))
    # Titles only need no encoder.
    mode = judged.mode if searches_index else "lexical"
    with open_full_searcher(mode, LEXICAL_MODE_ADVICE) as searcher:
        if judged.tags_automatically(for_page=reports.html is not None):
            queries = tag_queries(queries, searcher)
        runs = [ask(ranking, queries, judged.mode, searcher) for ranking in rankings]
        queries = gate.common(queries, runs)
        found = (runs[0].run, runs[1].run)
        groups = judged_groups(searcher, qrels, *found)
        scores = [
            score(run, queries, qrels, measures=measures, graded=judged.graded, groups=groups)
            for run in found
        ]
        comparison = compare_scores(scores[1], scores[0], queries)
        titles = product_titles(searcher, shown_products(comparison, found, worst))
    report = ComparisonReport(
        before=_ranking_name(before),
        after=_ranking_name(after),
        comparison=comparison,
        verdict=judge(comparison, *found, queries, qrels, groups, gate.limits_for(runs[1])),
        runs=found,
        provenance=(runs[0].provenance, runs[1].provenance),
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
    if history_folder is not None:
        append_entry(history_folder, _history_entry(report))
    if searches_index:
        for line, _ in absent_remark(groups, qrels):
            click.echo(line, err=True)
        check_absent(groups, qrels, max_absent)
    report.verdict.check(f"from {report.before} to {report.after}")


def _compare_unjudged(  # noqa: PLR0913 - as `compare`
    before: str, after: str, judged: JudgedOptions, gate: GateOptions, worst: int, *, as_json: bool
) -> None:
    """Say how much two rankings differ on queries that nobody has judged."""
    from relevance.unjudged import differences_text, find_differences

    queries = judged.read_unjudged()
    rankings = [read_ranking(name, queries, {}, gate.missing) for name in (before, after)]
    mode = judged.mode if any(map(needs_index, rankings)) else "lexical"
    with open_full_searcher(mode, LEXICAL_MODE_ADVICE) as searcher:
        runs = [ask(ranking, queries, judged.mode, searcher) for ranking in rankings]
        queries = gate.common(queries, runs)
        asked: Qrels = {query.qid: {} for query in queries}
        groups = judged_groups(searcher, asked, *(one.run for one in runs))
    differences = find_differences(runs[0], runs[1], queries, groups)
    names = {"before": _ranking_name(before), "after": _ranking_name(after)}
    if as_json:
        click.echo(json.dumps(names | differences.to_json(), ensure_ascii=False))
    else:
        click.echo(differences_text(differences, names, worst))


def _history_entry(report: "ComparisonReport") -> Entry:
    """Return what a history keeps of a comparison: the figures of the ranking after."""
    after = report.scores[1]
    figures = {name: set_scores.values for name, set_scores in after.sets.items() if set_scores.values}
    return Entry(
        "compare",
        report.provenance[1],
        figures | {MEAN: after.mean},
        reasons=report.verdict.reasons,
        judged=judged_on([change.query for change in report.comparison.queries], report.qrels),
    )


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
        comparison_table({**comparison.sets, **comparison.tags, MEAN: comparison.mean}),
        describe_drops(report.verdict),
        f"{GATED_MEASURE}: {quantity(len(changed) - lost, 'query')} gained, {lost} lost, {same} as before",
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
