"""How good a ranking is. A product with a positive grade is relevant; rank 1 is the first."""

from collections.abc import Iterable, Mapping, Sequence
from math import log2

MEASURES = ("ndcg@10", "mrr@10", "recall@100", "precision@10", "hit@10")


def measure(ranking: Sequence[str], grades: Mapping[str, int], *, graded: bool = False) -> dict[str, float]:
    """Return every one of `MEASURES` for one query that has a relevant product.

    Parameters
    ----------
    ranking
        Distinct product ids, best first.
    grades
        Of the judged products; all others are not relevant.
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
    values = (
        ndcg(ranking, gains, 10),
        reciprocal_rank(ranking, gains, 10),
        recall(ranking, gains, 100),
        precision(ranking, gains, 10),
        hit(ranking, gains, 10),
    )
    return dict(zip(MEASURES, values, strict=True))


def ndcg(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k`, 0 to 1.

    A gain at rank r counts gain / log2(r + 1); 1 is the best order of all judged products
    (Järvelin and Kekäläinen, 2002).
    """
    best = sorted(gains.values(), reverse=True)
    return _discounted(gains.get(doc_id, 0) for doc_id in ranking[:k]) / _discounted(best[:k])


def reciprocal_rank(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> float:
    """Return 1 / rank of the first relevant product, 0 when none is among the first `k`."""
    ranks = (rank for rank, doc_id in enumerate(ranking[:k], start=1) if doc_id in gains)
    return 1 / next(ranks, float("inf"))


def recall(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> float:
    """Return the share of the relevant products that are among the first `k`."""
    return _found(ranking, gains, k) / len(gains)


def precision(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> float:
    """Return the share of relevant products among the first `k` places; an empty place is not relevant."""
    return _found(ranking, gains, k) / k


def hit(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> float:
    """Return 1 when any relevant product is among the first `k`, else 0."""
    return float(_found(ranking, gains, k) > 0)


def _found(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> int:
    return sum(doc_id in gains for doc_id in ranking[:k])


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
