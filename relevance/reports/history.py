"""The page of a history: a line a set over time, marked where commit, index, ranking or settings changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relevance.history import CHINESE_NAMES, COMMAND_NAMES, Command, Entry
from relevance.provenance import changes
from relevance.reason import Reason
from relevance.reports.page import render

_WIDTH, _HEIGHT, _PADDING = 1_000, 180, 12
# Of an axis, in the unit of its figures: smaller differences must not fill a chart.
_MIN_SPAN = 0.05
_COLOURS = ("#0b62a4", "#c2331f", "#0b7a4b", "#8a5a00", "#6a3fa0", "#1c2530")
# Names of what changed, in Chinese.
_CHANGED = {
    "commit": "提交",
    "generation": "索引",
    "ranking": "排序",
    "mode": "模式",
    "model": "模型",
    "model_hash": "模型哈希",
    "precision": "精度",
    "typos": "错字",
}


class Line(NamedTuple):
    """One set over time."""

    name: str
    colour: str
    points: Sequence[tuple[float, float, str]]
    """Position and what stands beside it."""
    last: float


class Mark(NamedTuple):
    """An entry before which something changed."""

    x: float
    number: int
    at: str
    changed: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """The lines of one figure of one command."""

    title: str
    lines: Sequence[Line]
    marks: Sequence[Mark]
    low: float
    high: float


def history_page(entries: Sequence[Entry], drift: Sequence[Reason]) -> str:
    """Return a history as an HTML document."""
    charts = [chart for command in COMMAND_NAMES for chart in _charts(command, entries)]
    return render(
        "history.html",
        charts=charts,
        drift=drift,
        entries=list(reversed(entries)),
        commands=COMMAND_NAMES,
        width=_WIDTH,
        height=_HEIGHT,
    )


def _charts(command: Command, entries: Sequence[Entry]) -> list[Chart]:
    own = [entry for entry in entries if entry.command == command]
    if not own:
        return []
    title = COMMAND_NAMES[command]
    measures = dict.fromkeys(name for entry in own for values in entry.figures.values() for name in values)
    names = list(dict.fromkeys(name for entry in own for name in entry.figures))
    charts = [
        _chart(
            f"{title}：{CHINESE_NAMES.get(measure, measure)}",
            own,
            {CHINESE_NAMES.get(name, name): _figure(name, measure) for name in names},
        )
        for measure in measures
    ]
    others: dict[str, dict[str, Callable[[Entry], float | None]]] = {
        f"{title}：没有结果的搜索占比": {"占比": lambda entry: entry.empty_share},
        f"{title}：耗时（毫秒）": {
            "一半的搜索不超过": lambda entry: entry.p50_ms,
            "95% 的搜索不超过": lambda entry: entry.p95_ms,
        },
    }
    charts += [_chart(name, own, values) for name, values in others.items()]
    return [chart for chart in charts if chart.lines]


def _figure(name: str, measure: str) -> Callable[[Entry], float | None]:
    return lambda entry: entry.figures.get(name, {}).get(measure)


def _chart(title: str, entries: Sequence[Entry], values: dict[str, Callable[[Entry], float | None]]) -> Chart:
    read = {name: [value_of(entry) for entry in entries] for name, value_of in values.items()}
    known = [value for of_line in read.values() for value in of_line if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if high - low < _MIN_SPAN:
        # No figure is below 0.
        low, high = max(0.0, low - _MIN_SPAN / 2), high + _MIN_SPAN / 2

    def x(position: int) -> float:
        return _PADDING + (_WIDTH - 2 * _PADDING) * (position / max(1, len(entries) - 1))

    def y(value: float) -> float:
        return _PADDING + (_HEIGHT - 2 * _PADDING) * (high - value) / (high - low)

    lines = [
        Line(
            name,
            _COLOURS[number % len(_COLOURS)],
            [
                (round(x(at), 1), round(y(value), 1), f"{entries[at].provenance.at} {name} {value:.3f}")
                for at, value in enumerate(of_line)
                if value is not None
            ],
            next(value for value in reversed(of_line) if value is not None),
        )
        for number, (name, of_line) in enumerate(read.items())
        if any(value is not None for value in of_line)
    ]
    marks: list[Mark] = []
    for at in range(1, len(entries)):
        changed = [
            _chinese_change(one) for one in changes(entries[at - 1].provenance, entries[at].provenance)
        ]
        if entries[at].judged != entries[at - 1].judged:
            changed.append(f"评测集 {entries[at - 1].judged or '未知'} → {entries[at].judged or '未知'}")
        if changed:
            marks.append(Mark(round(x(at), 1), len(marks) + 1, entries[at].provenance.at, changed))
    return Chart(title, lines, marks, low, high)


def _chinese_change(change: str) -> str:
    name, _, values = change.partition(" ")
    return f"{_CHANGED.get(name, name)} {values}"
