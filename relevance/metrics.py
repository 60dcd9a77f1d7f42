"""How good a ranking is, by the measures of the field. A product with a positive grade is relevant."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from shangsou.errors import UnusableInput
from shangsou.search.request import MAX_PAGE_SIZE

# As gdeval of TREC's web tracks has it, the program that ERR figures come from: a user is satisfied by a
# product of grade g with probability (2^g - 1) / 2^4.
_ERR_MAX_GRADE = 4


@dataclass(frozen=True, slots=True)
class QueryJudgements:
    """What is known of the products for one query."""

    gains: Mapping[str, int]
    """Of the relevant products, all above 0."""
    grades: Mapping[str, int]
    """Of all that were judged."""


def relevant_only(product_ids: Iterable[str]) -> QueryJudgements:
    """Return judgements that know of nothing but relevant products, each with grade 1."""
    grades = dict.fromkeys(product_ids, 1)
    return QueryJudgements(grades, grades)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure at a depth, as `ndcg@10`."""

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
        """Return what a ranking is worth, from 0 to 1."""
        return _MEASURES[self.kind](ranking, judgements, self.k)


def parse_measure(text: str) -> Measure:
    """Return the measure of a name such as `nDCG@10`, in any case, also by its names in ir-measures.

    Raises `UnusableInput` for an unknown measure, and for a depth that is not 1 to 100: that deep an
    evaluation searches.
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
    """Return the distinct measures of a list separated by commas, in its order."""
    return tuple(dict.fromkeys(parse_measure(name) for name in text.split(",")))


def measure(
    ranking: Sequence[str],
    grades: Mapping[str, int],
    measures: Iterable[Measure] | None = None,
    *,
    graded: bool = False,
) -> dict[str, float]:
    """Return the values, by name, for one query that has a relevant product.

    Parameters
    ----------
    ranking
        Distinct product ids, best first.
    grades
        Of the judged products; all others are not relevant.
    measures
        `DEFAULT_MEASURES` unless given.
    graded
        nDCG counts each grade as its gain. Without it a relevant product gains 1, whatever its grade.

    Raises
    ------
    ValueError
        When no product is relevant: there is nothing that a ranking could get right.
    """
    gains = {doc_id: grade if graded else 1 for doc_id, grade in grades.items() if grade > 0}
    if not gains:
        raise ValueError("no product is relevant")
    judgements = QueryJudgements(gains, grades)
    return {metric.name: metric.value(ranking, judgements) for metric in measures or DEFAULT_MEASURES}


def ndcg(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the normalized discounted cumulative gain of the first `k`.

    A gain at rank r counts gain / log2(r + 1); 1 is the best order of all judged products
    (Järvelin and Kekäläinen, 2002).
    """
    best = sorted(judgements.gains.values(), reverse=True)
    return _discounted_gain(judgements.gains.get(doc_id, 0) for doc_id in ranking[:k]) / _discounted_gain(
        best[:k]
    )


def reciprocal_rank(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return 1 / rank of the first relevant product, 0 when none is among the first `k`."""
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
    """Return the share of relevant products among the first `k` places; an empty place is not relevant."""
    return _count_relevant(ranking, judgements, k) / k


def recall(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the share of the relevant products that are among the first `k`."""
    return _count_relevant(ranking, judgements, k) / len(judgements.gains)


def f1(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * _count_relevant(ranking, judgements, k) / (k + len(judgements.gains))


def hit(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return 1 when any relevant product is among the first `k`, else 0. The mean is the hit rate."""
    return float(_count_relevant(ranking, judgements, k) > 0)


def expected_reciprocal_rank(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the expected 1 / rank at which a shopper going down the first `k` is satisfied, from the grades.

    Chapelle et al., 2009. It is graded by nature, so it reads grades whatever gain nDCG counts; one
    above 4 counts as 4.
    """
    total, unsatisfied = 0.0, 1.0
    for rank, doc_id in enumerate(ranking[:k], start=1):
        grade = min(max(judgements.grades.get(doc_id, 0), 0), _ERR_MAX_GRADE)
        satisfied = (2**grade - 1) / 2**_ERR_MAX_GRADE
        total += unsatisfied * satisfied / rank
        unsatisfied *= 1 - satisfied
    return total


def judged_share(ranking: Sequence[str], judgements: QueryJudgements, k: int) -> float:
    """Return the share of the first `k` products found that were judged, 0 where nothing was found.

    The lower, the more other figures understate: what is not judged counts as not relevant.
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
# What ir-measures calls them.
_ALIASES = {"rr": "mrr", "ap": "map", "p": "precision", "r": "recall", "success": "hit"}

DEFAULT_MEASURES = parse_measures("ndcg@10,mrr@10,recall@100,precision@10,hit@10")
# The measure that a release is held back for: testing several would raise false alarms more often.
GATED_MEASURE = "ndcg@10"
