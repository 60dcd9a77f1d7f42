"""Groups of people that are too small to be shown on a page."""

from collections.abc import Sequence

MIN_GROUP = 10
"""People, as is usual in statistics on persons: in a smaller group one may be recognized."""

# Shares of customers of equal score add up to whole people but for this.
_ROUNDING = 1e-6


def merge_small(counts: Sequence[Sequence[float]], smallest: float = MIN_GROUP) -> list[range]:
    """Return runs of neighbouring groups that may be shown, from the first to the last.

    A group that is too small is shown together with the next: to leave it out would not do, since it could be
    computed from the total and the others.

    Parameters
    ----------
    counts
        Of each group, the people in each of its parts that a page tells apart, as those who bought and those
        who did not. Every part of a run reaches the smallest.
    smallest
        How many people may be shown.

    Returns
    -------
    list[range]
        Positions of groups; together all of them, or none where even all together are too few.
    """
    runs: list[range] = []
    start, sums = 0, [0.0] * (len(counts[0]) if counts else 0)
    for position, group in enumerate(counts):
        sums = [total + count for total, count in zip(sums, group, strict=True)]
        if all(total > smallest - _ROUNDING for total in sums):
            runs.append(range(start, position + 1))
            start, sums = position + 1, [0.0] * len(group)
    if runs and start < len(counts):
        runs[-1] = range(runs[-1].start, len(counts))
    return runs


def is_shown(count: int, total: int, smallest: float = MIN_GROUP) -> bool:
    """Return whether a part of a group may be shown: neither it nor the rest is too small."""
    rest = total - count
    return count >= smallest and (rest >= smallest or rest == 0)
