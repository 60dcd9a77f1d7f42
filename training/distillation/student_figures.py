"""The figure of a student: how many of the titles nearest to a query it shares with its teacher."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.encoder import Encoder
from training.distillation.bags import Numbers

_DEPTH = 10
# Queries that are compared with all titles at once: 75 MB of cosines with 74,362.
_BLOCK = 250


def shared_neighbours(
    student: Encoder,
    queries: Sequence[str],
    titles: Sequence[str],
    of_queries: NDArray[np.floating],
    of_titles: NDArray[np.floating],
) -> float | None:
    """Return which share of the ten titles nearest to a query by the teacher are so by the student, the mean.

    None where there are no queries. Of fewer than ten titles, all are compared.

    Parameters
    ----------
    of_queries, of_titles
        The teacher's vectors, shape (queries, its dimensions), (titles, its dimensions).
    """
    if not queries:
        return None
    by_teacher = nearest_titles(of_queries, of_titles, _DEPTH)
    by_student = nearest_titles(student.encode(queries), student.encode(titles), _DEPTH)
    shared = [
        len(set(one) & set(other))
        for one, other in zip(by_teacher.tolist(), by_student.tolist(), strict=True)
    ]
    return float(np.mean(shared) / by_teacher.shape[1])


def nearest_titles(of_queries: NDArray[np.floating], of_titles: NDArray[np.floating], depth: int) -> Numbers:
    """Return the titles with the highest cosines, in no order; shape (queries, at most `depth`)."""
    across = of_titles.astype(np.float32).T
    depth = min(depth, len(of_titles))
    found = np.zeros((len(of_queries), depth), np.int64)
    for first in range(0, len(of_queries), _BLOCK):
        cosines = of_queries[first : first + _BLOCK].astype(np.float32) @ across
        found[first : first + _BLOCK] = np.argpartition(-cosines, depth - 1, axis=1)[:, :depth]
    return found
