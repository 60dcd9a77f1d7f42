"""Ranking metrics. A product with a positive grade is relevant."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from relevance import graded_measures
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
    """A measure at a depth, such as `ndcg@10`, or of the matches of a search, such as `matched`."""

    kind: str
    k: int = 0
    """0: no depth."""

    @property
    def name(self) -> str:
        """The name in files: `ndcg@10`."""
        return f"{self.kind}@{self.k}" if self.k else self.kind

    @property
    def title(self) -> str:
        """The name in tables: `nDCG@10`."""
        title = _TITLES.get(self.kind, self.kind)
        return f"{title}@{self.k}" if self.k else title

    @property
    def needs_matches(self) -> bool:
        """Whether it depends on what a search says to match, which a TREC run does not hold."""
        return self.kind in _MATCH_MEASURES

    @property
    def needs_all_matches(self) -> bool:
        """Whether it depends on every match, and not on the first ones alone."""
        return self.kind == "matched"

    @property
    def needs_exact(self) -> bool:
        """Whether only queries with a product of grade 3 have it."""
        return self.kind in ("exact", "matched")

    @property
    def is_error(self) -> bool:
        """Whether it counts what is wrong, so that 0 is best."""
        return self.kind in ("junk", "unjudged", "first_wrong", "none")

    def value(
        self, ranking: Sequence[str], judgements: QueryJudgements, matches: Sequence[str] | None = None
    ) -> float:
        """Return the value of the measure for a ranking, from 0 to 1.

        Raises `ValueError` if it needs the matches and there are none given.
        """
        if not self.needs_matches:
            return _MEASURES[self.kind](ranking, judgements, self.k)
        if matches is None:
            raise ValueError(f"{self.name} needs the matches of the search")
        return _MATCH_MEASURES[self.kind](matches, judgements.grades)


def parse_measure(text: str) -> Measure:
    """Parse a measure such as `nDCG@10` or `matched`, in any case, also by its name in ir-measures.

    Raises `UnusableInput` for an unknown measure, and for a depth other than 1 to 100, the depth of an
    evaluation's searches.
    """
    if text.strip().lower() in _MATCH_MEASURES:
        return Measure(text.strip().lower())
    match = re.fullmatch(r"\s*([a-z0-9_]+)@(\d+)\s*", text, re.IGNORECASE)
    kind = match[1].lower() if match else ""
    kind = _ALIASES.get(kind, kind)
    if match is None or kind not in _MEASURES or not 1 <= int(match[2]) <= MAX_PAGE_SIZE:
        raise UnusableInput(
            f"{text.strip()!r} is no measure; there are {', '.join(f'{name}@K' for name in _MEASURES)}, "
            f"with a depth K from 1 to {MAX_PAGE_SIZE}, and without one {', '.join(_MATCH_MEASURES)}"
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
    matches: Sequence[str] | None = None,
) -> dict[str, float]:
    """Return the values of measures, by name, for one query with a relevant product.

    A measure that needs a product of grade 3 is left out where there is none.

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
    matches
        The ids of the products that the search says to match, best first; None where that is not known.

    Raises
    ------
    ValueError
        If no product is relevant, since no ranking could be right then.
    """
    gains = {doc_id: grade if graded else 1 for doc_id, grade in grades.items() if grade > 0}
    if not gains:
        raise ValueError("no product is relevant")
    judgements = QueryJudgements(gains, grades)
    has_exact = graded_measures.has_exact(grades)
    return {
        metric.name: metric.value(ranking, judgements, matches)
        for metric in measures or DEFAULT_MEASURES
        if has_exact or not metric.needs_exact
    }


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


def _by_grades(
    function: Callable[[Sequence[str], Mapping[str, int], int], float],
) -> Callable[[Sequence[str], QueryJudgements, int], float]:
    return lambda ranking, judgements, k: function(ranking, judgements.grades, k)


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
    "ndcg_exp": _by_grades(graded_measures.exponential_ndcg),
    "exact": _by_grades(graded_measures.exact_share),
    "type": _by_grades(graded_measures.type_share),
    "junk": _by_grades(graded_measures.junk_share),
    "unjudged": _by_grades(graded_measures.unjudged_share),
}
_MATCH_MEASURES: Mapping[str, Callable[[Sequence[str], Mapping[str, int]], float]] = {
    "first_wrong": graded_measures.first_is_wrong,
    "matched": graded_measures.matched_share,
    "none": graded_measures.has_no_match,
}
_TITLES = {"ndcg": "nDCG", "ndcg_exp": "nDCG-exp", "mrr": "MRR", "map": "MAP", "f1": "F1", "err": "ERR"}
# Their names in ir-measures.
_ALIASES = {"rr": "mrr", "ap": "map", "p": "precision", "r": "recall", "success": "hit"}

DEFAULT_MEASURES = parse_measures("ndcg@10,mrr@10,recall@100,precision@10,hit@10")
# The measure of the release gate: testing several would raise more false alarms.
GATED_MEASURE = "ndcg@10"
