"""Pairs split by shopper and time, by query, and by product group: what judges was seen in no training."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from hashlib import blake2b

from training.pairs.pair import Pair, Split

# Of queries, of product groups and of shoppers each. Training keeps the pairs of which no part is held out
# (.51 of those of shoppers, .64 of others), and those judge of which all are (.008 and .04): less would leave
# too few to judge by.
_HELD_OUT = 0.2
_BITS = 64


@dataclass(frozen=True, slots=True)
class SplitCounts:
    """How many pairs went where."""

    train: int = 0
    validation: int = 0
    """For choosing when to stop training."""
    test: int = 0
    """For the gate."""
    dropped: int = 0
    """Of which a part is held out and another is not: they would teach what judges."""
    excluded: int = 0
    """With the query, or the product group, of a judgement."""


def split_pairs(  # noqa: PLR0913 - what each part of a pair is dealt by
    pairs: Iterable[Pair],
    late: Collection[Pair] = (),
    *,
    excluded_queries: Collection[str] = (),
    excluded_groups: Collection[int] = (),
    shopper_names: Mapping[str, str] | None = None,
    seed: int,
) -> tuple[list[Pair], SplitCounts]:
    """Return pairs with their split, in their order, and how many went where.

    Queries, product groups and shoppers are each dealt by hash. A pair trains where none of these parts is
    held out, and judges where all are and where it is of the later half of the time: so no query, no product
    group and no shopper of what judges is in training. Pairs in between are dropped.

    Parameters
    ----------
    pairs
        Of one shop.
    late
        Those of them that are of the later half of the events. Pairs of no shopper have no time.
    excluded_queries
        Normalized queries of judgements: no pair has the words of one, in whatever order.
    excluded_groups
        Of judged products: likewise.
    shopper_names
        What shoppers are dealt by, of each hash, where the hashes differ from run to run; else the hashes.
    seed
        Another one deals otherwise.
    """
    banned_queries = {same_words(query) for query in excluded_queries}
    banned_groups, is_late = frozenset(excluded_groups), frozenset(late)
    names = shopper_names or {}
    kept: list[Pair] = []
    counts = dict.fromkeys(SplitCounts.__dataclass_fields__, 0)
    for pair in pairs:
        words = same_words(pair.query)
        groups = _groups(pair)
        if words in banned_queries or not groups.isdisjoint(banned_groups):
            counts["excluded"] += 1
            continue
        query = _share("query", words, seed)
        held_out = {query < _HELD_OUT, *(_share("group", str(one), seed) < _HELD_OUT for one in groups)}
        if pair.shopper_hash:
            shopper = names.get(pair.shopper_hash, pair.shopper_hash)
            held_out.add(_share("shopper", shopper, seed) < _HELD_OUT)
        if len(held_out) > 1 or (True in held_out and pair.shopper_hash and pair not in is_late):
            counts["dropped"] += 1
            continue
        split: Split = "train" if False in held_out else "validation" if query < _HELD_OUT / 2 else "test"
        counts[split] += 1
        kept.append(replace(pair, split=split))
    return kept, SplitCounts(**counts)


def leaks(pairs: Sequence[Pair]) -> list[str]:
    """Return in words what training and what judges have in common; empty where that is nothing."""
    found = []
    training = [pair for pair in pairs if pair.split == "train"]
    judging = [pair for pair in pairs if pair.split != "train"]
    for plural, part in _PARTS.items():
        shared = _union(part, training) & _union(part, judging)
        if shared:
            found.append(f"{len(shared):,} {plural} are in training and in what judges")
    return found


def same_words(query: str) -> str:
    """Return what is the same for queries of the same words in another order, or with other spaces."""
    return "".join(sorted("".join(query.split())))


def _groups(pair: Pair) -> set[int]:
    return {pair.group} if pair.query_group is None else {pair.group, pair.query_group}


_PARTS: Mapping[str, Callable[[Pair], Set[object]]] = {
    "queries": lambda pair: {same_words(pair.query)},
    "product groups": _groups,
    "shoppers": lambda pair: {pair.shopper_hash} - {""},
}


def _union(part: Callable[[Pair], Set[object]], pairs: Iterable[Pair]) -> set[object]:
    return {one for pair in pairs for one in part(pair)}


def _share(kind: str, name: str, seed: int) -> float:
    """Return a number from 0 to 1 that is random between names."""
    text = f"{seed}:{kind}:{name}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(blake2b(text, digest_size=_BITS // 8).digest(), "big")
    return float(number / 2**_BITS)
