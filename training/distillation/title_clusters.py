"""Batches of queries and titles that lie in the same parts of a teacher's space."""

import numpy as np
from numpy.typing import NDArray

from training.distillation.bags import Numbers

# Queries of one cluster that are asked together, titles of it that are shown, and clusters of a batch.
_CHUNK, _TITLES_PER_CHUNK, _CHUNKS_PER_BATCH = 64, 128, 8
# Vectors that are compared with all centres at once: 8 MB of cosines with 256 centres.
_BLOCK = 8_192


class ClusterBatches:
    """Draws batches of a few clusters each, whose centres are titles.

    Parameters
    ----------
    queries, titles
        The teacher's vectors, of length 1; shapes (queries, dimensions), (titles, dimensions).
    clusters
        At most so many.
    """

    def __init__(
        self,
        queries: NDArray[np.floating],
        titles: NDArray[np.floating],
        clusters: int,
        rng: np.random.Generator,
    ) -> None:
        centres = titles[rng.permutation(len(titles))[:clusters]]
        self._of_queries = _nearest(queries, centres)
        of_titles = _nearest(titles, centres)
        self._members = [np.flatnonzero(of_titles == centre) for centre in range(len(centres))]

    def draw(self, rng: np.random.Generator) -> list[tuple[Numbers, Numbers]]:
        """Return all queries in batches, with titles of their clusters; none of fewer than two titles."""
        chunks = self._chunks(rng)
        batches = []
        for first in range(0, len(chunks), _CHUNKS_PER_BATCH):
            batch = chunks[first : first + _CHUNKS_PER_BATCH]
            members = [rng.permutation(self._members[self._of_queries[chunk[0]]]) for chunk in batch]
            shown = np.unique(np.concatenate([of_chunk[:_TITLES_PER_CHUNK] for of_chunk in members]))
            if len(shown) >= 2:
                batches.append((np.concatenate(batch), shown))
        return batches

    def _chunks(self, rng: np.random.Generator) -> list[Numbers]:
        """Return all queries in chunks of one cluster each, all in random order."""
        order = rng.permutation(len(self._of_queries))
        order = order[np.argsort(self._of_queries[order], kind="stable")]
        parts = np.split(order, np.flatnonzero(np.diff(self._of_queries[order])) + 1)
        chunks = [part[first : first + _CHUNK] for part in parts for first in range(0, len(part), _CHUNK)]
        return [chunks[number] for number in rng.permutation(len(chunks))]


def _nearest(vectors: NDArray[np.floating], centres: NDArray[np.floating]) -> Numbers:
    """Return the number of the centre nearest to each vector."""
    across = centres.astype(np.float32).T
    blocks = (vectors[first : first + _BLOCK] for first in range(0, len(vectors), _BLOCK))
    return np.concatenate(
        [
            np.zeros(0, np.int64),
            *(np.argmax(block.astype(np.float32) @ across, axis=1) for block in blocks),
        ]
    )
