"""Overlap of two rankings."""

from collections.abc import Sequence

# The weight of a rank over that of the one before: .9 puts 86 % of the weight on the first ten (Webber,
# Moffat and Zobel, 2010).
_PERSISTENCE = 0.9


def rank_biased_overlap(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the extrapolated rank-biased overlap of two rankings, from 0 to 1 (Webber et al., 2010, eq. 32).

    Two empty ones are the same, and an empty one has nothing of any other.
    """
    short, long = sorted((first, second), key=len)
    if not short:
        return float(not long)
    common = _common_counts(short, long)
    p, s, size = _PERSISTENCE, len(short), len(long)
    shared = sum(common[d - 1] / d * p**d for d in range(1, size + 1))
    missing = sum(common[s - 1] * (d - s) / (s * d) * p**d for d in range(s + 1, size + 1))
    beyond = ((common[-1] - common[s - 1]) / size + common[s - 1] / s) * p**size
    return (1 - p) / p * (shared + missing) + beyond


def _common_counts(short: Sequence[str], long: Sequence[str]) -> list[int]:
    """Return for each depth of the longer ranking how many both hold down to it."""
    seen: dict[str, int] = {}
    common, counts = 0, []
    for depth in range(len(long)):
        for ranking in (short, long):
            if depth < len(ranking):
                seen[ranking[depth]] = seen.get(ranking[depth], 0) + 1
                common += seen[ranking[depth]] == 2
        counts.append(common)
    return counts
