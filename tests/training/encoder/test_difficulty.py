"""Pairs are drawn more often where the base finds badly what their query means."""

import numpy as np
import pytest

from training.encoder.base_vectors import encode_pairs
from training.encoder.batches import Example
from training.encoder.difficulty import weigh_by_difficulty
from training.encoder.planning import training_examples
from training.pairs.pair import Pair

# Titles at angles of 0, 10, … 70 degrees; a query lies at the angle that is its text.
TITLES = [f"{angle}°" for angle in range(0, 80, 10)]


def encode(texts):
    angles = np.radians([float(text.rstrip("°")) for text in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def weights(pairs: list[Pair]) -> list[float]:
    others = [
        Pair("90", f"o{number}", title, 1, "written", 100 + number) for number, title in enumerate(TITLES)
    ]
    pairs = [*pairs, *others]
    weighed = weigh_by_difficulty(
        training_examples(pairs, only_shoppers=False), encode_pairs(pairs, encode), seed=0
    )
    return [one.weight for one in weighed]


def test_a_pair_that_the_base_finds_first_keeps_its_weight():
    assert weights([Pair("1", "p", "0°", 3.0, "click", 1)])[0] == pytest.approx(3.0)


def test_a_pair_counts_more_the_more_titles_the_base_puts_before_it():
    # Of 8 titles, 6 lie nearer to 1 degree than that at 60: log2(2 + 6) = 3.
    assert weights([Pair("1", "p", "60°", 2.0, "click", 1)])[0] == pytest.approx(6.0)


def test_a_wrong_click_on_an_understood_query_counts_as_the_right_ones_do():
    # Ranks 0, 0 and 6: the mean of 1, 1 and 3 is 5 / 3, for each.
    pairs = [
        Pair("1", "p", "0°", 1.0, "click", 1),
        Pair("1", "q", "0°", 1.0, "click", 2),
        Pair("1", "r", "60°", 1.0, "click", 3),
    ]
    assert weights(pairs)[:3] == pytest.approx([5 / 3] * 3)


def test_only_what_is_trained_on_is_encoded():
    pairs = [Pair("1", "p", "0°", 1.0, "click", 1), Pair("2", "q", "10°", 1.0, "click", 2, split="test")]
    base = encode_pairs(pairs, encode)
    assert (base.queries.texts, base.titles.texts) == (["1"], ["0°"])


def test_everything_but_the_weight_stays():
    pair = Pair("1", "p", "0°", 1.0, "click", 7)
    (one,) = weigh_by_difficulty(
        training_examples([pair], only_shoppers=False), encode_pairs([pair], encode), seed=0
    )
    assert one == Example("1", "0°", 7, 1.0, "p")
