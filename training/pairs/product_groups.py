"""Number what counts as one product: variants, and products whose titles are nearly the same."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from shangsou.text.terms import without_punctuation
from training.pairs.shop_products import ShopProduct

# Least Jaccard index of the character bigrams of two titles of one product. Of 500 labelled pairs of listings
# 45 have it, and .89 of these are the same item (.85 of 54 from .5 on, .89 of 36 from .7 on); so have 25,283
# pairs of 9,220 listings of cosmetics, and .91 hold the same products (.83 from .5 on, .94 from .7 on).
_MIN_JACCARD = 0.6
# Minimal hashes of each title, in bands of so many: of two titles as alike as .6 nine in ten share a band, of
# two as alike as .8 all but one in 4,000. In arrays: datasketch took 362 MB and 18 s for 74,362 titles.
_BANDS, _BAND_ROWS = 16, 4
# Titles that are hashed, and pairs that are compared, at a time: some 100 MB.
_BATCH_TITLES, _BATCH_PAIRS = 1 << 14, 1 << 17
_CODE_POINT_BITS = 21
_GRAM_BITS = 2 * _CODE_POINT_BITS
# 48 bits: exact in every JSON reader.
_NUMBER_BYTES = 6
# Odd, from the fraction of the golden ratio and the finalizer below.
_BAND_FACTORS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 1)
_SEED = 20261202


class _Grams(NamedTuple):
    """The distinct character bigrams of titles, as hashes, one title behind the other."""

    hashes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    """Where the bigrams of each title begin, and where the last ones end."""


def number_groups(products: Sequence[ShopProduct]) -> list[int]:
    """Return for each product the number of what counts as one product with it.

    Products of one `group_id` are one, and so are those whose titles have at least .6 of their
    character bigrams in common, by whatever chain of titles: what is split by these numbers has
    near-duplicates on one side. Candidates are found by MinHash (Broder 1997) with banding, and compared
    exactly; titles that differ in nothing but punctuation and spaces are one from the start. Two titles that
    share no band are missed.

    A number is made of the smallest id of its products, so that it stays where others join the catalog.

    Parameters
    ----------
    products
        Of one shop, their ids distinct.
    """
    if not products:
        return []
    titles: dict[str, int] = {}
    rows = [titles.setdefault(distinct_title(product.title), len(titles)) for product in products]
    group_ids: dict[str, int] = {}
    variants = [
        (row, len(titles) + group_ids.setdefault(product.group_id, len(group_ids)))
        for row, product in zip(rows, products, strict=True)
        if product.group_id
    ]
    edges = np.concatenate([np.array(variants, np.int64).reshape(-1, 2), _similar_titles(list(titles))])
    nodes = len(titles) + len(group_ids)
    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), (nodes, nodes))
    components = connected_components(graph, directed=False)[1].tolist()
    first_ids: dict[int, str] = {}
    for row, product in zip(rows, products, strict=True):
        first = first_ids.setdefault(components[row], product.product_id)
        first_ids[components[row]] = min(first, product.product_id)
    numbers = {component: _number(first) for component, first in first_ids.items()}
    return [numbers[components[row]] for row in rows]


def distinct_title(title: str) -> str:
    """Return what a normalized title is compared by: itself without punctuation and spaces."""
    return without_punctuation(title).replace(" ", "") or title


def _number(product_id: str) -> int:
    digest = blake2b(product_id.encode("utf-8", "surrogatepass"), digest_size=_NUMBER_BYTES).digest()
    return int.from_bytes(digest, "big")


def _similar_titles(titles: Sequence[str]) -> NDArray[np.int64]:
    """Return the rows of titles that are alike, shape (pairs, 2)."""
    signatures, grams = _sign(titles)
    pairs = _distinct_pairs(chain.from_iterable(map(_share_band, np.split(signatures, _BANDS, axis=1))))
    similar = [
        batch[_jaccard(batch, grams) >= _MIN_JACCARD]
        for first in range(0, len(pairs), _BATCH_PAIRS)
        for batch in (pairs[first : first + _BATCH_PAIRS],)
    ]
    return np.concatenate([np.empty((0, 2), np.int64), *similar])


def _sign(titles: Sequence[str]) -> tuple[NDArray[np.uint32], _Grams]:
    """Return the minimal hashes of titles, shape (titles, bands x rows), and their bigrams."""
    source = np.random.default_rng(_SEED)
    factors, addends = source.integers(1, 1 << 63, (2, _BANDS * _BAND_ROWS), np.uint64)
    # Multiply-shift (Dietzfelbinger 1997): an odd factor, and the upper half of the product.
    factors |= np.uint64(1)
    signatures = np.empty((len(titles), len(factors)), np.uint32)
    hashes, lengths = [], []
    for first in range(0, len(titles), _BATCH_TITLES):
        grams, starts = _bigrams(titles[first : first + _BATCH_TITLES])
        for column, (factor, addend) in enumerate(zip(factors, addends, strict=True)):
            hashed = ((grams * factor + addend) >> np.uint64(32)).astype(np.uint32)
            signatures[first : first + len(starts), column] = np.minimum.reduceat(hashed, starts)
        hashes.append((grams * factors[0] >> np.uint64(32)).astype(np.uint32))
        lengths.append(np.diff(starts, append=len(grams)))
    return signatures, _Grams(
        np.concatenate(hashes), np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    )


def _bigrams(titles: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the distinct bigrams of some titles, mixed, and where those of each title begin."""
    lengths = np.fromiter(map(len, titles), np.int64, len(titles))
    codes = np.frombuffer("".join(titles).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(titles)), lengths)
    is_last = np.diff(rows, append=len(titles)) > 0
    following = np.where(is_last, 0, np.roll(codes, -1))
    # A title of one character has that one alone.
    is_gram = ~is_last | (lengths == 1)[rows]
    grams = (codes << np.uint64(_CODE_POINT_BITS) | following)[is_gram]
    distinct = np.unique(rows[is_gram].astype(np.uint64) << np.uint64(_GRAM_BITS) | grams)
    rows = (distinct >> np.uint64(_GRAM_BITS)).astype(np.int64)
    mixed = distinct & np.uint64((1 << _GRAM_BITS) - 1)
    # Neighbouring code points far apart (the finalizer of SplitMix64, Steele 2014).
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31)), np.searchsorted(rows, np.arange(len(titles)))


def _share_band(band: NDArray[np.uint32]) -> Iterator[NDArray[np.int64]]:
    """Yield pairs of rows whose hashes in a band are the same, each with the first and with the next.

    All pairs of a thousand titles that share one would be half a million; the other bands have those missed.
    """
    # Mixed into one number; bands that collide are told apart when the titles are compared.
    buckets = band.astype(np.uint64) @ np.array(_BAND_FACTORS, np.uint64)
    order = np.argsort(buckets, kind="stable")
    is_first = np.diff(buckets[order], prepend=~buckets[order[:1]]) != 0
    first = order[np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))]
    is_other = np.flatnonzero(~is_first)
    yield np.stack([first[is_other], order[is_other]], axis=1)
    yield np.stack([order[is_other - 1], order[is_other]], axis=1)


def _distinct_pairs(found: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    keys = np.unique(np.concatenate([(pairs.min(axis=1) << 32) | pairs.max(axis=1) for pairs in found]))
    return np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)


def _jaccard(pairs: NDArray[np.int64], grams: _Grams) -> NDArray[np.float64]:
    """Return the Jaccard index of the bigrams of each pair of rows."""
    sizes = np.diff(grams.starts)[pairs]
    flat = sizes.ravel()
    offsets = np.arange(flat.sum()) - np.repeat(np.cumsum(flat) - flat, flat)
    hashes = grams.hashes[np.repeat(grams.starts[pairs.ravel()], flat) + offsets]
    numbers = np.repeat(np.arange(len(pairs)), sizes.sum(axis=1))
    keys = np.sort(numbers.astype(np.uint64) << np.uint64(32) | hashes)
    shared = np.bincount(
        (keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)).astype(np.int64), minlength=len(pairs)
    )
    index: NDArray[np.float64] = shared / (sizes.sum(axis=1) - shared)
    return index
