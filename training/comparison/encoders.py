"""Figures of encoders alone: pairs that they tell apart, and judged queries, beside plain scores."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from relevance.evaluation import qids_by_set
from relevance.groups import products_to_judge, read_groups
from relevance.judgements import has_relevant
from relevance.metrics import measure, parse_measures
from relevance.reason import Reason
from relevance.reports.scores import absent_remark, check_absent
from shangsou.errors import ShangsouError
from shangsou.settings import DEFAULT_MODEL, Settings
from training.comparison.comparison_input import ComparisonInput, Log
from training.comparison.figure import Figure, Groups, Measured, no_figures, paired_figures, ratio_values
from training.comparison.installed import open_encoders, unusable
from training.comparison.kind import ModelKind
from training.comparison.plain_scores import BIGRAMS, BM25, plain_scorers
from training.comparison.shop import Retriever, Shop, VectorRetriever, open_shop, plain_retrievers
from training.gate.gate_input import GateInput, judging_splits, remarks_on, without_leaked
from training.gate.judged_sets import JudgedSets
from training.gate.pair_outcomes import JudgedPairs, PairOutcomes, judge_pairs, judge_scores
from training.gate.seen import TrainedPairs, read_trained

KIND = "encoder"
PAIRS = "held-out pairs"
MEAN = "mean of sets"
BASELINES = (BM25, BIGRAMS, DEFAULT_MODEL)
MEASURES = parse_measures("precision@10,recall@10,f1@10,ndcg@10")
_JUDGED = parse_measures("judged@10")
_NAMES = {BM25: "词语 BM25", BIGRAMS: "共同二字串", PAIRS: "留出的商品对", MEAN: "各评测集平均"}
# Enough for ten groups of products: a group has few variants.
_DEPTH = 100
_PAIR_MEASURES = ("accuracy", "precision", "recall", "f1")
_NOTHING = Reason(
    "give --pairs, or --queries with --qrels, or --judgements to measure encoders",
    "请用 --pairs 给出商品对，或用 --queries 和 --qrels、--judgements 给出评测查询，才能测量编码器",
)
_NONE_FOUND = Reason(
    "at its threshold it finds no pair to belong together", "按它的阈值，没有一对算是匹配的商品对"
)
_Values = dict[str, Mapping[str, Groups]]


def measure_encoders(settings: Settings, wanted: ComparisonInput, log: Log) -> Measured:
    """Return the figures of the installed encoders, on whichever of pairs and judged queries are given."""
    figures: list[Figure] = []
    remarks: list[Reason] = []
    trained = read_trained(wanted.pairs) if wanted.pairs else None
    for part, is_given, measure_part in (
        (PAIRS, bool(wanted.pairs), _measure_pairs),
        (MEAN, bool(wanted.judged.queries), _measure_judged),
    ):
        if not is_given:
            continue
        try:
            measured = measure_part(settings, wanted, trained, log)
        except ShangsouError as problem:
            measured = Measured([no_figures(KIND, "", unusable(problem), part)])
        figures += measured.figures
        remarks += [remark for remark in measured.remarks if remark not in remarks]
    return Measured(figures or [no_figures(KIND, "", _NOTHING)], remarks)


def _measure_pairs(
    settings: Settings, wanted: ComparisonInput, trained: TrainedPairs | None, log: Log
) -> Measured:
    """Return how pairs are told from random ones, at the threshold that is best on the validation pairs."""
    splits = judging_splits(wanted.pairs)
    if splits is None:
        return Measured([])
    test = splits[1]
    values: _Values = {
        name: _pair_values(outcomes, test) for name, outcomes in _plain_outcomes(*splits).items()
    }
    problems: list[Figure] = []
    remarks: list[Reason] = [_pair_counts(*splits)]
    gate = GateInput("", pairs=wanted.pairs, pairs_hash=wanted.pairs_hash)
    for name, encoder, model in open_encoders(settings, wanted):
        if isinstance(encoder, Reason):
            problems.append(no_figures(KIND, name, encoder, PAIRS))
            continue
        try:
            log(f"{name}: {len(test.queries):,} pairs")
            values[name] = _pair_values(judge_pairs(encoder, *splits), test)
            remarks += remarks_on(model, gate, trained) if model else []
        except ShangsouError as problem:
            problems.append(no_figures(KIND, name, unusable(problem), PAIRS))
    problems += [
        Figure(KIND, name, PAIRS, "precision", reason=_NONE_FOUND)
        for name, of_model in values.items()
        if "precision" not in of_model
    ]
    return Measured([*paired_figures(KIND, PAIRS, values, BASELINES), *problems], remarks)


def _pair_counts(validation: JudgedPairs, test: JudgedPairs) -> Reason:
    pairs, queries, chosen = len(test.queries), len(set(test.queries)), len(validation.queries)
    return Reason(
        f"{pairs:,} test pairs of {queries:,} queries, half of them random ones; thresholds come from "
        f"{chosen:,} validation pairs; pairs of a query count together",
        f"商品对：测试集 {pairs:,} 对，来自 {queries:,} 条查询，其中一半是随机的非对；"
        f"阈值由验证集的 {chosen:,} 对选出；同一条查询的商品对合并计算",
    )


def _plain_outcomes(validation: JudgedPairs, test: JudgedPairs) -> dict[str, PairOutcomes]:
    titles = sorted({*validation.titles, *test.titles})
    row = {title: number for number, title in enumerate(titles)}
    outcomes = {}
    for name, scorer in plain_scorers(titles).items():
        scores = {query: scorer.scores(query) for query in {*validation.queries, *test.queries}}
        first, second = (
            np.array(
                [scores[query][row[title]] for query, title in zip(split.queries, split.titles, strict=True)]
            )
            for split in (validation, test)
        )
        outcomes[name] = judge_scores(first, second, validation, test)
    return outcomes


def _pair_values(outcomes: PairOutcomes, test: JudgedPairs) -> dict[str, Groups]:
    """Return values of each query, by measure; the pairs of a query are not independent."""
    sums: dict[str, list[int]] = {}
    for query, belongs, right in zip(
        test.queries, test.belongs.tolist(), outcomes.is_right.tolist(), strict=True
    ):
        found = belongs == right
        of_query = sums.setdefault(query, [0, 0, 0, 0, 0])
        for column, value in enumerate((right, True, belongs and found, found, belongs)):
            of_query[column] += value
    right, pairs, hits, found, belong = (list(column) for column in zip(*sums.values(), strict=True))
    twice_hits = [2 * count for count in hits]
    both = [one + other for one, other in zip(found, belong, strict=True)]
    ratios = (right, pairs), (hits, found), (hits, belong), (twice_hits, both)
    return {
        name: [ratio_values(*ratio)]
        for name, ratio in zip(_PAIR_MEASURES, ratios, strict=True)
        # Of no pair that was found there is no precision.
        if any(ratio[1])
    }


def _measure_judged(
    settings: Settings, wanted: ComparisonInput, trained: TrainedPairs | None, log: Log
) -> Measured:
    """Return what each encoder alone finds for judged queries, among the titles of the live index."""
    judged, remarks = without_leaked(wanted.judged, trained)
    judged = _measurable(judged)
    if not judged.queries:
        reason = Reason("no judged query has a relevant product", "评测查询都没有相关商品")
        return Measured([no_figures(KIND, "", reason)], remarks)
    values: dict[str, Sequence[dict[str, float]]] = {}
    problems: list[Figure] = []
    with open_shop(settings) as shop:
        groups = read_groups(shop.engine, products_to_judge(judged.grades))
        check_absent(groups, judged.grades, wanted.max_absent_percent)
        remarks += absent_remark(groups, judged.grades)
        for name, retriever in plain_retrievers(shop).items():
            values[name] = _query_values(retriever, judged, shop)
        for name, encoder, model in open_encoders(settings, wanted):
            if isinstance(encoder, Reason):
                problems.append(no_figures(KIND, name, encoder, MEAN))
                continue
            try:
                log(f"{name}: {len(judged.queries):,} judged queries over {len(shop.titles):,} titles")
                values[name] = _query_values(VectorRetriever(shop, encoder), judged, shop)
                if model and not wanted.pairs:
                    remarks += remarks_on(model, GateInput(""), None)
            except ShangsouError as problem:
                problems.append(no_figures(KIND, name, unusable(problem), MEAN))
    return Measured([*_judged_figures(values, judged), *problems], [*remarks, _judged_shares(values)])


def _measurable(judged: JudgedSets) -> JudgedSets:
    """Return the queries with a relevant product: for the others no ranking could be right."""
    kept = [query for query in judged.queries if has_relevant(judged.grades, query.qid)]
    return JudgedSets(kept, {query.qid: judged.grades[query.qid] for query in kept})


def _query_values(retriever: Retriever, judged: JudgedSets, shop: Shop) -> list[dict[str, float]]:
    found = retriever.find([query.text for query in judged.queries], _DEPTH)
    run = {query.qid: ids for query, ids in zip(judged.queries, found, strict=True)}
    groups = read_groups(shop.engine, products_to_judge(judged.grades, run))
    return [
        measure(
            groups.distinct(run[query.qid]), groups.grades(judged.grades[query.qid]), (*MEASURES, *_JUDGED)
        )
        for query in judged.queries
    ]


def _judged_shares(values: Mapping[str, Sequence[dict[str, float]]]) -> Reason:
    """Return how much of what each found was judged: a model that was not among the judged ones has less."""
    shares = {name: fmean(row[_JUDGED[0].name] for row in rows) for name, rows in values.items()}
    listed = "; ".join(f"{name} {share:.0%}" for name, share in shares.items())
    chinese = "，".join(f"{_NAMES.get(name, name)} {share:.0%}" for name, share in shares.items())
    return Reason(
        f"judged among the first ten: {listed}; what nobody judged counts as wrong, so that figures of a "
        "model with less of it are too low",
        f"前十位中评过的比例：{chinese}；没有评过的都算不相关，比例低的模型数值偏低",
    )


def _judged_figures(values: Mapping[str, Sequence[dict[str, float]]], judged: JudgedSets) -> list[Figure]:
    """Return the figures of the mean of the sets, and behind it of each set where there are several."""
    row = {query.qid: number for number, query in enumerate(judged.queries)}
    sets = qids_by_set(judged.queries)
    parts = {MEAN: list(sets.values())} if len(sets) > 1 else {}
    parts |= {name: [qids] for name, qids in sets.items()}
    return [
        figure
        for part, groups in parts.items()
        for figure in paired_figures(
            KIND,
            part,
            {
                name: {
                    one.name: [[rows[row[qid]][one.name] for qid in qids] for qids in groups]
                    for one in MEASURES
                }
                for name, rows in values.items()
            },
            BASELINES,
        )
    ]


ENCODERS = ModelKind(
    KIND,
    "编码器",
    "编码器单独计算标题的余弦，不经过搜索的其他部分；基线是标题词语的 BM25 和共同二字串的比例。"
    "商品对的阈值由验证集选出，测试集里每一对配一对随机的非对。",
    measure_encoders,
    _NAMES,
)
