"""Product types of a shop: the words for what it sells, and which of them a query asks for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.query import Vector
from shangsou.lexicon.categories import CategoryPath, softmax
from shangsou.lexicon.type_words import Mention, TypeWordScanner, ends_like_type, has_accessory_behind
from shangsou.mmap_arrays import load_npy_mmap
from shangsou.text.segmenter import PACKAGED, Segmenter

# Least closeness of a query to a type that it names: below it names something else,
# as 汽车 in 汽车坐垫 does.
# A leaf of the category tree that is typed is that leaf in any case.
_MIN_NAMED = 0.25
# Of several types that are named, those with less than this share of probability are not asked for.
_MIN_PROBABILITY = 0.2
# Divisor of closeness in the softmax over the types that a query names.
_TEMPERATURE = 0.08
# A kind of a thing that fewer products are called stands for the thing: 翻盖手机 for 手机 and a soft word. Of
# 74,362 products twelve, of few products three.
_MAX_RARE, _MIN_RARE, _PRODUCTS_PER_RARE = 12, 3, 300

ALTERNATIVES_SEPARATOR = "、"
"""What stands between alternatives in a query."""
# Last characters of words for what fits certain models of a thing only.
_FITTING = frozenset("壳膜套贴罩芯弦")


class TypePrediction(NamedTuple):
    """A product type, and the probability that a query asks for it."""

    name: str
    probability: float


class QueryTypes(NamedTuple):
    """What a query asks for."""

    predictions: tuple[TypePrediction, ...]
    """The likeliest first; empty where it asks for no type that the shop knows."""
    is_bare: bool
    """Whether it says nothing else."""
    asks_accessory: bool = False
    """Whether it names types only as what the thing goes with that it asks for: `自行车|灯`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the types."""
        return tuple(prediction.name for prediction in self.predictions)


@dataclass(frozen=True, slots=True, eq=False)
class TypeSpace:
    """The space in which titles of one type lie close together, and titles of others apart.

    Whitened by the covariance of title vectors within types (Fisher 1936), so that what varies among the
    products of one type, as brands and colours do, counts little.
    """

    projection: NDArray[np.float32]
    """Shape (dimensions, dimensions)."""
    mean: NDArray[np.float32]
    """Of the projected titles, shape (dimensions,)."""

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return title or query vectors, shape (n, dimensions), in this space, of length 1."""
        projected: NDArray[np.float32] = vectors @ self.projection - self.mean
        lengths = np.linalg.norm(projected, axis=-1, keepdims=True)
        unit: NDArray[np.float32] = projected / np.maximum(lengths, np.float32(1e-9))
        return unit


@dataclass(frozen=True, eq=False)
class ProductTypes:
    """The product types of one generation. Safe for many threads."""

    names: Sequence[str]
    counts: NDArray[np.int32]
    """How many products are of each type."""
    leaves: frozenset[str]
    """Types that are leaves of the category tree, or that the catalog declares."""
    wider: dict[str, str]
    """The wider type of a kind: `翻盖手机` is a `手机`."""
    products: int
    accessories: frozenset[str]
    """Types of which many products say what they go with."""
    space: TypeSpace
    centroids: NDArray[np.floating[Any]]
    """In the space, shape (types, dimensions), of length 1; half as precise in a file."""
    branded: frozenset[str] = frozenset()
    """Types that are a brand and a wider type."""
    leaf_types: Mapping[CategoryPath, tuple[str, ...]] = field(default_factory=dict)
    """Types that stand for a leaf of the category tree; its products are of them as far as they are close."""
    other_words: frozenset[str] = frozenset()
    """Words that look like types and are none; where one stands, a shorter type in it does not."""
    is_whitened: bool = True
    """Whether there were enough products to know how titles vary within types."""
    segmenter: Segmenter = PACKAGED
    """What the titles were cut into words by."""
    _positions: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_positions", {name: row for row, name in enumerate(self.names)})

    @cached_property
    def scanner(self) -> TypeWordScanner:
        """Finds the types in texts that products are of: a category may be called what none of them is."""
        names = [name for name, count in zip(self.names, self.counts.tolist(), strict=True) if count]
        return TypeWordScanner(names, self.segmenter)

    def __contains__(self, name: str) -> bool:
        return name in self._positions

    def of_query(
        self, text: str, vector: Vector | None, values: Sequence[tuple[int, int]] = ()
    ) -> QueryTypes:
        """Return the types that a normalized query asks for.

        Of those that it names, the ones that its vector is nearest to; without a vector, the last one. Words
        that only begin one of the `values`, given by where these begin and end, name none: 入耳 of 入耳式.
        """
        mentions = [
            mention
            for mention in self.scanner.mentions(text)
            if not any(start <= mention.start and mention.end < end for start, end in values)
        ]
        heads = _last_of_runs([mention for mention in mentions if mention.is_head])
        if vector is None:
            predictions = [TypePrediction(heads[-1].word, 1.0)] if heads else []
        else:
            predictions = self._named(heads, text, self.space.project(vector[None])[0])
        things = [head for head in heads if ends_like_type(head.word) or head.word in self.leaves]
        predictions = _with_alternatives(predictions, things, text)
        return QueryTypes(
            tuple(predictions),
            is_bare=_is_bare(text, heads, predictions),
            asks_accessory=bool(mentions) and not heads and has_accessory_behind(text, mentions[-1].end),
        )

    def is_accessory(self, name: str) -> bool:
        """Return whether a type goes with a thing: many say so, or its name does, as `手机|壳`."""
        return (
            name in self.accessories
            or name[-1] in _FITTING
            or any(name[:end] in self and has_accessory_behind(name, end) for end in range(2, len(name)))
        )

    def widened(self, name: str) -> str:
        """Return a type, or the wider one where it says a brand as well, or few products are called so."""
        rare = max(_MIN_RARE, min(_MAX_RARE, self.products // _PRODUCTS_PER_RARE))
        while name in self.wider and (
            name in self.branded or (name not in self.leaves and self.counts[self._positions[name]] < rare)
        ):
            name = self.wider[name]
        return name

    def _named(self, heads: Sequence[Mention], text: str, point: NDArray[np.float32]) -> list[TypePrediction]:
        words = list(dict.fromkeys(mention.word for mention in heads))
        # Qualities and names, as 无线 and 妈妈, are types only where nothing else is named.
        words = [word for word in words if ends_like_type(word) or word in self.leaves] or words
        if not words:
            return []
        centroids = self.centroids[[self._positions[word] for word in words]].astype(np.float32)
        closeness = centroids @ point
        is_certain = [word == text and word in self.leaves for word in words]
        if not any(is_certain) and closeness.max() < _MIN_NAMED:
            return []
        shares = softmax(closeness.astype(np.float64) / _TEMPERATURE)
        ranked = sorted(zip(shares.tolist(), words, strict=True), reverse=True)
        return [TypePrediction(word, share) for share, word in ranked if share >= _MIN_PROBABILITY]


def _with_alternatives(
    predictions: Sequence[TypePrediction], heads: Sequence[Mention], text: str
) -> list[TypePrediction]:
    """Return predictions with the types that are alternatives to them: 猫粮 and 狗粮 of `猫粮、狗粮`."""
    asked = {prediction.name: prediction for prediction in predictions}
    joined = [
        (former, latter)
        for former, latter in pairwise(heads)
        if text[former.end : latter.start].strip() == ALTERNATIVES_SEPARATOR
    ]
    for former, latter in (*joined, *reversed(joined)):
        for head, other in ((former, latter), (latter, former)):
            if head.word in asked:
                asked.setdefault(other.word, asked[head.word]._replace(name=other.word))
    return list(asked.values())


def _last_of_runs(heads: Sequence[Mention]) -> list[Mention]:
    """Return the heads of a query that no other one follows at once: `手机` of `苹果手机`."""
    return [
        head
        for number, head in enumerate(heads, start=1)
        if number == len(heads) or heads[number].start > head.end
    ]


def _is_bare(text: str, heads: Sequence[Mention], predictions: Sequence[TypePrediction]) -> bool:
    """Return whether a query holds its types and nothing else."""
    asked = {prediction.name for prediction in predictions}
    rest = text
    for mention in reversed(heads):
        if mention.word in asked:
            rest = rest[: mention.start] + rest[mention.end :]
    return bool(predictions) and rest != text and not any(map(str.isalnum, rest))


_FILE = "types.json"


def write_product_types(folder: Path, types: ProductTypes) -> None:
    """Write types into a folder."""
    np.save(folder / "types.centroids.npy", types.centroids.astype(np.float16))
    np.save(folder / "types.projection.npy", types.space.projection)
    np.save(folder / "types.mean.npy", types.space.mean)
    payload = {
        "names": list(types.names),
        "counts": types.counts.tolist(),
        "leaves": sorted(types.leaves),
        "wider": types.wider,
        "products": types.products,
        "accessories": sorted(types.accessories),
        "branded": sorted(types.branded),
        "leaf_types": [[list(path), list(names)] for path, names in types.leaf_types.items()],
        "other_words": sorted(types.other_words),
        "is_whitened": types.is_whitened,
    }
    (folder / _FILE).write_text(json.dumps(payload, ensure_ascii=False), "utf-8")


def open_product_types(folder: Path, segmenter: Segmenter) -> ProductTypes | None:
    """Return the types in a folder; None if there are none."""
    try:
        payload = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return ProductTypes(
        names=payload["names"],
        counts=np.array(payload["counts"], np.int32),
        leaves=frozenset(payload["leaves"]),
        wider=payload["wider"],
        products=payload["products"],
        accessories=frozenset(payload["accessories"]),
        branded=frozenset(payload.get("branded", ())),
        leaf_types={tuple(path): tuple(names) for path, names in payload["leaf_types"]},
        other_words=frozenset(payload["other_words"]),
        is_whitened=payload["is_whitened"],
        space=TypeSpace(
            load_npy_mmap(folder / "types.projection.npy"), load_npy_mmap(folder / "types.mean.npy")
        ),
        centroids=load_npy_mmap(folder / "types.centroids.npy"),
        segmenter=segmenter,
    )
