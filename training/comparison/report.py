"""Reports of a comparison of models: as JSON, for a terminal, and as a page in Chinese."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from relevance.reason import Reason
from shangsou.report_pages.environment import page_environment
from shangsou.text.terminal import display_width, fit
from training.comparison.comparison import KINDS, ModelComparison
from training.comparison.figure import Figure, Gain
from training.comparison.kind import ModelKind
from training.comparison.wording import cases_name, chinese_name, measure_name

_DIGITS = 6
_MARKS = {1: "▲", -1: "▼", 0: ""}
_TEXT_MARKS = {1: " higher", -1: " lower", 0: ""}


def comparison_to_json(comparison: ModelComparison) -> dict[str, object]:
    """Return all figures as plain JSON values, in the order of the page."""
    return {
        "figures": [_figure_to_json(figure) for figure in comparison.figures],
        "remarks": [remark.text for remark in comparison.remarks],
    }


def comparison_to_text(comparison: ModelComparison) -> str:
    """Return the figures as tables for a terminal: a line for each, and one for each difference."""
    lines = []
    for kind in (one.name for one in KINDS):
        for part, figures in _by_part(comparison, kind).items():
            measured = [figure for figure in figures if figure.value is not None]
            if measured:
                lines += [f"{kind}: {part}", *_text_rows(measured), ""]
        lines += [
            f"{kind}: {absent.who}: {absent.what}none: {absent.reason.text}"
            for absent in _absent(comparison, kind)
        ]
    return "\n".join(lines).rstrip()


def comparison_page(comparison: ModelComparison) -> str:
    """Return the figures as an HTML document."""
    environment = page_environment(Path(__file__).parent)
    environment.filters["figure"] = _number
    environment.filters["signed"] = lambda value: _signed(value).replace("-", "−")
    environment.filters["chinese"] = chinese_name
    environment.filters["measure"] = measure_name
    environment.filters["cases"] = cases_name
    return environment.get_template("comparison_page.html").render(
        sections=[_section(comparison, kind) for kind in KINDS],
        remarks=comparison.remarks,
        marks=_MARKS,
    )


@dataclass(frozen=True, slots=True)
class PartTable:
    """The figures of one part: a row for each model, a column for each measure."""

    measures: Sequence[str]
    rows: Mapping[str, Mapping[str, Figure]]
    """By model and measure."""
    gains: Mapping[tuple[str, str], Mapping[str, Gain]]
    """By model and baseline, then by measure."""
    notes: Mapping[str, Sequence[Reason]]
    """What limits figures, by model."""

    @property
    def cases(self) -> str:
        """How many cases each figure has: one number, or the least and the most."""
        counts = {figure.n for row in self.rows.values() for figure in row.values()}
        return f"{min(counts):,}" if len(counts) == 1 else f"{min(counts):,}–{max(counts):,}"


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of model on the page."""

    kind: ModelKind
    parts: Mapping[str, PartTable]
    absent: Sequence["Absent"]


@dataclass(frozen=True, slots=True)
class Absent:
    """Models that have no figure for one and the same reason."""

    models: Sequence[str]
    part: str
    measure: str
    reason: Reason

    @property
    def who(self) -> str:
        """The names of the models; `all` where a reason holds for all of a kind."""
        return ", ".join(filter(None, self.models)) or "all"

    @property
    def what(self) -> str:
        """What was not measured, before what is said of it; empty for all of a kind."""
        what = " ".join(filter(None, (self.part, self.measure)))
        return f"{what}: " if what else ""


def _section(comparison: ModelComparison, kind: ModelKind) -> Section:
    parts = {
        part: _table(measured)
        for part, figures in _by_part(comparison, kind.name).items()
        if (measured := [figure for figure in figures if figure.value is not None])
    }
    return Section(kind, parts, _absent(comparison, kind.name))


def _table(figures: Sequence[Figure]) -> PartTable:
    rows: dict[str, dict[str, Figure]] = {}
    gains: dict[tuple[str, str], dict[str, Gain]] = {}
    notes: dict[str, list[Reason]] = {}
    for figure in figures:
        rows.setdefault(figure.model, {})[figure.measure] = figure
        for gain in figure.gains:
            gains.setdefault((figure.model, gain.baseline), {})[figure.measure] = gain
        if figure.reason is not None and figure.reason not in notes.get(figure.model, []):
            notes.setdefault(figure.model, []).append(figure.reason)
    return PartTable(list(dict.fromkeys(figure.measure for figure in figures)), rows, gains, notes)


def _by_part(comparison: ModelComparison, kind: str) -> dict[str, list[Figure]]:
    parts: dict[str, list[Figure]] = {}
    for figure in comparison.figures:
        if figure.kind == kind:
            parts.setdefault(figure.part, []).append(figure)
    return parts


def _absent(comparison: ModelComparison, kind: str) -> list[Absent]:
    models: dict[tuple[str, str, Reason], list[str]] = {}
    for figure in comparison.problems:
        if figure.kind == kind and figure.reason is not None:
            models.setdefault((figure.part, figure.measure, figure.reason), []).append(figure.model)
    return [Absent(names, *of_all) for of_all, names in models.items()]


def _text_rows(figures: Sequence[Figure]) -> Iterator[str]:
    widths = [
        max(display_width(getattr(figure, field)) for figure in figures) for field in ("model", "measure")
    ]
    for figure in figures:
        interval = _interval(figure.low, figure.high, _number)
        yield (
            f"  {fit(figure.model, widths[0])}  {fit(figure.measure, widths[1])}  {figure.value:.3f} "
            f"{interval:16}  n {figure.n:,}"
        )
        for gain in figure.gains:
            interval = _interval(gain.low, gain.high, _signed)
            yield f"    less {gain.baseline}: {_signed(gain.mean)} {interval}{_TEXT_MARKS[gain.sign]}"
        if figure.reason is not None:
            yield f"    {figure.reason.text}"


def _interval(low: float | None, high: float | None, form: Callable[[float], str]) -> str:
    return "" if low is None or high is None else f"[{form(low)}, {form(high)}]"


def _signed(value: float) -> str:
    # What is 0 but for rounding has no minus; the end of an interval just below 0 has one.
    return f"{round(value, _DIGITS) + 0.0:+.3f}"


def _number(value: float) -> str:
    return f"{value:.3f}"


def _figure_to_json(figure: Figure) -> dict[str, object]:
    return asdict(figure) | {
        "value": _rounded(figure.value),
        "low": _rounded(figure.low),
        "high": _rounded(figure.high),
        "gains": [
            {
                "baseline": gain.baseline,
                "mean": _rounded(gain.mean),
                "low": _rounded(gain.low),
                "high": _rounded(gain.high),
                "sign": gain.sign,
            }
            for gain in figure.gains
        ],
        "reason": figure.reason and figure.reason.text,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
