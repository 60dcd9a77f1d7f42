"""The page of a run: how it stands, its curves, tables and parameters. Self-contained, in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shangsou.report_pages.environment import page_environment

WIDTH, HEIGHT = 1_000, 200
"""Of the area of a curve; the page stretches it to its width."""
# What 0 means as a parameter.
_OF_ZERO = {"blend": "自动", "max_steps": "不限"}


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure over the steps."""

    name: str
    meaning: str
    points: Sequence[tuple[float, float, str]]
    """Position, and what a pointer on it is shown."""
    low: float
    high: float
    level: float | None
    """Height of a line to compare with; None for none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run stands."""

    headline: str
    lines: Sequence[str]
    tone: Literal["", "good", "bad"] = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a title."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_of_numbers: bool = True


@dataclass(frozen=True, slots=True)
class RunPage:
    """What a page shows, from the top down."""

    name: str
    introduction: str
    verdict: Verdict
    curves: Sequence[Curve]
    tables: Sequence[Table]
    parameters: Mapping[str, object]
    last_step: int


UNFINISHED = Verdict("训练未完成", ("正在训练，或已中断：再运行同一命令会接着训练。",))
"""Of a run without a result."""


def run_page(page: RunPage) -> str:
    """Return a run as an HTML document."""
    environment = page_environment(Path(__file__).parent)
    return environment.get_template("run_page.html").render(
        page=page,
        parameters={
            name: _OF_ZERO[name] if name in _OF_ZERO and not value else value
            for name, value in page.parameters.items()
        },
        width=WIDTH,
        height=HEIGHT,
    )


def curve(
    name: str,
    meaning: str,
    values: Sequence[tuple[int, float]],
    last_step: int,
    *,
    compared_with_first: bool = False,
) -> Curve:
    """Return a curve from step 0 to the last, its lowest value at the bottom and its highest at the top."""
    low = min((value for _, value in values), default=0.0)
    high = max((value for _, value in values), default=0.0)
    points = [
        (
            round(WIDTH * step / (last_step or 1), 1),
            round(HEIGHT - HEIGHT * (value - low) / (high - low or 1.0), 1),
            f"第 {step} 步：{value:.4g}",
        )
        for step, value in values
    ]
    return Curve(name, meaning, points, low, high, points[0][1] if compared_with_first and points else None)
