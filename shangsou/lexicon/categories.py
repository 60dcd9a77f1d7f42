"""The category model: naive Bayes over titles, with calibrated probabilities."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap
from shangsou.text.terms import bigrams, characters

# Categories that are less likely are not predicted, and no more than this many of the others.
_MIN_PROBABILITY = 0.2
_MAX_PREDICTIONS = 3
# A category is predicted instead of its parent if it has this share of the parent's probability.
_MIN_CHILD_SHARE = 0.7
_NEGLIGIBLE = 0.01

CategoryPath = tuple[str, ...]


class Prediction(NamedTuple):
    """A category, and the probability that a wanted product belongs to it."""

    path: CategoryPath
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class CategoryModel:
    """A multinomial naive Bayes model of the titles of each category. Safe for many threads.

    A term that a class never holds has the same likelihood for all terms, so only the differences of the
    others from it are stored, term by term.
    """

    paths: list[CategoryPath]
    """The classes; `()` is that of products without a category."""
    temperature: float
    """The divisor of scores that calibrates the probabilities."""
    measured: Mapping[str, float]
    """The accuracy of the probabilities on held-out titles."""
    keys: NDArray[np.uint64]
    """Hashes of the terms, ascending; one extra entry, at the end, serves lookups past it."""
    starts: NDArray[np.int64]
    """The start of each term in `classes` and `gains`, and the end of the last one."""
    classes: NDArray[np.int32]
    gains: NDArray[np.float32]
    """Log-likelihood of a term in a class, relative to that of a term which the class never holds."""
    priors: NDArray[np.float32]
    """Logarithm of the number of products in each class."""
    unseen: NDArray[np.float32]
    """Log-likelihood of a term that a class never holds."""

    def predict(self, text: str) -> tuple[Prediction, ...]:
        """Return the most probable categories of a normalized query, in order; none if all are improbable.

        The probability of a category includes that of all its descendants.
        """
        scores = self.scores(text)
        if scores is None:
            return ()
        probabilities = softmax(scores / self.temperature)
        likely: defaultdict[CategoryPath, float] = defaultdict(float)
        for position in np.flatnonzero(probabilities > _NEGLIGIBLE).tolist():
            path = self.paths[position]
            for depth in range(1, len(path) + 1):
                likely[path[:depth]] += float(probabilities[position])
        likely_categories = [
            Prediction(*prediction) for prediction in likely.items() if prediction[1] >= _MIN_PROBABILITY
        ]
        deepest = [
            prediction
            for prediction in likely_categories
            if not any(
                len(other.path) > len(prediction.path)
                and other.path[: len(prediction.path)] == prediction.path
                and other.probability >= _MIN_CHILD_SHARE * prediction.probability
                for other in likely_categories
            )
        ]
        return tuple(sorted(deepest, key=lambda prediction: -prediction.probability)[:_MAX_PREDICTIONS])

    def scores(self, text: str) -> NDArray[np.float64] | None:
        """Return the log-likelihood of each class up to a constant; None if no term is known."""
        terms = category_terms(text)
        keys = np.fromiter(map(term_key, terms), np.uint64, len(terms))
        positions = np.searchsorted(self.keys[:-1], keys)
        known = positions[self.keys[positions] == keys].tolist()
        if not known:
            return None
        scores = self.priors + len(known) * self.unseen.astype(np.float64)
        for position in known:
            span = slice(int(self.starts[position]), int(self.starts[position + 1]))
            scores[self.classes[span]] += self.gains[span]
        return scores


_ARRAYS = ("keys", "starts", "classes", "gains", "priors", "unseen")
_FILE = "filing.json"


def write_category_model(folder: Path, model: CategoryModel) -> None:
    """Write a model into a folder."""
    for name in _ARRAYS:
        np.save(folder / f"filing.{name}.npy", getattr(model, name))
    payload = {"paths": model.paths, "temperature": model.temperature, "measured": dict(model.measured)}
    (folder / _FILE).write_text(json.dumps(payload, ensure_ascii=False), "utf-8")


def open_category_model(folder: Path) -> CategoryModel | None:
    """Return the model in a folder, memory-mapped; None if there is none."""
    try:
        payload = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    arrays = {name: load_npy_mmap(folder / f"filing.{name}.npy") for name in _ARRAYS}
    return CategoryModel(
        paths=[tuple(path) for path in payload["paths"]],
        temperature=payload["temperature"],
        measured=payload["measured"],
        **arrays,
    )


def category_terms(text: str) -> list[str]:
    """Return the features of a normalized text that predict its category: its character bigrams.

    Adding words did not help and took three times as long (log-loss of held-out titles .84 instead of .82).
    """
    return list(dict.fromkeys(bigrams(characters(text))))


def term_key(term: str) -> int:
    """Return the hash of a term, 64 bits."""
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of log-likelihoods along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return shares
