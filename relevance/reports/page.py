"""Pages for people: one file each, with styles and charts inside, in Chinese."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from relevance.comparison import Difference, QueryChange, fallen_sets
from relevance.evaluate import SetScores
from relevance.metrics import GATED
from relevance.reports.comparison import ComparisonReport, lists
from relevance.reports.evaluation import EvaluationReport, listed, worst_queries
from relevance.reports.suite import SHOWN_HITS, Results, counts
from relevance.suite_run import Outcome

# Half the height of the chart of gains, in pixels.
_HALF_HEIGHT = 90
# The tags that queries get by themselves, for readers of Chinese; those that people gave stay as they are.
_TAGS = {
    "long tail": "长尾查询",
    "latin": "拉丁字母",
    "mixed": "中英混写",
    "number": "带数字",
    "short": "短查询",
    "long": "长查询",
    "typo": "错别字",
    "brand": "品牌",
}
_OUTCOME_COLOURS: Mapping[Outcome, str] = {
    "passed": "good",
    "known failure": "flat",
    "failed": "bad",
    "fixed": "bad",
    "degraded": "bad",
}
# No axis is shorter: differences that nobody would notice must not fill a chart.
_LEAST_AXIS = 0.02


class Bar(NamedTuple):
    """A query in the chart of gains and losses; `x` and `width` in percent of it, the others in pixels."""

    x: float
    width: float
    y: float
    height: float
    change: QueryChange


@dataclass(frozen=True, slots=True)
class Interval:
    """A set or tag with its difference, on an axis that all share."""

    name: str
    queries: int
    before: float
    after: float
    difference: Difference
    places: tuple[float, float, float]
    """Of the low end of the interval, the mean and the high end, in percent of the axis."""

    @property
    def verdict(self) -> str:
        """The difference in a word."""
        if self.difference.fell:
            return "明显变差"
        if self.difference.rose:
            return "明显变好"
        return "没有变化" if not any(self.difference.interval) else "差别在偶然范围内"


def comparison_page(report: ComparisonReport) -> str:
    """Return a comparison as an HTML document."""
    comparison = report.comparison
    changed = [change for change in reversed(comparison.queries) if change.gain]
    differences = [
        one[GATED] for one in (comparison.mean, *comparison.sets.values(), *comparison.tags.values())
    ]
    reach = max(_LEAST_AXIS, *(abs(end) for one in differences for end in one.interval))
    before, after = report.scores
    return (
        _environment()
        .get_template("comparison.html")
        .render(
            report=report,
            gated=before.measures[[one.name for one in before.measures].index(GATED)].title,
            mean=Interval(
                "各集平均",
                len(after.queries),
                before.mean[GATED],
                after.mean[GATED],
                comparison.mean[GATED],
                _places(comparison.mean[GATED], reach),
            ),
            sets=_intervals(comparison.sets, before.sets, after.sets, reach),
            tags=_intervals(comparison.tags, before.tags, after.tags, reach),
            reach=reach,
            measures=after.measures,
            fell=fallen_sets(comparison.sets),
            bars=_bars(changed),
            half_height=_HALF_HEIGHT,
            highest=max((abs(change.gain) for change in changed), default=0.0),
            gained=sum(change.gain > 0 for change in changed),
            lost=sum(change.gain < 0 for change in changed),
            same=len(comparison.queries) - len(changed),
            worst=[(change, *lists(change, report)) for change in report.worst],
            best=[(change, *lists(change, report)) for change in report.best],
        )
    )


class Share(NamedTuple):
    """A set or tag in the bars of an evaluation."""

    name: str
    queries: int
    value: float


def evaluation_page(report: EvaluationReport) -> str:
    """Return the figures of one ranking as an HTML document."""
    scores = report.evaluation.scores
    main = scores.measures[0]
    values = sorted((values[main.name] for values in scores.queries.values()), reverse=True)
    return (
        _environment()
        .get_template("evaluation.html")
        .render(
            report=report,
            scores=scores,
            measures=scores.measures,
            main=main.title,
            mean=scores.mean[main.name],
            sets=_shares(scores.sets, main.name),
            tags=_shares(scores.tags, main.name),
            spread=[
                ("为 0 分", sum(value == 0 for value in values)),
                ("高于 0、不到 0.5", sum(0 < value < 0.5 for value in values)),
                ("0.5 以上、不到 1", sum(0.5 <= value < 1 for value in values)),
                ("满分", sum(value == 1 for value in values)),
            ],
            total=len(values),
            worst=[
                (query, scores.queries[query.qid][main.name], listed(query.qid, report))
                for query in worst_queries(report)
            ],
        )
    )


def _shares(scores: Mapping[str, SetScores], measure: str) -> list[Share]:
    return [Share(name, one.queries, one.values[measure]) for name, one in scores.items() if one.values]


class Part(NamedTuple):
    """The cases of a suite that came out alike, in the bar of all; places in percent."""

    outcome: Outcome
    cases: int
    x: float
    width: float
    colour: str


def suites_page(results: Results) -> str:
    """Return suites that were run as an HTML document."""
    return (
        _environment()
        .get_template("suite.html")
        .render(results=results, found=counts(results), parts=_parts(results), shown=SHOWN_HITS)
    )


def _parts(results: Results) -> list[Part]:
    every = Counter(result.outcome for suite in results.values() for result in suite)
    parts: list[Part] = []
    done = 0
    for outcome, colour in _OUTCOME_COLOURS.items():
        if every[outcome]:
            share = 100 / every.total()
            parts.append(
                Part(
                    outcome, every[outcome], round(done * share, 2), round(every[outcome] * share, 2), colour
                )
            )
            done += every[outcome]
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
            before[name].values[GATED],
            after[name].values[GATED],
            one[GATED],
            _places(one[GATED], reach),
        )
        for name, one in differences.items()
    ]


def _places(difference: Difference, reach: float) -> tuple[float, float, float]:
    low, high = difference.interval
    first, middle, last = (round(50 + 50 * value / reach, 2) for value in (low, difference.mean, high))
    return first, middle, last


def _bars(changed: Sequence[QueryChange]) -> list[Bar]:
    """Return a bar for each query that changed, the greatest gain first."""
    highest = max((abs(change.gain) for change in changed), default=1.0)
    width = 100 / max(1, len(changed))
    bars = []
    for place, change in enumerate(changed):
        height = round(max(1.0, _HALF_HEIGHT * abs(change.gain) / highest), 1)
        top = _HALF_HEIGHT - height if change.gain > 0 else _HALF_HEIGHT
        bars.append(Bar(round(place * width, 3), round(width * 0.86, 3), round(top, 1), height, change))
    return bars


@cache
def _environment() -> Environment:
    # Everything is escaped: queries and titles are whatever people typed.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["tag"] = lambda name: _TAGS.get(name, name)
    environment.filters["signed"] = lambda value: f"{value:+.3f}".replace("-", "−")
    environment.filters["figure"] = lambda value: f"{value:.3f}"
    return environment
