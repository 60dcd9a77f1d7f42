"""The order in which a judge sees the pairs of a book."""

from collections.abc import Collection, Sequence
from hashlib import blake2b

PairKey = tuple[str, str]
"""A pair, by qid and product."""


def order_for_judge(
    judge: str, qids: Sequence[str], pairs: Collection[PairKey], only_known: Collection[PairKey]
) -> list[PairKey]:
    """Return the pairs in the order of a judge.

    Queries are in the order of `qids`, so that all judges begin with the most useful ones; the products of a
    query are shuffled, differently for each judge, so that positions reveal no ranks and no product is always
    judged last, by tired judges. Queries of `only_known`, which the pool does not ask, are spread among the
    others at random, differently for each judge, so that their place tells nobody that the answer is known.
    """
    asked = {qid for qid, doc_id in pairs if (qid, doc_id) not in only_known}
    places: dict[str, tuple[float, int]] = {}
    rank = 0
    for number, qid in enumerate(qids):
        if qid in asked:
            places[qid] = (rank, number)
            rank += 1
        else:
            places[qid] = (_fraction(judge, qid) * len(asked) - 0.5, number)
    return sorted(pairs, key=lambda pair: (places[pair[0]], _hash(judge, *pair)))


def _fraction(*names: str) -> float:
    """Return a number from 0 to below 1 that is uniform over names."""
    return int.from_bytes(_hash(*names)[:6]) / 2**48


def _hash(*names: str) -> bytes:
    return blake2b("\0".join(names).encode(), digest_size=8).digest()
