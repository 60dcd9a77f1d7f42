"""Report pages: one HTML file each, in Chinese, with inline styles and charts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment

from relevance.comparison import Difference, QueryChange
from relevance.evaluation import SetScores
from relevance.metrics import GATED_MEASURE
from relevance.provenance import describe
from relevance.reports.comparison import ComparisonReport, lists
from relevance.reports.evaluation import EvaluationReport, listed, worst_queries
from relevance.reports.suite import SHOWN_HITS, Results, counts
from relevance.suites.run import CaseOutcome
from shangsou.report_pages.environment import page_environment

# Half the height of the chart of gains, in pixels.
_CHART_HALF_HEIGHT = 90
# Chinese names of the automatic tags; tags given by people stay as they are.
_TAGS = {
    "long tail": "长尾查询",
    "latin": "拉丁字母",
    "mixed": "中英混写",
    "number": "带数字",
    "short": "短查询",
    "long": "长查询",
    "typo": "错别字",
    "brand": "品牌",
    "head": "热门查询",
    "entity:brand": "含品牌",
    "entity:product": "含商品词",
    "entity:colour": "含颜色",
    "entity:size": "含尺码",
    "entity:material": "含材质",
    "entity:season": "含季节",
    "entity:audience": "含人群",
    "entity:attribute": "含属性",
    "entity:model": "含型号",
    "entity:quantity": "含规格",
}
_CATEGORY_TAG = "category:"
_OUTCOME_COLOURS: Mapping[CaseOutcome, str] = {
    "passed": "good",
    "known failure": "flat",
    "failed": "bad",
    "fixed": "bad",
    "degraded": "bad",
}
# Minimum length of an axis: negligible differences must not fill a chart.
_MIN_AXIS = 0.02


class Bar(NamedTuple):
    """A query in the chart of gains and losses; `x` and `width` in percent, the others in pixels."""

    x: float
    width: float
    y: float
    height: float
    change: QueryChange


@dataclass(frozen=True, slots=True)
class Interval:
    """A set or tag with its difference, on a shared axis."""

    name: str
    queries: int
    before: float
    after: float
    difference: Difference
    axis_positions: tuple[float, float, float]
    """The positions of the interval's low end, the mean and the high end, in percent of the axis."""

    @property
    def verdict(self) -> str:
        """The verdict on the difference, in a word."""
        if self.difference.regressed:
            return "明显变差"
        if self.difference.improved:
            return "明显变好"
        return "没有变化" if not any(self.difference.interval) else "差别在偶然范围内"


def comparison_page(report: ComparisonReport) -> str:
    """Return a comparison as an HTML document."""
    comparison = report.comparison
    changed = [change for change in reversed(comparison.queries) if change.gain]
    # A tag of two queries, whose interval is as wide as can be, would shrink all others.
    differences = [by_measure[GATED_MEASURE] for by_measure in (comparison.mean, *comparison.sets.values())]
    reach = max(_MIN_AXIS, *(abs(end) for difference in differences for end in difference.interval))
    before, after = report.scores
    return (
        _environment()
        .get_template("comparison.html")
        .render(
            report=report,
            gated=before.measures[[measure.name for measure in before.measures].index(GATED_MEASURE)].title,
            mean=Interval(
                "各集平均",
                len(after.queries),
                before.mean[GATED_MEASURE],
                after.mean[GATED_MEASURE],
                comparison.mean[GATED_MEASURE],
                _axis_positions(comparison.mean[GATED_MEASURE], reach),
            ),
            sets=_intervals(comparison.sets, before.sets, after.sets, reach),
            tags=_intervals(comparison.tags, before.tags, after.tags, reach),
            reach=reach,
            measures=after.measures,
            bars=_bars(changed),
            half_height=_CHART_HALF_HEIGHT,
            highest=max((abs(change.gain) for change in changed), default=0.0),
            gained=sum(change.gain > 0 for change in changed),
            lost=sum(change.gain < 0 for change in changed),
            same=len(comparison.queries) - len(changed),
            worst=[(change, *lists(change, report)) for change in report.worst],
            best=[(change, *lists(change, report)) for change in report.best],
        )
    )


class SetShare(NamedTuple):
    """A set or tag in the bar chart of an evaluation."""

    name: str
    queries: int
    value: float


def evaluation_page(report: EvaluationReport) -> str:
    """Return the evaluation of one ranking as an HTML document."""
    scores = report.evaluation.scores
    main = scores.measures[0]
    values = [values[main.name] for values in scores.queries.values() if main.name in values]
    return (
        _environment()
        .get_template("evaluation.html")
        .render(
            report=report,
            scores=scores,
            measures=scores.measures,
            main=main.title,
            best_is="0 为最好，1 为最差" if main.is_error else "1 为最好，0 为最差",
            mean=scores.mean.get(main.name),
            sets=_set_shares(scores.sets, main.name),
            tags=_set_shares(scores.tags, main.name),
            spread=[
                ("为 0 分", sum(value == 0 for value in values)),
                ("高于 0、不到 0.5", sum(0 < value < 0.5 for value in values)),
                ("0.5 以上、不到 1", sum(0.5 <= value < 1 for value in values)),
                ("为 1 分", sum(value == 1 for value in values)),
            ],
            total=len(values),
            worst=[
                (query, scores.queries[query.qid][main.name], listed(query.qid, report))
                for query in worst_queries(report)
            ],
        )
    )


def _set_shares(scores: Mapping[str, SetScores], measure: str) -> list[SetShare]:
    return [
        SetShare(name, set_scores.queries, set_scores.values[measure])
        for name, set_scores in scores.items()
        if measure in set_scores.values
    ]


class OutcomeShare(NamedTuple):
    """The cases of a suite with the same outcome, in a stacked bar; positions in percent."""

    outcome: CaseOutcome
    cases: int
    x: float
    width: float
    colour: str


def suites_page(results: Results) -> str:
    """Return the results of suites as an HTML document."""
    return (
        _environment()
        .get_template("suite.html")
        .render(
            results=results, case_counts=counts(results), parts=_outcome_shares(results), shown=SHOWN_HITS
        )
    )


def _outcome_shares(results: Results) -> list[OutcomeShare]:
    outcome_counts = Counter(result.outcome for suite in results.values() for result in suite)
    parts: list[OutcomeShare] = []
    counted = 0
    for outcome, colour in _OUTCOME_COLOURS.items():
        if outcome_counts[outcome]:
            share = 100 / outcome_counts.total()
            parts.append(
                OutcomeShare(
                    outcome,
                    outcome_counts[outcome],
                    round(counted * share, 2),
                    round(outcome_counts[outcome] * share, 2),
                    colour,
                )
            )
            counted += outcome_counts[outcome]
    return parts


def _intervals(
    differences: Mapping[str, Mapping[str, Difference]],
    before: Mapping[str, SetScores],
    after: Mapping[str, SetScores],
    reach: float,
) -> list[Interval]:
    return [
        Interval(
            name,
            after[name].queries,
            before[name].values[GATED_MEASURE],
            after[name].values[GATED_MEASURE],
            by_measure[GATED_MEASURE],
            _axis_positions(by_measure[GATED_MEASURE], reach),
        )
        for name, by_measure in differences.items()
    ]


def _axis_positions(difference: Difference, reach: float) -> tuple[float, float, float]:
    low, high = difference.interval
    positions = (50 + 50 * value / reach for value in (low, difference.mean, high))
    first, middle, last = (round(min(100.0, max(0.0, position)), 2) for position in positions)
    return first, middle, last


def _bars(changed: Sequence[QueryChange]) -> list[Bar]:
    """Return a bar for each query that changed, greatest gain first."""
    highest = max((abs(change.gain) for change in changed), default=1.0)
    width = 100 / max(1, len(changed))
    bars = []
    for index, change in enumerate(changed):
        height = round(max(1.0, _CHART_HALF_HEIGHT * abs(change.gain) / highest), 1)
        top = _CHART_HALF_HEIGHT - height if change.gain > 0 else _CHART_HALF_HEIGHT
        bars.append(Bar(round(index * width, 3), round(width * 0.86, 3), round(top, 1), height, change))
    return bars


def _chinese_tag(name: str) -> str:
    if name.startswith(_CATEGORY_TAG):
        return f"类目：{name.removeprefix(_CATEGORY_TAG)}"
    return _TAGS.get(name, name)


def render(template: str, **values: object) -> str:
    """Return a page of a template of this folder."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = page_environment(Path(__file__).parent)
    environment.filters["tag"] = _chinese_tag
    environment.filters["signed"] = lambda value: f"{value:+.3f}".replace("-", "−")
    environment.filters["provenance"] = describe
    environment.filters["figure"] = lambda value: f"{value:.3f}"
    return environment
