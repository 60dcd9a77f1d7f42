"""Chinese names of what a comparison holds; names of models and sets that people gave stay as they are."""

from collections.abc import Mapping

from training.comparison.kind import ModelKind

_MEASURES: Mapping[str, str] = {
    "accuracy": "准确率",
    "precision": "精确率",
    "recall": "召回率",
    "f1": "F1",
    "precision@10": "精确率@10",
    "recall@10": "召回率@10",
    "f1@10": "F1@10",
    "ndcg@10": "nDCG@10",
    "mrr@10": "MRR@10",
    "hit@10": "命中率@10",
    "ctr": "点击率",
    "conversion": "成交率",
    "clicks@10": "点击数",
    "purchases@10": "成交数",
}


def chinese_name(name: str, kind: ModelKind) -> str:
    """Return the name of a model or part of a kind; empty is all of them."""
    first, colon, rest = name.partition(": ")
    if colon and first in kind.names:
        return f"{kind.names[first]}：{rest}"
    return kind.names.get(name, name) or "全部"


def cases_name(part: str, kind: ModelKind) -> str:
    """Return what the cases of a part are."""
    return kind.cases.get(part.partition(": ")[0], "条查询")


def measure_name(name: str, kind: ModelKind) -> str:
    """Return the name of a measure."""
    return kind.names.get(name, _MEASURES.get(name, name))
