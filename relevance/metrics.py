"""Ranking metrics. A product with a positive grade is relevant."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from shangsou.errors import UnusableInput
from shangsou.search.request import MAX_PAGE_SIZE

# As in gdeval of TREC's web tracks, the reference program for ERR: a user is satisfied by a product of grade
# g with probability (2^g - 1) / 2^4.
_ERR_MAX_GRADE = 4


@dataclass(frozen=True, slots=True)
class QueryJudgements:
    """The judgements of products for one query."""

    gains: Mapping[str, int]
    """The gains of the relevant products, all above 0."""
    grades: Mapping[str, int]
    """The grades of all judged products."""


def relevant_only(product_ids: Iterable[str]) -> QueryJudgements:
    """Return judgements that know of nothing but relevant products, each with grade 1."""
    grades = dict.fromkeys(product_ids, 1)
    return QueryJudgements(grades, grades)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure at a depth, such as `ndcg@10`."""

    kind: str
    k: int

    @property
    def name(self) -> str:
        """The name in files: `ndcg@10`."""
        return f"{self.kind}@{self.k}"

    @property
    def title(self) -> str:
        """The name in tables: `nDCG@10`."""
        return f"{_TITLES.get(self.kind, self.kind)}@{self.k}"

    def value(self, ranking: Sequence[str], judgements: QueryJudgements) -> float:
        """Return the value of the measure for a ranking, from 0 to 1."""
        return _MEASURES[self.kind](ranking, judgements, self.k)


def parse_measure(text: str) -> Measure:
    """Parse a measure such as `nDCG@10`, in any case, also by its name in ir-measures.

    Raises `UnusableInput` for an unknown measure, and for a depth other than 1 to 100, the depth of an
    evaluation's searches.
    """
    match = re.fullmatch(r"\s*([a-z0-9]+)@(\d+)\s*", text, re.IGNORECASE)
    kind = match[1].lower() if match else ""
    kind = _ALIASES.get(kind, kind)
    if match is None or kind not in _MEASURES or not 1 <= int(match[2]) <= MAX_PAGE_SIZE:
        raise UnusableInput(
            f"{text.strip()!r} is no measure; there are {', '.join(f'{name}@K' for name in _MEASURES)}, "
            f"with a depth K from 1 to {MAX_PAGE_SIZE}"
        )
    return Measure(kind, int(match[2]))


def parse_measures(text: str) -> tuple[Measure, ...]:
    """Parse a list of measures separated by commas, without duplicates, in order."""
    return tuple(dict.fromkeys(parse_measure(name) for name in text.split(",")))


def measure(
    ranking: Sequence[str],
    grades: Mapping[str, int],
    measures: Iterable[Measure] | None = None,
    *,
    graded: bool = False,
) -> dict[str, float]:
    """Return the values of measures, by name, for one query with a relevant product.

    Parameters
    ----------
    ranking
        Distinct product ids, best first.
    grades
        Grades of the judged products; all others are not relevant.
    measures
        By default `DEFAULT_MEASURES`.
    graded
        Whether nDCG takes grades as gains. Otherwise a relevant product has gain 1, whatever its grade.

    Raises
    ------
    ValueError
        If no product is relevant, since no ranking could be right then.
    """
    gains = {doc_id: grade if graded else 1 for doc_id, grade in grades.items() if grade > 0}
    if not gains:
        raise ValueError("no product is relevant")
    judgements = QueryJudgements(gains, grades)
    return {metric.name: metric.value(ranking, judgements) for metric in measures or DEFAULT_MEASURES}


def ndcg(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the normalized discounted cumulative gain of the first `k`.

    A gain at rank r is discounted to gain / log2(r + 1); 1 is the best order of all judged products
    (Järvelin and Kekäläinen, 2002).
    """
    best = sorted(judgements.gains.values(), reverse=True)
    return _discounted_gain(judgements.gains.get(doc_id, 0) for doc_id in ranking[:k]) / _discounted_gain(
        best[:k]
    )


def reciprocal_rank(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return 1 / rank of the first relevant product, 0 if none is among the first `k`."""
    ranks = (rank for rank, doc_id in enumerate(ranking[:k], start=1) if doc_id in judgements.gains)
    return 1 / next(ranks, float("inf"))


def average_precision(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the mean over all relevant products of the precision at their ranks, 0 beyond `k`.

    The mean of this over queries is MAP.
    """
    total, relevant_count = 0.0, 0
    for rank, doc_id in enumerate(ranking[:k], start=1):
        if doc_id in judgements.gains:
            relevant_count += 1
            total += relevant_count / rank
    return total / len(judgements.gains)


def precision(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the share of relevant products among the first `k` ranks; an empty rank is not relevant."""
    return _count_relevant(ranking, judgements, k) / k


def recall(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the share of the relevant products that are among the first `k`."""
    return _count_relevant(ranking, judgements, k) / len(judgements.gains)


def f1(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * _count_relevant(ranking, judgements, k) / (k + len(judgements.gains))


def hit(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return 1 if any relevant product is among the first `k`, else 0. The mean is the hit rate."""
    return float(_count_relevant(ranking, judgements, k) > 0)


def expected_reciprocal_rank(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the expected 1 / rank at which a shopper going down the first `k` is satisfied, from the grades.

    Chapelle et al., 2009. It is always graded, whatever gains nDCG uses; a grade above 4 counts as 4.
    """
    total, unsatisfied = 0.0, 1.0
    for rank, doc_id in enumerate(ranking[:k], start=1):
        grade = min(max(judgements.grades.get(doc_id, 0), 0), _ERR_MAX_GRADE)
        satisfied = (2**grade - 1) / 2**_ERR_MAX_GRADE
        total += unsatisfied * satisfied / rank
        unsatisfied *= 1 - satisfied
    return total


def judged_share(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the share of the first `k` hits that were judged, 0 without hits.

    The lower it is, the more the other figures understate, since unjudged products count as not relevant.
    """
    top = ranking[:k]
    return sum(doc_id in judgements.grades for doc_id in top) / len(top) if top else 0.0


def _count_relevant(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> int:
    return sum(doc_id in judgements.gains for doc_id in ranking[:k])


def _discounted_gain(gains: Iterable[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


_MEASURES: Mapping[str, Callable[[Sequence[str], QueryJudgements, int], float]] = {
    "ndcg": ndcg,
    "mrr": reciprocal_rank,
    "map": average_precision,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "hit": hit,
    "err": expected_reciprocal_rank,
    "judged": judged_share,
}
_TITLES = {"ndcg": "nDCG", "mrr": "MRR", "map": "MAP", "f1": "F1", "err": "ERR"}
# Their names in ir-measures.
_ALIASES = {"rr": "mrr", "ap": "map", "p": "precision", "r": "recall", "success": "hit"}

DEFAULT_MEASURES = parse_measures("ndcg@10,mrr@10,recall@100,precision@10,hit@10")
# The measure of the release gate: testing several would raise more false alarms.
GATED_MEASURE = "ndcg@10"
