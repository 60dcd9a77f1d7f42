"""The page of a pre-training."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from training.encoder.run_page import UNFINISHED, Curve, RunPage, Table, Verdict, curve, run_page
from training.pretraining.train import Point

if TYPE_CHECKING:
    from training.pretraining.pretrain import Pretrained

_INTRODUCTION = (
    "预训练让模型熟悉本店的用词：遮住标题里的整词，让它猜。得到的模型用来微调，检索效果要等微调后由评测决定。"
)


def pretraining_page(
    name: str, points: Sequence[Point], parameters: Mapping[str, object], result: "Pretrained | None"
) -> str:
    """Return a run as an HTML document; without a result it is one that still runs."""
    last_step = max((one.step for one in points), default=0)

    def over_steps(name: str, meaning: str, figure: str) -> Curve:
        return curve(name, meaning, [(one.step, getattr(one, figure)) for one in points], last_step)

    curves = [
        over_steps("困惑度", "没有学过的标题里被遮住的词，越低越好", "perplexity"),
        over_steps("编码器损失", "猜被遮住的词，两次评估之间的平均值，越低越好", "encoder_loss"),
        over_steps("解码器损失", "由文本向量还原全文，越低越好", "decoder_loss"),
        over_steps("与原模型的距离", "1 − 余弦：遮词后的向量与原模型对全文的向量", "distance"),
        over_steps("学习率", "先只训练预测层，再训练全部", "learning_rate"),
    ]
    tables = [
        Table(
            "每次评估",
            ("步", "轮", "编码器损失", "解码器损失", "距离", "困惑度", "学习率", "秒"),
            [_row(one) for one in points],
        )
    ]
    if result is not None:
        tables.insert(0, Table("填词", ("文本", "训练前", "训练后"), _fills(result), is_of_numbers=False))
    return run_page(RunPage(name, _INTRODUCTION, _verdict(result), curves, tables, parameters, last_step))


def _verdict(result: "Pretrained | None") -> Verdict:
    if result is None:
        return UNFINISHED
    learned = f"学习 {result.texts:,} 条文本，另有 {result.held_out:,} 条标题只用来测量"
    return Verdict(
        f"困惑度 {result.perplexity_before:.2f} → {result.perplexity:.2f}",
        (
            learned + (f"；{result.words:,} 个新词加入词表。" if result.words else "。"),
            "“训练前”是只训练了预测层、编码器还没有变的时候。",
        ),
        "good" if result.perplexity < result.perplexity_before else "",
    )


def _fills(result: "Pretrained") -> list[Sequence[str]]:
    return [
        (template, *("、".join(f"{words} {share:.0%}" for words, share in found[when]) for when in found))
        for template, found in result.fills.items()
    ]


def _row(one: Point) -> Sequence[str]:
    return (
        f"{one.step}",
        f"{one.epoch:.2f}",
        f"{one.encoder_loss:.3f}",
        f"{one.decoder_loss:.3f}",
        f"{one.distance:.4f}",
        f"{one.perplexity:.2f}",
        f"{one.learning_rate:.2e}",
        f"{one.seconds:.1f}",
    )
