"""The page of a fine-tuning."""

from collections.abc import Mapping, Sequence
from typing import Any

from training.encoder.run_folder import Metrics
from training.encoder.run_page import UNFINISHED, RunPage, Table, Verdict, curve, run_page

_INTRODUCTION = "这些数字来自训练时没有用过的查询和商品，只用来决定何时停止；上线与否由评测决定。"


def curves_page(
    name: str, metrics: Sequence[Metrics], parameters: Mapping[str, object], result: Mapping[str, Any]
) -> str:
    """Return a run as an HTML document; without a result it is one that still runs."""
    last_step = max((one.step for one in metrics), default=0)
    curves = [
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
            "学习率", "先升后降", [(one.step, one.learning_rate) for one in metrics if one.step], last_step
        ),
    ]
    table = Table("每次评估", ("步", "轮", "损失", "MRR", "学习率", "秒"), [_row(one) for one in metrics])
    verdict = _verdict(result) if result else UNFINISHED
    return run_page(RunPage(name, _INTRODUCTION, verdict, curves, [table], parameters, last_step))


def _verdict(result: Mapping[str, Any]) -> Verdict:
    if not result["blend"]:
        return Verdict(
            "比原模型差",
            [f"原模型的 MRR 是 {result['base_mrr']:.4f}，训练后 {result['best_mrr']:.4f}：没有安装模型。"],
            "bad",
        )
    is_lower = result["mrr"] < result["base_mrr"]
    lines = [f"取第 {result['best_step']} 步的权重，占 {100 * result['blend']:.0f}%，其余为原模型的权重。"]
    if is_lower:
        lines.append("比原模型略低，但在一个标准误差之内，不算变差。")
    return Verdict(f"MRR {result['base_mrr']:.4f} → {result['mrr']:.4f}", lines, "" if is_lower else "good")


def _row(one: Metrics) -> Sequence[str]:
    loss = "–" if one.loss is None else f"{one.loss:.4f}"
    return (
        f"{one.step}",
        f"{one.epoch:.2f}",
        loss,
        f"{one.mrr:.4f}",
        f"{one.learning_rate:.2e}",
        f"{one.seconds:.1f}",
    )
