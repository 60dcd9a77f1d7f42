"""Decide which of the product types that a title or a leaf names a product is of, by its title vector."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.lexicon.categories import CategoryPath
from shangsou.lexicon.named_types import NamedTypes
from shangsou.lexicon.product_types import ProductTypes
from shangsou.lexicon.type_space import (
    Rows,
    TitleVectors,
    Vectors,
    chunks,
    coherence,
    fit_space,
    project_titles,
    sum_of_rows,
    sums_of_types,
)
from shangsou.lexicon.type_vocabulary import MIN_TITLES, leaf_words, min_titles, node_words
from shangsou.lexicon.type_words import ACCESSORY, word_suffixes
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import Segmenter

# A product is of a type that its title names from this closeness on. To ask as well that no other type which
# it names is much closer lost recall (.89 instead of .93 of 20 words over 74,362 titles), and gained no
# precision.
MIN_CLOSENESS = 0.3
# A product whose title names no type is of those that it is this close to.
MIN_UNNAMED = 0.5
# A word that ends in a type is a kind of it when the two lie this close; closer where no border between words
# tells: 吹风机 is no 风机.
_MIN_KIND, _MIN_KIND_WITHIN_WORD = 0.3, 0.5
# A wider type stands in this many titles (of a small catalog in fewer).
_MIN_WIDER_TITLES = 20
# Words whose titles scatter more than this are no types but qualities, as 多功能 and 黑色. Mean cosine of two
# titles: .24 of 正品, .17 of 新品; .36 of 自行车, .54 of 电视.
_MIN_COHERENCE = 0.3
# A word inside the name of a leaf stands for the leaf when this share of its titles is filed there; a product
# of the leaf is then of the type from this closeness on.
_MIN_LEAF_SHARE, MIN_LEAF_CLOSENESS = 0.5, 0.3
# Another word for a leaf: nearly all that are called so are filed there, they are some of the leaf, and lie
# this close to the rest of it. In the sample shop 充电宝 .76, 墨镜 .83; but 羽绒被 .63 and 机械键盘 .70 are
# kinds.
_MIN_SYNONYM_SHARE, _MIN_SYNONYM_COVERAGE, _MIN_SYNONYM_LIKENESS = 0.9, 0.2, 0.75
# Leaves whose titles scatter more hold many types: 骑行运动 .2; the leaves of the sample shop .6 and more.
_MIN_LEAF_COHERENCE = 0.45
# Products compared at a time with all types.
_NEAREST_ROWS = 128
# A type of which more products say what they go with is an accessory itself: 手机壳.
_MAX_ACCESSORY_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class TypeAssignment:
    """The product types of a catalog's products."""

    types: ProductTypes | None
    """None where there is nothing to learn from."""
    of_products: list[tuple[str, ...]]
    """For each product the types it is of, the main one first; empty where there is none."""
    unsure: list[int]
    """Products whose title names types none of which it is close to."""


def assign_types(
    products: NamedTypes,
    certain: frozenset[str],
    vectors: TitleVectors,
    segmenter: Segmenter,
    cosines: CosineScale = SAME_SCALE,
) -> TypeAssignment:
    """Return the types of a catalog, and those of each product.

    Parameters
    ----------
    products
        What they say of their types.
    certain
        The words that are types in any case: of the category tree, or declared.
    vectors
        The title vectors of the products, shape (products, dimensions).
    segmenter
        Cuts the words for types into their parts.
    cosines
        The scale of the vectors' cosines.
    """
    return _Assigner(products, certain, vectors, segmenter, cosines).assign()


class _Assigner:
    """Decides which of the types that a product names it is of."""

    def __init__(
        self,
        products: NamedTypes,
        certain: frozenset[str],
        vectors: TitleVectors,
        segmenter: Segmenter,
        cosines: CosineScale,
    ) -> None:
        self._products, self._certain, self._segmenter = products, certain, segmenter
        pairs, words = products.pairs, products.words
        least = min_titles(len(products.leaves))
        is_certain = np.fromiter(map(certain.__contains__, words), np.bool_, len(words))
        kept = is_certain | (np.bincount(pairs.types, minlength=len(words)) >= least)
        pairs, words, is_certain = pairs.of_types(kept), list(compress(words, kept)), is_certain[kept]

        counts = np.bincount(pairs.types, minlength=len(words))
        by_type = np.argsort(pairs.types, kind="stable")
        rows_of = dict(
            zip(words, np.split(pairs.rows[by_type], np.cumsum(counts)[:-1]), strict=True) if words else ()
        )
        self._space, self._is_whitened = fit_space(vectors, rows_of, cosines)
        self._points = project_titles(vectors, self._space)
        sums, dots = sums_of_types(self._points, rows_of)
        closeness = np.empty(len(dots), np.float32)
        closeness[by_type] = _closeness_to_others(dots, sums, counts)
        del by_type, rows_of, dots

        # Without a copy of all, as np.linalg.norm makes.
        lengths = np.sqrt(np.einsum("nd,nd->n", sums, sums))
        kept = is_certain | (coherence(lengths, counts) >= _MIN_COHERENCE)
        self._closeness = closeness[kept[pairs.types]]
        self._pairs, self._names = pairs.of_types(kept), list(compress(words, kept))
        self._counts = counts[kept]
        self._position = {name: position for position, name in enumerate(self._names)}
        self._lengths = np.maximum(lengths[kept], np.float32(1e-9))[:, None]
        self._centroids: Vectors = sums[kept]
        self._centroids /= self._lengths
        del sums
        self._nodes = {path: self._positions(node_words(path)) for path in set(products.leaves)}
        self._leaf_types = self._find_leaf_types()
        self._wider = self._find_wider(_MIN_WIDER_TITLES if least == MIN_TITLES else 5 * least)

    def assign(self) -> TypeAssignment:
        """Return the types, and those of each product."""
        products = self._products
        if not self._names:
            return TypeAssignment(None, [()] * len(products.leaves), [])
        accepted: list[list[int]] = [[] for _ in products.leaves]
        for row, position in self._close_named():
            accepted[row].append(position)
        is_named = np.zeros(len(accepted), np.bool_)
        is_named[self._pairs.rows[self._pairs.is_named]] = True
        unsure = [row for row in np.flatnonzero(is_named).tolist() if not accepted[row]]
        # In a small catalog nothing tells what varies within types: nearness says too little.
        nearest = self._nearest(np.flatnonzero(~is_named)) if self._is_whitened else ()
        for row, position in chain(nearest, self._names_of_leaves()):
            if position not in accepted[row]:
                accepted[row].append(position)
        widened = self._widened(accepted)
        counts = self._count(widened)
        accessories = self._count(
            [types for types, goes in zip(widened, products.goes_with, strict=True) if goes]
        )
        types = ProductTypes(
            names=self._names,
            counts=counts.astype(np.int32),
            leaves=self._certain & self._position.keys(),
            wider={self._names[kind]: self._names[wider] for kind, wider in self._wider.items()},
            products=len(accepted),
            accessories=frozenset(
                self._names[position]
                for position in np.flatnonzero(accessories > _MAX_ACCESSORY_SHARE * counts)
            ),
            space=self._space,
            centroids=self._centroids,
            leaf_types={
                path: tuple(self._names[position] for position in positions)
                for path, positions in self._leaf_types.items()
            },
            is_whitened=self._is_whitened,
        )
        of_products = [
            (*map(self._names.__getitem__, positions), *([ACCESSORY] if goes else ()))
            for positions, goes in zip(widened, products.goes_with, strict=True)
        ]
        return TypeAssignment(types, of_products, unsure)

    def _positions(self, words: Sequence[str]) -> list[int]:
        return [self._position[word] for word in words if word in self._position]

    def _count(self, types: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """Return how many products are of each type."""
        positions = np.fromiter(chain.from_iterable(types), np.int64)
        return np.bincount(positions, minlength=len(self._names))

    def _close_named(self) -> Iterator[tuple[int, int]]:
        """Return the products and types where a product is of a type that it names, the closest first."""
        rows, types, is_named = self._pairs
        is_close = self._closeness >= MIN_CLOSENESS
        if not self._is_whitened:
            # Five phones lie no closer to each other than to anything else: what both their titles and the
            # category tree call them they are.
            is_leaf = np.fromiter(map(self._certain.__contains__, self._names), np.bool_)[types]
            is_close |= is_leaf & np.array(self._products.names_leaf, np.bool_)[rows]
        close = np.flatnonzero(is_named & is_close)
        order = close[np.lexsort((-self._closeness[close], rows[close]))]
        return zip(rows[order].tolist(), types[order].tolist(), strict=True)

    def _nearest(self, unnamed: Rows) -> Iterator[tuple[int, int]]:
        """Yield products that name no type with the types that they lie close to, the closest first."""
        # With every one of some ten thousand types.
        for chunk in chunks(len(unnamed), _NEAREST_ROWS):
            closeness = self._points[unnamed[chunk]] @ self._centroids.T
            rows, types = np.nonzero(closeness >= MIN_UNNAMED)
            order = np.lexsort((-closeness[rows, types], rows))
            yield from zip(unnamed[chunk][rows[order]].tolist(), types[order].tolist(), strict=True)

    def _names_of_leaves(self) -> Iterator[tuple[int, int]]:
        """Yield the products of leaves with the types that stand for these, as far as they are close."""
        numbers = {path: number for number, path in enumerate(self._leaf_types)}
        of_rows = np.fromiter((numbers.get(path, -1) for path in self._products.leaves), np.int64)
        for number, positions in enumerate(self._leaf_types.values()):
            rows = np.flatnonzero(of_rows == number)
            for chunk in chunks(len(rows)):
                points = self._points[rows[chunk]]
                for position in positions:
                    is_close = points @ self._centroids[position] >= MIN_LEAF_CLOSENESS
                    yield from ((row, position) for row in rows[chunk][is_close].tolist())

    def _find_leaf_types(self) -> dict[CategoryPath, list[int]]:
        """Return the types that stand for leaves: as part of the leaf's name, or as its synonym.

        `坚果炒货` are `坚果`, as far as they are alike; `太阳镜` are `墨镜`, since those that are called so
        are filed there and like the others that are.
        """
        numbers: defaultdict[CategoryPath, int] = defaultdict(count().__next__)
        leaf_of = np.fromiter(map(numbers.__getitem__, self._products.leaves), np.int64)
        paths, sizes = list(numbers), np.bincount(leaf_of).tolist()
        likely: defaultdict[int, list[int]] = defaultdict(list)
        for position, leaf, titles, share in self._main_leaves(leaf_of):
            path = paths[leaf]
            if not path or share < _MIN_LEAF_SHARE or self._names[position] in leaf_words(path):
                continue
            covers = share >= _MIN_SYNONYM_SHARE and titles >= _MIN_SYNONYM_COVERAGE * sizes[leaf]
            if covers or self._names[position] in normalize(path[-1]):
                likely[leaf].append(position)
        leaf_types: dict[CategoryPath, list[int]] = {}
        for leaf, positions in likely.items():
            leaf_sum = sum_of_rows(self._points, np.flatnonzero(leaf_of == leaf))
            likeness = coherence(np.array([np.linalg.norm(leaf_sum)]), np.array([sizes[leaf]]))
            if likeness[0] < _MIN_LEAF_COHERENCE:
                continue
            standing = [
                position
                for position in positions
                if self._names[position] in normalize(paths[leaf][-1]) or self._is_synonym(position, leaf_sum)
            ]
            if standing:
                leaf_types[paths[leaf]] = standing
        return leaf_types

    def _main_leaves(self, leaf_of: NDArray[np.int64]) -> Iterator[tuple[int, int, int, float]]:
        """Yield for each type that is named the leaf that most are filed under, how many, and their share.

        Types in the order they are first named; of leaves that hold as many, the one that comes first.
        """
        rows, types = (values[self._pairs.is_named] for values in self._pairs[:2])
        leaves = leaf_of.max(initial=0) + 1
        filed, first, titles = np.unique(
            types * leaves + leaf_of[rows], return_index=True, return_counts=True
        )
        type_of = filed // leaves
        order = np.lexsort((first, -titles, type_of))
        main = order[np.diff(type_of[order], prepend=-1) > 0]
        main = main[np.argsort(np.unique(types, return_index=True)[1])]
        shares = titles[main] / np.bincount(types)[type_of[main]]
        columns = (type_of[main], filed[main] % leaves, titles[main], shares)
        return zip(*(column.tolist() for column in columns), strict=True)

    def _is_synonym(self, position: int, leaf_sum: NDArray[np.float32]) -> bool:
        """Return whether the products of a type, nearly all of one leaf, are like the others of the leaf."""
        others = leaf_sum - self._centroids[position] * self._lengths[position]
        length = float(np.linalg.norm(others))
        return length > 1 and float(self._centroids[position] @ others) >= _MIN_SYNONYM_LIKENESS * length

    def _find_wider(self, least: int) -> dict[int, int]:
        """Return the wider type of each kind: what it ends in, at a border between words or close to it."""
        wider: dict[int, int] = {}
        # A category above leaves is no kind of what its name ends in: 影音耳机 holds loudspeakers.
        nodes = set(chain.from_iterable(self._nodes.values()))
        for kind, position in self._position.items():
            if position in nodes:
                continue
            suffixes = word_suffixes(kind, self._segmenter)
            for start in range(1, len(kind) - 1):
                other = self._position.get(kind[start:])
                if other is None or self._counts[other] < least:
                    continue
                closeness = float(self._centroids[position] @ self._centroids[other])
                if closeness >= (_MIN_KIND if kind[start:] in suffixes else _MIN_KIND_WITHIN_WORD):
                    wider[position] = other
                    break
            else:
                # The word for all that ends so: 裙子 for 连衣裙.
                collective = self._position.get(f"{kind[-1]}子")
                if (
                    collective is not None
                    and collective != position
                    and (
                        float(self._centroids[position] @ self._centroids[collective])
                        >= _MIN_KIND_WITHIN_WORD
                    )
                ):
                    wider[position] = collective
        return wider

    def _widened(self, accepted: Sequence[Sequence[int]]) -> list[list[int]]:
        """Return for each product its types, the categories above its leaf, and the wider types of each.

        A declared type, else a leaf, comes first.
        """
        wider = [tuple(self._wider_types(position)) for position in range(len(self._names))]
        leaf_of = {path: next(iter(self._positions(leaf_words(path))), None) for path in self._nodes}
        widened = []
        for positions, path, declared in zip(
            accepted, self._products.leaves, self._products.declared, strict=True
        ):
            # What is filed below a category is of it, however far it lies from the rest of it.
            own = positions if declared else [*positions, *self._nodes[path]]
            types = dict.fromkeys(chain(own, chain.from_iterable(map(wider.__getitem__, own))))
            main = self._position.get(declared) if declared else leaf_of[path]
            widened.append(
                [main, *(other for other in types if other != main)] if main in types else [*types]
            )
        return widened

    def _wider_types(self, position: int) -> Iterator[int]:
        while (wider := self._wider.get(position)) is not None:
            yield wider
            position = wider


def _closeness_to_others(dots: Vectors, sums: Vectors, counts: NDArray[np.int64]) -> Vectors:
    """Return how close titles are to the other titles of a type: each is left out of its own centroid.

    Parameters
    ----------
    dots
        Of each title with the sum of its type, type by type.
    sums
        Shape (types, dimensions).
    counts
        The number of titles of each type.
    """
    squares = np.repeat(np.einsum("nd,nd->n", sums, sums), counts)
    is_only = np.repeat(counts == 1, counts)
    others = np.sqrt(np.maximum(squares - 2 * dots + 1, np.float32(1e-6)))
    return np.where(is_only, np.float32(1), (dots - 1) / others)
