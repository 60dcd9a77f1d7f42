"""The report of a comparison, as JSON, for CI, and as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relevance.comparison import (
    Comparison,
    Difference,
    QueryChange,
    comparison_to_json,
    difference_to_json,
)
from relevance.evaluation import Scores
from relevance.gate import MEAN, Verdict, verdict_to_json
from relevance.groups import UNGROUPED, ProductGroups
from relevance.judgements import Qrels
from relevance.metrics import GATED_MEASURE
from relevance.provenance import UNKNOWN, Provenance, provenance_to_json
from relevance.reports.junit import JunitCase, junit_xml
from relevance.reports.markdown import code, table
from relevance.runs import Run
from shangsou.text.plurals import quantity

# Depth of both lists of a query: a first page, and the depth of the gated measure.
SHOWN_HITS = 10
# Rows of tags in Markdown: automatic ones alone, with those of categories, may be fifty.
_MAX_TAGS = 10


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """A comparison with the data needed to present it."""

    before: str
    """The name of the ranking: a file, or the live one."""
    after: str
    comparison: Comparison
    verdict: Verdict
    runs: tuple[Run, Run]
    """Before and after, like `scores`."""
    scores: tuple[Scores, Scores]
    qrels: Qrels
    titles: Mapping[str, str]
    """The titles of the products shown, as far as they are in the index."""
    queries_shown: int
    """The number of queries shown with both lists."""
    groups: ProductGroups = UNGROUPED
    """Of the products that were judged or found."""
    provenance: tuple[Provenance, Provenance] = (UNKNOWN, UNKNOWN)
    """Of the rankings before and after."""

    @property
    def worst(self) -> Sequence[QueryChange]:
        """The queries with the largest losses, worst first."""
        return [change for change in self.comparison.queries if change.gain < 0][: self.queries_shown]

    @property
    def best(self) -> Sequence[QueryChange]:
        """The queries with the largest gains, best first; half as many as of the worst."""
        gained = [change for change in reversed(self.comparison.queries) if change.gain > 0]
        return gained[: self.queries_shown // 2]


@dataclass(frozen=True, slots=True)
class ListedHit:
    """A product in one of the two lists."""

    rank: int
    product_id: str
    title: str
    """Empty if the product is not in the index."""
    grade: int | None
    """The best of its variants; None if none was judged."""
    moved: int | None
    """Ranks moved up (above 0) or down from the other list; None if no variant of it is shown there."""


def lists(change: QueryChange, report: ComparisonReport) -> tuple[list[ListedHit], list[ListedHit]]:
    """Return the top of both rankings for a query."""
    tops = [[hit.product_id for hit in run.get(change.query.qid, ())][:SHOWN_HITS] for run in report.runs]
    groups = report.groups
    grades = groups.grades(report.qrels.get(change.query.qid, {}))

    def listed(top: Sequence[str], other: Sequence[str]) -> list[ListedHit]:
        # From the last to the first, so that a group has the rank of its first variant.
        ranks = {groups.name(other[rank - 1]): rank for rank in range(len(other), 0, -1)}
        return [
            ListedHit(
                rank,
                product_id,
                report.titles.get(product_id, ""),
                grades.get(name),
                ranks[name] - rank if name in ranks else None,
            )
            for rank, product_id in enumerate(top, start=1)
            for name in [groups.name(product_id)]
        ]

    return listed(tops[0], tops[1]), listed(tops[1], tops[0])


def shown_products(comparison: Comparison, runs: Sequence[Run], queries_shown: int) -> list[str]:
    """Return the ids of the products whose titles a report needs."""
    changed = [change for change in comparison.queries if change.gain]
    shown = [*changed[:queries_shown], *changed[-queries_shown:]]
    return list(
        dict.fromkeys(
            hit.product_id
            for change in shown
            for run in runs
            for hit in run.get(change.query.qid, ())[:SHOWN_HITS]
        )
    )


def report_to_json(report: ComparisonReport) -> dict[str, object]:
    """Return a comparison as plain JSON values; queries with the greatest loss come first."""
    return {
        "before": report.before,
        "after": report.after,
        "sets": comparison_to_json(report.comparison.sets),
        "tags": comparison_to_json(report.comparison.tags),
        "mean": {name: difference_to_json(difference) for name, difference in report.comparison.mean.items()},
        "gate": verdict_to_json(report.verdict),
        "fell": [name for name in report.verdict.fell if name in report.comparison.sets],
        "provenance": [provenance_to_json(one) for one in report.provenance],
        "queries": [_query_to_json(change, report) for change in report.comparison.queries if change.gain],
    }


def comparison_junit(report: ComparisonReport) -> str:
    """Return JUnit XML: a test for each set and the mean, and one for what may break of single queries."""
    verdict = report.verdict
    cases = []
    for name, differences in {**report.comparison.sets, MEAN: report.comparison.mean}.items():
        if name not in verdict.adjusted_p:
            continue
        summary = f"{GATED_MEASURE} {format_difference(differences[GATED_MEASURE])}"
        cases.append(JunitCase(name, failure=summary if name in verdict.fell else "", output=summary))
    cases.append(JunitCase("gate", failure="\n".join(reason.text for reason in verdict.reasons)))
    return junit_xml(f"{report.after} against {report.before}", cases)


def comparison_markdown(report: ComparisonReport) -> str:
    """Return Markdown for a comment in CI: verdict, sets and tags, the queries with the largest losses."""
    reasons = [f"**{reason.text}**" for reason in report.verdict.reasons]
    verdict = "; ".join(reasons) or "Nothing fell by more than chance"
    tags = _main_tags(report.comparison.tags)
    left_out = len(report.comparison.tags) - len(tags)
    rows = [
        [
            code(name),
            *(
                format_difference(differences[measure]) if measure in differences else "-"
                for measure in report.comparison.mean
            ),
        ]
        for name, differences in [
            *report.comparison.sets.items(),
            *tags.items(),
            (MEAN, report.comparison.mean),
        ]
    ]
    worst = [
        [code(change.query.text), code(change.query.set), f"{change.before:.3f}", f"{change.after:.3f}"]
        for change in report.worst
    ]
    parts = [
        f"### {code(report.after)} against {code(report.before)}",
        f"{verdict} ({GATED_MEASURE}, paired randomization test). 95 % intervals; ▲ and ▼: beyond chance.",
        table(["set or tag", *report.comparison.mean], rows),
    ]
    if left_out:
        parts.append(f"{quantity(left_out, 'more tag')} changed less; --html and --json have all.")
    if worst:
        parts += [
            f"Queries that lost most in {GATED_MEASURE}:",
            table(["query", "set", "before", "after"], worst),
        ]
    return "\n\n".join(parts) + "\n"


def _main_tags(
    tags: Mapping[str, Mapping[str, Difference]],
) -> Mapping[str, Mapping[str, Difference]]:
    """Return the tags that changed most in the gated measure, those beyond chance first."""

    def importance(name: str) -> tuple[bool, float]:
        difference = tags[name].get(GATED_MEASURE)
        if difference is None:
            return False, 0.0
        return difference.regressed or difference.improved, abs(difference.mean)

    names = sorted(tags, key=importance, reverse=True)[:_MAX_TAGS]
    # In the order in which they first occur, as everywhere.
    return {name: tags[name] for name in tags if name in names}


def format_difference(difference: Difference) -> str:
    """Return a difference as text: `-0.031 [-0.052, -0.010] ▼`."""
    sign = " ▼" if difference.regressed else " ▲" if difference.improved else ""
    return f"{difference.mean:+.3f} [{difference.interval[0]:+.3f}, {difference.interval[1]:+.3f}]{sign}"


def _query_to_json(change: QueryChange, report: ComparisonReport) -> dict[str, object]:
    before, after = lists(change, report)
    return {
        "qid": change.query.qid,
        "query": change.query.text,
        "set": change.query.set,
        "tags": list(change.query.tags),
        "before": change.before,
        "after": change.after,
        "gain": change.gain,
        "before_top": [_hit_to_json(hit) for hit in before],
        "after_top": [_hit_to_json(hit) for hit in after],
    }


def _hit_to_json(hit: ListedHit) -> dict[str, object]:
    payload = {"product_id": hit.product_id, "title": hit.title, "grade": hit.grade}
    return {name: value for name, value in payload.items() if value not in ("", None)}
