"""Learn the product types of a catalog from its titles, its category tree and its title vectors."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from tempfile import TemporaryFile
from typing import NamedTuple

import numpy as np
import rjieba
from numpy.typing import NDArray

from shangsou.lexicon.phrases import brand_spellings
from shangsou.lexicon.product_types import ProductTypes, TypeSpace
from shangsou.lexicon.type_words import (
    ACCESSORY,
    HEAD_CHARACTERS,
    MAX_TYPE_LENGTH,
    TypeWordScanner,
    ends_like_type,
    goes_with,
    is_chinese,
    is_noun,
    is_type_like,
    word_suffixes,
)
from shangsou.product import Product
from shangsou.text.normalize import normalize

# Titles that a word has to stand in, to be a type: four in a large catalog, one in a small one.
_MIN_TITLES, _PRODUCTS_PER_TITLE = 4, 500
# A noun that ends in no character for things has to end this share of the runs of characters it stands in.
_MIN_END_SHARE = 0.1
# A word that begins more of its titles is rather a brand.
_MAX_START_SHARE = 0.5
# A product is of a type that its title names from this closeness on. To ask as well that no other type which
# it names is much closer lost recall (.89 instead of .93 of 20 words over 74,362 titles), and gained no
# precision.
_MIN_CLOSENESS = 0.3
# A product whose title names no type is of those that it is this close to.
_MIN_UNNAMED = 0.5
# A word that ends in a type is a kind of it when the two lie this close; closer where no border between words
# tells: 吹风机 is no 风机.
_MIN_KIND, _MIN_KIND_WITHIN_WORD = 0.3, 0.5
# A wider type stands in this many titles (of a small catalog in fewer).
_MIN_WIDER_TITLES = 20
# Words whose titles scatter more than this are no types but qualities, as 多功能 and 黑色. Mean cosine of two
# titles: .24 of 正品, .17 of 新品; .36 of 自行车, .54 of 电视.
_MIN_COHERENCE = 0.3
# The covariance within types: of types with as many titles, that lie this close before whitening, of each as
# many as this; and the share of its trace that is added to its diagonal (ridge).
_WITHIN_MIN_TITLES, _WITHIN_MIN_COHERENCE, _WITHIN_SAMPLE, _RIDGE = 8, 0.7, 24, 0.3
_STACKED_TYPES = 256
# A word inside the name of a leaf stands for the leaf when this share of its titles is filed there; a product
# of the leaf is then of the type from this closeness on.
_MIN_LEAF_SHARE, _MIN_LEAF_CLOSENESS = 0.5, 0.3
# Another word for a leaf: nearly all that are called so are filed there, they are some of the leaf, and lie
# this close to the rest of it. In the sample shop 充电宝 .76, 墨镜 .83; but 羽绒被 .63 and 机械键盘 .70 are
# kinds.
_MIN_SYNONYM_SHARE, _MIN_SYNONYM_COVERAGE, _MIN_SYNONYM_LIKENESS = 0.9, 0.2, 0.75
# Leaves whose titles scatter more hold many types: 骑行运动 .2; the leaves of the sample shop .6 and more.
_MIN_LEAF_COHERENCE = 0.45
# A type of which more products say what they go with is an accessory itself: 手机壳.
_MAX_ACCESSORY_SHARE = 0.3
_LEAF_PARTS = re.compile(r"[/、,，()（）&\s]+")
_CHUNK_ROWS = 4_096

Vectors = NDArray[np.float32]
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeAssignment:
    """The product types of a catalog's products."""

    types: ProductTypes | None
    """None where there is nothing to learn from."""
    of_products: list[tuple[str, ...]]
    """For each product the types it is of, the main one first; empty where there is none."""
    unsure: list[int]
    """Products whose title names types none of which it is close to."""


class TypeLearner:
    """Collects what product types are learned from, product by product."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.titles: list[str] = []
        """Normalized, without brands."""
        self._leaves: list[Path_] = []
        self._declared: list[str] = []
        self._goes_with: list[bool] = []
        self._brands: set[str] = set()
        self._words: Counter[str] = Counter()
        self._starts: Counter[str] = Counter()
        self._ends: Counter[str] = Counter()

    def add(self, products: Iterable[Product]) -> None:
        """Add the titles, brands and categories of products."""
        for product in products:
            title = _without_brand(normalize(product.title), product.brand)
            self.ids.append(product.product_id)
            self.titles.append(title)
            self._goes_with.append(goes_with(title))
            self._brands.update(brand_spellings(product.brand))
            self._leaves.append(product.category)
            self._declared.append(normalize(product.product_type))
            self._count(rjieba.cut(title))

    def assign(self, vectors: Vectors) -> TypeAssignment:
        """Return the types of the catalog, and those of each product.

        Parameters
        ----------
        vectors
            The title vectors of the products in the order they were added, shape (products, dimensions).
        """
        leaf_words = {path: _leaf_words(path) for path in set(self._leaves) if path}
        declared = {name for name in self._declared if name}
        node_words = {path: _node_words(path) for path in leaf_words}
        certain = {
            word for words in (*leaf_words.values(), *node_words.values()) for word in words
        } | declared
        vocabulary = self._vocabulary() | certain
        if not vocabulary or not len(vectors):
            return TypeAssignment(None, [()] * len(self.titles), [])
        named = self._named(vocabulary, leaf_words)
        nodes = [
            () if declared else node_words.get(path, ())
            for path, declared in zip(self._leaves, self._declared, strict=True)
        ]
        rows = _Rows(named, nodes, self._leaves, self._declared, self._goes_with)
        return _Assigner(rows, frozenset(certain), vectors).assign()

    def _count(self, words: Sequence[str]) -> None:
        seen, ended = set(), set()
        last = len(words) - 1
        for position, word in enumerate(words):
            if not is_chinese(word[0]):
                continue
            phrases = [word] if len(word) > 1 else []
            if word[-1] in HEAD_CHARACTERS and position and is_chinese(words[position - 1][0]):
                pair = words[position - 1] + word
                if len(pair) < MAX_TYPE_LENGTH:
                    phrases.append(pair)
            seen.update(phrases)
            if position == last or not is_chinese(words[position + 1][0]):
                ended.update(phrases)
            if not position:
                self._starts.update(phrases)
        self._words.update(seen)
        self._ends.update(ended)

    def _vocabulary(self) -> set[str]:
        least = _min_titles(len(self.titles))
        return {
            word
            for word, count in self._words.items()
            if count >= least
            and word not in self._brands
            and is_type_like(word)
            and self._is_type(word, least)
            and not self._begins_with_brand(word)
        }

    def _begins_with_brand(self, word: str) -> bool:
        """Return whether a pair of words is a brand and a thing: `苹果手机` is a `手机`."""
        parts = rjieba.cut(word)
        return len(parts) > 1 and parts[0] in self._brands

    def _is_type(self, word: str, least: int) -> bool:
        """Return whether a word looks like a thing: by its last character, as a noun, by where it stands."""
        count = self._words[word]
        ends_titles = self._ends[word] >= max(min(2, least), _MIN_END_SHARE * count)
        if ends_like_type(word):
            return ends_titles or is_noun(word)
        return ends_titles and is_noun(word) and self._starts[word] < _MAX_START_SHARE * count

    def _named(self, vocabulary: set[str], leaf_words: Mapping[Path_, Sequence[str]]) -> list[list[str]]:
        """Return for each product the types that its title names, what they end in, and its leaf."""
        scanner = TypeWordScanner(vocabulary)
        named = []
        for title, path, declared in zip(self.titles, self._leaves, self._declared, strict=True):
            if declared:
                named.append([declared])
                continue
            heads = scanner.heads(title)
            suffixes = [suffix for head in heads for suffix in word_suffixes(head) if suffix in vocabulary]
            named.append(list(dict.fromkeys([*heads, *suffixes, *leaf_words.get(path, ())])))
        return named


class _Rows(NamedTuple):
    """What is known of each product."""

    named: list[list[str]]
    """The words for types in its title, and its leaf."""
    nodes: Sequence[Sequence[str]]
    """The words of the categories above its leaf."""
    leaves: Sequence[Path_]
    declared: Sequence[str]
    goes_with: Sequence[bool]
    """Whether its title says that it only goes with a thing."""


class _Assigner:
    """Decides which of the types that a product names it is of."""

    def __init__(self, rows: _Rows, certain: frozenset[str], vectors: Vectors) -> None:
        named, nodes, self._leaves, self._declared, self._goes_with = rows
        self._vectors, self._certain = vectors, certain
        rows_by_word: defaultdict[str, list[int]] = defaultdict(list)
        for row, words_of_row in enumerate(named):
            for word in dict.fromkeys((*words_of_row, *nodes[row])):
                rows_by_word[word].append(row)
        least = _min_titles(len(named))
        rows_of = {word: rows for word, rows in rows_by_word.items() if len(rows) >= least or word in certain}
        self._space, self._is_whitened = _fit_space(vectors, rows_of)
        self._points = self._project()
        sums = np.zeros((len(rows_of), vectors.shape[1]), np.float32)
        for index, rows_of_word in enumerate(rows_of.values()):
            sums[index] = self._points[rows_of_word].sum(axis=0)
        counts = np.array([len(rows) for rows in rows_of.values()])
        coherence = _coherence(np.linalg.norm(sums, axis=1), counts)
        kept = [
            index
            for index, word in enumerate(rows_of)
            if coherence[index] >= _MIN_COHERENCE or word in certain
        ]
        words = list(rows_of)
        self._names = [words[index] for index in kept]
        self._sums, self._counts = sums[kept], counts[kept]
        self._position = {name: position for position, name in enumerate(self._names)}
        lengths = np.linalg.norm(self._sums, axis=1, keepdims=True)
        self._squares = np.einsum("nd,nd->n", self._sums, self._sums)
        self._centroids: Vectors = self._sums / np.maximum(lengths, np.float32(1e-9))
        self._named = [
            [self._position[word] for word in words_of if word in self._position] for words_of in named
        ]
        self._nodes = [
            [self._position[word] for word in words_of if word in self._position] for words_of in nodes
        ]
        self._wider = self._find_wider(_MIN_WIDER_TITLES if least == _MIN_TITLES else 5 * least)

    def assign(self) -> TypeAssignment:
        """Return the types, and those of each product."""
        if not self._names:
            return TypeAssignment(None, [()] * len(self._named), [])
        accepted: list[list[int]] = [[] for _ in self._named]
        for row, position in zip(*self._accepted(), strict=True):
            accepted[row].append(position)
        unsure = [row for row, words in enumerate(self._named) if words and not accepted[row]]
        # In a small catalog nothing tells what varies within types: nearness says too little.
        nearest = self._nearest_to_unnamed() if self._is_whitened else ()
        for row, position in [*nearest, *self._names_of_leaves()]:
            if position not in accepted[row]:
                accepted[row].append(position)
        # What is filed below a category is of it, however far it lies from the rest of it.
        accepted = [[*positions, *nodes] for positions, nodes in zip(accepted, self._nodes, strict=True)]
        widened = [self._widened(row, positions) for row, positions in enumerate(accepted)]
        counts = self._count(widened)
        accessories = self._count(
            [types for types, goes in zip(widened, self._goes_with, strict=True) if goes]
        )
        types = ProductTypes(
            names=self._names,
            counts=counts.astype(np.int32),
            leaves=self._certain & self._position.keys(),
            wider={self._names[kind]: self._names[wider] for kind, wider in self._wider.items()},
            products=len(self._named),
            accessories=frozenset(
                self._names[position]
                for position in np.flatnonzero(accessories > _MAX_ACCESSORY_SHARE * counts)
            ),
            space=self._space,
            centroids=self._centroids,
        )
        of_products = [
            (*(self._names[position] for position in positions), *([ACCESSORY] if goes else ()))
            for positions, goes in zip(widened, self._goes_with, strict=True)
        ]
        return TypeAssignment(types, of_products, unsure)

    def _count(self, types: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """Return how many products are of each type."""
        positions = [position for positions in types for position in positions]
        return np.bincount(np.array(positions, np.int64), minlength=len(self._names))

    def _project(self) -> Vectors:
        """Return all titles in the space, in a file of their own: 2 GB for a million products."""
        shape = self._vectors.shape
        # The mapping outlives the file that is closed here.
        with TemporaryFile() as file:
            points: Vectors = np.memmap(file, np.float32, "w+", shape=shape)
        for start in range(0, shape[0], _CHUNK_ROWS):
            chunk = slice(start, start + _CHUNK_ROWS)
            points[chunk] = self._space.project(np.asarray(self._vectors[chunk]))
        return points

    def _accepted(self) -> tuple[list[int], list[int]]:
        """Return the products and types where a product is of a type that it names, the closest first."""
        rows = np.repeat(np.arange(len(self._named)), [len(words) for words in self._named])
        types = np.fromiter(chain.from_iterable(self._named), np.int64, len(rows))
        closeness = np.concatenate(
            [
                self._closeness_to_others(self._points[rows[chunk]], types[chunk])
                for chunk in map(slice, *_bounds(len(rows)))
            ]
            or [np.empty(0, np.float32)]
        )
        is_close = np.flatnonzero(closeness >= _MIN_CLOSENESS)
        order = is_close[np.lexsort((-closeness[is_close], rows[is_close]))]
        return rows[order].tolist(), types[order].tolist()

    def _closeness_to_others(self, points: Vectors, types: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return how close titles are to the other titles of a type: each is left out of its own centroid."""
        dots = np.einsum("nd,nd->n", points, self._sums[types])
        squares = self._squares[types]
        is_only = self._counts[types] == 1
        others = np.sqrt(np.maximum(squares - 2 * dots + 1, np.float32(1e-6)))
        return np.where(is_only, np.float32(1), (dots - 1) / others)

    def _nearest_to_unnamed(self) -> Iterator[tuple[int, int]]:
        unnamed = np.array([row for row, words in enumerate(self._named) if not words], np.int64)
        for chunk in np.array_split(unnamed, len(unnamed) // _CHUNK_ROWS + 1):
            if len(chunk):
                closeness = self._points[chunk] @ self._centroids.T
                rows, types = np.nonzero(closeness >= _MIN_UNNAMED)
                order = np.lexsort((-closeness[rows, types], rows))
                yield from zip(chunk[rows[order]].tolist(), types[order].tolist(), strict=True)

    def _names_of_leaves(self) -> Iterator[tuple[int, int]]:
        """Yield the products of leaves that a type stands for: as part of the leaf's name, or as its synonym.

        `坚果炒货` are `坚果`, as far as they are alike; `太阳镜` are `墨镜`, since those that are called so
        are filed there and like the others that are.
        """
        rows_of: defaultdict[Path_, list[int]] = defaultdict(list)
        filed: defaultdict[int, Counter[Path_]] = defaultdict(Counter)
        for row, path in enumerate(self._leaves):
            if path:
                rows_of[path].append(row)
            for position in self._named[row]:
                filed[position][path] += 1
        likely: defaultdict[Path_, list[int]] = defaultdict(list)
        for position, paths in filed.items():
            path, count = paths.most_common(1)[0]
            share = count / paths.total()
            if not path or share < _MIN_LEAF_SHARE or self._names[position] in _leaf_words(path):
                continue
            covers = share >= _MIN_SYNONYM_SHARE and count >= _MIN_SYNONYM_COVERAGE * len(rows_of[path])
            if covers or self._names[position] in normalize(path[-1]):
                likely[path].append(position)
        for path, positions in likely.items():
            rows = np.array(rows_of[path])
            points = self._points[rows]
            leaf_sum = points.sum(axis=0)
            coherence = _coherence(np.array([np.linalg.norm(leaf_sum)]), np.array([len(rows)]))
            for position in positions if coherence[0] >= _MIN_LEAF_COHERENCE else ():
                if self._names[position] in normalize(path[-1]) or self._is_synonym(position, leaf_sum):
                    closeness = points @ self._centroids[position]
                    yield from ((row, position) for row in rows[closeness >= _MIN_LEAF_CLOSENESS].tolist())

    def _is_synonym(self, position: int, leaf_sum: NDArray[np.float32]) -> bool:
        """Return whether the products of a type, nearly all of one leaf, are like the others of the leaf."""
        others = leaf_sum - self._sums[position]
        length = float(np.linalg.norm(others))
        return length > 1 and float(self._centroids[position] @ others) >= _MIN_SYNONYM_LIKENESS * length

    def _find_wider(self, least: int) -> dict[int, int]:
        """Return the wider type of each kind: what it ends in, at a border between words or close to it."""
        wider: dict[int, int] = {}
        # A category above leaves is no kind of what its name ends in: 影音耳机 holds loudspeakers.
        nodes = {position for positions in self._nodes for position in positions}
        for kind, position in self._position.items():
            if position in nodes:
                continue
            suffixes = word_suffixes(kind)
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

    def _widened(self, row: int, positions: Sequence[int]) -> list[int]:
        """Return types with the wider ones of each; a declared type, else a leaf, comes first."""
        widened = dict.fromkeys(positions)
        for position in positions:
            wider = self._wider.get(position)
            while wider is not None:
                widened[wider] = None
                wider = self._wider.get(wider)
        leaf = next((name for name in _leaf_words(self._leaves[row]) if name in self._position), "")
        main = self._position.get(self._declared[row] or leaf)
        return sorted(widened, key=lambda position: position != main)


def _bounds(length: int) -> tuple[range, range]:
    """Return where chunks begin and end."""
    return range(0, length, _CHUNK_ROWS), range(_CHUNK_ROWS, length + _CHUNK_ROWS, _CHUNK_ROWS)


def _min_titles(products: int) -> int:
    return max(1, min(_MIN_TITLES, products // _PRODUCTS_PER_TITLE))


def _leaf_words(path: Path_) -> list[str]:
    parts = _LEAF_PARTS.split(normalize(path[-1])) if path else []
    return [part for part in parts if 1 < len(part) <= MAX_TYPE_LENGTH and any(map(is_chinese, part))]


def _node_words(path: Path_) -> list[str]:
    """Return the words of the categories above a leaf."""
    return list(dict.fromkeys(word for depth in range(1, len(path)) for word in _leaf_words(path[:depth])))


def _without_brand(title: str, brand: str) -> str:
    """Return a title without its brand, which may hold words for things: 积木星球客."""
    for part in brand_spellings(brand):
        title = title.replace(part, " ")
    return title


def _fit_space(vectors: Vectors, rows_of: Mapping[str, Sequence[int]]) -> tuple[TypeSpace, bool]:
    """Return the space in which the covariance within types is the identity, and whether it is known.

    Of too few products it is not: then all directions count alike.
    """
    dimensions = vectors.shape[1]
    covariance = np.zeros((dimensions, dimensions), np.float32)
    degrees = 0
    deviations: list[Vectors] = []
    rng = np.random.default_rng(0)
    for word, rows in rows_of.items():
        if len(rows) < _WITHIN_MIN_TITLES or word[-1] not in HEAD_CHARACTERS:
            continue
        sample = np.sort(rng.choice(rows, min(len(rows), _WITHIN_SAMPLE), replace=False))
        titles = np.asarray(vectors[sample])
        mean = titles.mean(axis=0)
        if np.linalg.norm(mean) >= _WITHIN_MIN_COHERENCE:
            deviations.append(titles - mean)
            degrees += len(titles) - 1
    for start in range(0, len(deviations), _STACKED_TYPES):
        # One product of large matrices: of many small ones it takes eight times as long.
        stacked = np.concatenate(deviations[start : start + _STACKED_TYPES])
        covariance += stacked.T @ stacked
    is_whitened = degrees >= dimensions
    if not is_whitened:
        covariance, degrees = np.eye(dimensions, dtype=np.float32), 1
    covariance /= degrees
    covariance += np.eye(dimensions, dtype=np.float32) * (_RIDGE * np.trace(covariance) / dimensions)
    projection = np.linalg.cholesky(np.linalg.inv(covariance)).astype(np.float32)
    total = np.zeros(dimensions, np.float64)
    for start in range(0, len(vectors), _CHUNK_ROWS):
        total += np.asarray(vectors[start : start + _CHUNK_ROWS]).sum(axis=0)
    space = TypeSpace(projection, (total / len(vectors)).astype(np.float32) @ projection)
    return space, is_whitened


def _coherence(lengths: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the root of the mean cosine of two different titles, from the length of their sum."""
    pairs = np.maximum(counts * (counts - 1), 1)
    mean_cosine = np.where(counts > 1, (lengths.astype(np.float64) ** 2 - counts) / pairs, 1.0)
    return np.sqrt(np.maximum(mean_cosine, 0))
