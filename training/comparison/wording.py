"""Chinese names of what a comparison holds; names of models and sets that people gave stay as they are."""

from collections.abc import Mapping

from relevance.offline.recommendations import OURS
from training.comparison import encoders, rankers, shelves, traffic
from training.comparison.installed import DEFAULT_RANKER
from training.comparison.plain_scores import BIGRAMS, BM25

_MODELS: Mapping[str, str] = {
    BM25: "词语 BM25",
    BIGRAMS: "共同二字串",
    rankers.PLAIN: "普通排序",
    rankers.POPULAR: "加上热门度",
    DEFAULT_RANKER: "默认个性化模型",
    "popular": "热门商品",
    "trending": "近期趋势",
    "item-kNN": "相似商品（item-kNN）",
    "item-kNN, sessions": "相似商品（按会话）",
    OURS: "商搜货架",
    traffic.AS_LOGGED: "日志中的排序",
    "": "全部",
}
_PARTS: Mapping[str, str] = {
    encoders.PAIRS: "留出的商品对",
    encoders.MEAN: "各评测集平均",
    rankers.SEARCHES: "有历史的顾客的搜索",
    shelves.LATER: "顾客随后选择的商品",
    traffic.SERVED: "实际提供服务的搜索",
    traffic.ESTIMATED: "按曝光估计（每次搜索，前 10 位）",
}
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


# What is counted; elsewhere it is queries, since what is of one query is not independent.
_CASES: Mapping[str, str] = {
    shelves.LATER: "位顾客",
    traffic.SERVED: "次搜索",
}


def model_name(name: str) -> str:
    """Return the name of a model for the page."""
    return _MODELS.get(name, name)


def part_name(name: str) -> str:
    """Return the name of what was measured on."""
    before, colon, ranker = name.partition(": ")
    if colon and before == rankers.VALIDATION:
        return f"{ranker} 训练时留出的顾客"
    return _PARTS.get(name, name)


def cases_name(part: str) -> str:
    """Return what the cases of a part are."""
    return "次搜索" if part.startswith(rankers.VALIDATION) else _CASES.get(part, "条查询")


def measure_name(name: str) -> str:
    """Return the name of a measure."""
    return _MEASURES.get(name, name)
