"""Head, torso and tail of the queries of a log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from relevance.sampling.search_counts import QueryCount

NAMES = ("head", "torso", "tail")
"""Of the strata, from the most frequent queries on."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Queries that are sampled by themselves."""

    name: str
    queries: Sequence[QueryCount]
    """The most frequent first."""

    @property
    def searches(self) -> int:
        """The searches for all of its queries."""
        return sum(query.searches for query in self.queries)


def split_by_traffic(queries: Iterable[QueryCount]) -> list[Stratum]:
    """Return head, torso and tail: the most frequent queries that make a third of the searches each.

    A query belongs to the third in which its first search falls, when searches stand in the order of the
    frequency of their queries. No standard says where the head ends. Thirds of the searches, rather than a
    number of queries or a least frequency, make the strata weigh alike whatever the size of the log, so that
    as many queries of each are nearly a sample by traffic. Among queries of one frequency, of which the tail
    has many, a hash of the text decides: their alphabet would put Latin ones before Chinese ones.
    """
    ordered = sorted(queries, key=lambda query: (-query.searches, _hash(query.text)))
    total = sum(query.searches for query in ordered)
    members: list[list[QueryCount]] = [[] for _ in NAMES]
    before = 0
    for query in ordered:
        members[before * len(NAMES) // total].append(query)
        before += query.searches
    return [Stratum(name, queries) for name, queries in zip(NAMES, members, strict=True)]


def allocate(size: int, shares: Sequence[float], limits: Sequence[int]) -> list[int]:
    """Return how many of `size` fall to each stratum by its share, and to none more than its limit.

    The method of Webster (1832) and Sainte-Laguë (1910), one after the other: the next goes where the share
    is largest by 2n + 1, with n there already; ties go to the first. What a full stratum cannot take goes to
    the others. The sum is smaller than `size` only where all with a share are full.

    Parameters
    ----------
    size
        How many, from 0 on.
    shares
        From 0 on, in any unit; a stratum with a share of 0 gets none.
    limits
        How many each has.
    """
    counts = [0] * len(shares)
    for _ in range(size):
        open_ones = [at for at, limit in enumerate(limits) if counts[at] < limit and shares[at] > 0]
        if not open_ones:
            break
        counts[max(open_ones, key=lambda at: shares[at] / (2 * counts[at] + 1))] += 1
    return counts


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
