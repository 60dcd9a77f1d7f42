"""The page of a run: its curves, its parameters and its result. Self-contained, in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shangsou.report_pages.environment import page_environment
from training.encoder.run_folder import Metrics

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


def curves_page(
    name: str, metrics: Sequence[Metrics], parameters: Mapping[str, object], result: Mapping[str, object]
) -> str:
    """Return a run as an HTML document; without a result it is one that still runs."""
    environment = page_environment(Path(__file__).parent)
    last_step = max((one.step for one in metrics), default=0)
    return environment.get_template("curves_page.html").render(
        name=name,
        curves=[
            curve(
                "验证集 MRR",
                "越高越好；第 0 步和虚线是原模型",
                [(one.step, one.mrr) for one in metrics],
                last_step,
                compared_with_first=True,
            ),
            curve(
                "训练损失",
                "两次评估之间的平均值，越低越好",
                [(one.step, one.loss) for one in metrics if one.loss is not None],
                last_step,
            ),
            curve(
                "学习率",
                "先升后降",
                [(one.step, one.learning_rate) for one in metrics if one.step],
                last_step,
            ),
        ],
        last_step=last_step,
        metrics=metrics,
        parameters={
            name: _OF_ZERO[name] if name in _OF_ZERO and not value else value
            for name, value in parameters.items()
        },
        result=result,
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
