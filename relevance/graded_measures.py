"""Measures of judgements with the grades 0 to 3, and of what a search shows apart from its matches."""

from collections.abc import Callable, Mapping, Sequence
from math import log2

from relevance.judgements import MAX_GRADE

# As judges are told (docs/relevance.md): 3 is exactly what is wanted, from 2 on the type is right.
EXACT_GRADE = MAX_GRADE
TYPE_GRADE = 2

Grades = Mapping[str, int]
"""By product id, for one query."""


def exponential_ndcg(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return nDCG of the first `k` with gains of 2^grade - 1 (Burges et al., 2005), 0 for a grade below 0."""
    best = sorted(grades.values(), reverse=True)[:k]
    return _discounted_gain([grades.get(product_id, 0) for product_id in ranking[:k]]) / _discounted_gain(
        best
    )


def exact_share(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the share of grade 3 among the first places, `k` or as many as there are products of grade 3."""
    places = min(k, sum(grade >= EXACT_GRADE for grade in grades.values()))
    return _count(ranking[:places], grades, lambda grade: grade >= EXACT_GRADE) / places


def type_share(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the share of grade 2 or 3 among the first `k` ranks; an empty rank is of no type."""
    return _count(ranking[:k], grades, lambda grade: grade >= TYPE_GRADE) / k


def junk_share(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the share of the first `k` ranks whose product has grade 0 or none; an empty rank is no junk."""
    return _count(ranking[:k], grades, lambda grade: grade <= 0) / k


def unjudged_share(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the share of the first `k` ranks whose product was not judged; an empty rank is none of them."""
    return sum(product_id not in grades for product_id in ranking[:k]) / k


def first_is_wrong(matches: Sequence[str], grades: Grades) -> float:
    """Return 1 if the first match is of another type, its grade below 2 or none; 0 else, or without one."""
    return float(bool(matches) and grades.get(matches[0], 0) < TYPE_GRADE)


def matched_share(matches: Sequence[str], grades: Grades) -> float:
    """Return the share of the products of grade 3 that are among the matches."""
    found = set(matches)
    exact = [product_id for product_id, grade in grades.items() if grade >= EXACT_GRADE]
    return sum(product_id in found for product_id in exact) / len(exact)


def has_no_match(matches: Sequence[str], _grades: Grades) -> float:
    """Return 1 if nothing matches, else 0."""
    return float(not matches)


def has_exact(grades: Grades) -> bool:
    """Return whether a product has grade 3."""
    return any(grade >= EXACT_GRADE for grade in grades.values())


def _count(product_ids: Sequence[str], grades: Grades, is_counted: Callable[[int], bool]) -> int:
    return sum(is_counted(grades.get(product_id, 0)) for product_id in product_ids)


def _discounted_gain(grades: Sequence[int]) -> float:
    return sum((2.0 ** max(grade, 0) - 1) / log2(rank + 1) for rank, grade in enumerate(grades, start=1))
