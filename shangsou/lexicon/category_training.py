"""Training of the category model from titles, and its calibration."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.categories import (
    CategoryModel,
    CategoryPath,
    softmax,
    write_category_model,
)
from shangsou.lexicon.title_terms import TitleTerms, title_terms
from shangsou.product import Product
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import words

# Products to train on, which take about 80 MB; of more, every second, every fourth, … is used.
_MAX_PRODUCTS = 400_000
# A category with fewer products is merged into its parent: three titles are too few to learn from.
_MIN_CATEGORY_PRODUCTS = 5
# Terms in fewer titles are ignored.
_MIN_TERM_TITLES = 2
# Added to every count, so that no category is impossible (Lidstone). Log-loss of titles held out of 74,362:
# .82, .83, .91 with .1, .3, 1.
_SMOOTHING = 0.1
# Every tenth product is held out to calibrate the probabilities; two thousand are enough.
_HELD_OUT_EVERY = 10
_MAX_HELD_OUT = 2_000
# Titles are longer than queries: a held-out title stands for a query of this many of its words, in order.
_QUERY_WORD_COUNTS = (2, 3, 4)
_TEMPERATURES = np.geomspace(0.5, 8, 17)


class CategoryLearner:
    """Collects titles and categories, product by product."""

    def __init__(self, segmenter: Segmenter = PACKAGED) -> None:
        self._segmenter = segmenter
        self._paths: list[CategoryPath] = []
        self._titles: list[str] = []
        self._stride = 1
        self._seen = 0

    def add(self, products: Iterable[Product]) -> None:
        """Add products. Those off sale are left out, since they are never found."""
        for product in products:
            if product.status == "off":
                continue
            self._seen += 1
            if self._seen % self._stride:
                continue
            self._titles.append(normalize(product.title))
            self._paths.append(product.category)
            if len(self._titles) >= _MAX_PRODUCTS:
                self._stride *= 2
                del self._titles[1::2], self._paths[1::2]

    def write(self, folder: Path) -> None:
        """Write the model into a folder; nothing if there are fewer than two categories."""
        paths, classes = _assign_classes(self._paths)
        if len(paths) < 2:
            return
        held_out = np.arange(len(classes)) % _HELD_OUT_EVERY == _HELD_OUT_EVERY - 1
        terms = title_terms(self._titles, _MIN_TERM_TITLES)
        trained = _fit(terms, paths, classes, ~held_out, 1.0, {})
        temperature, measured = self._calibrate(trained, classes, np.flatnonzero(held_out).tolist())
        everything = np.ones(len(classes), np.bool_)
        write_category_model(folder, _fit(terms, paths, classes, everything, temperature, measured))

    def _calibrate(
        self, model: CategoryModel, classes: NDArray[np.int32], rows: list[int]
    ) -> tuple[float, dict[str, float]]:
        """Return the temperature that fits held-out titles best (Guo et al. 2017), and its loss."""
        rng = np.random.default_rng(0)
        scores, truth = [], []
        for row in rows[:: max(1, len(rows) // _MAX_HELD_OUT)]:
            title_words = words(self._titles[row], self._segmenter)
            length = int(rng.choice(_QUERY_WORD_COUNTS))
            start = int(rng.integers(max(1, len(title_words) - length + 1)))
            log_likelihoods = model.scores("".join(title_words[start : start + length]))
            if log_likelihoods is not None:
                scores.append(log_likelihoods)
                truth.append(int(classes[row]))
        if not scores:
            return 1.0, {}
        stacked = np.stack(scores)
        losses = [_log_loss(stacked / temperature, truth) for temperature in _TEMPERATURES]
        best = int(np.argmin(losses))
        return float(_TEMPERATURES[best]), {
            "queries": float(len(truth)),
            "accuracy": float(np.mean(stacked.argmax(axis=1) == truth)),
            "log_loss": losses[best],
            "log_loss_uncalibrated": _log_loss(stacked, truth),
        }


def _fit(  # noqa: PLR0913, PLR0917 - each a part of the model
    terms: TitleTerms,
    paths: list[CategoryPath],
    classes: NDArray[np.int32],
    chosen: NDArray[np.bool_],
    temperature: float,
    measured: dict[str, float],
) -> CategoryModel:
    """Fit the model to the chosen titles."""
    is_chosen = chosen[terms.titles]
    titles, numbers = terms.titles[is_chosen], terms.numbers[is_chosen]
    is_kept = np.bincount(numbers, minlength=len(terms.keys)) >= _MIN_TERM_TITLES
    kept_terms = np.flatnonzero(is_kept)
    # The position of each term among those kept.
    positions = np.cumsum(is_kept) - 1
    in_model = is_kept[numbers]
    pairs, counts = np.unique(
        positions[numbers[in_model]] * len(paths) + classes[titles[in_model]], return_counts=True
    )
    positions_of_pairs, owners = np.divmod(pairs, len(paths))
    totals = np.bincount(owners, counts, minlength=len(paths))
    return CategoryModel(
        paths=paths,
        temperature=temperature,
        measured=measured,
        keys=np.append(terms.keys[kept_terms], np.uint64(0)),
        starts=np.searchsorted(positions_of_pairs, np.arange(len(kept_terms) + 1)),
        classes=owners.astype(np.int32),
        gains=np.log1p(counts / _SMOOTHING).astype(np.float32),
        priors=np.log1p(np.bincount(classes[chosen], minlength=len(paths))).astype(np.float32),
        unseen=np.log(_SMOOTHING / (totals + _SMOOTHING * len(kept_terms) + 1e-9)).astype(np.float32),
    )


def _assign_classes(paths: list[CategoryPath]) -> tuple[list[CategoryPath], NDArray[np.int32]]:
    """Return the classes and each product's: the deepest level of its path that enough products share."""
    below: Counter[CategoryPath] = Counter()
    for path, products in Counter(paths).items():
        for depth in range(len(path) + 1):
            below[path[:depth]] += products

    def assigned_path(path: CategoryPath) -> CategoryPath:
        while path and below[path] < _MIN_CATEGORY_PRODUCTS:
            path = path[:-1]
        return path

    assigned = {path: assigned_path(path) for path in set(paths)}
    classes = sorted(set(assigned.values()))
    positions = {path: position for position, path in enumerate(classes)}
    return classes, np.array([positions[assigned[path]] for path in paths], np.int32)


def _log_loss(scores: NDArray[np.float64], truth: list[int]) -> float:
    chosen = softmax(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())
