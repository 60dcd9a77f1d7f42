"""The network learns a known choice, and writes what serving reads."""

from importlib.util import find_spec

import numpy as np
import pytest

from shangsou.search.personal.features import FEATURE_VERSION, FEATURES
from shangsou.search.personal.ranker import Ranker, RankerFile
from training.network import Examples, fit

# Not `importorskip`: importing torch takes 4 s, in every process that collects the tests.
pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")

WIDTH = len(FEATURES)


def _examples(count: int) -> Examples:
    """Return searches of 5 to 9 candidates in which the one with the highest feature `brand` is chosen."""
    source = np.random.default_rng(3)
    features, targets = [], []
    for _ in range(count):
        rows = source.normal(size=(source.integers(5, 10), WIDTH)).astype(np.float16)
        chosen = np.zeros(len(rows), np.float32)
        chosen[rows[:, FEATURES.index("brand")].argmax()] = 1
        features.append(rows)
        targets.append(chosen)
    return Examples(features, targets)


def test_it_finds_out_which_feature_decides() -> None:
    file = RankerFile(
        features=FEATURE_VERSION, model_hash="", attention=(0.0, 0.0, 0.0), **fit(_examples(1500), seed=1)
    )
    ranker = Ranker(file, "trained")
    unseen = _examples(1700)
    right = [
        ranker.score(rows.astype(np.float32)).argmax() == chosen.argmax()
        for rows, chosen in zip(unseen.features[1500:], unseen.targets[1500:], strict=True)
    ]
    # By chance one in seven.
    assert np.mean(right) > 0.8


def test_the_same_seed_gives_the_same_ranker() -> None:
    assert fit(_examples(100), seed=1) == fit(_examples(100), seed=1)
