"""The figure by which training is judged while it runs."""

import numpy as np
import pytest

from shangsou.errors import UnusableInput
from training.encoder.validation import Score, validate, validation_set
from training.pairs.pair import Pair


def pair(query: str, title: str, group: int, split: str = "validation") -> Pair:
    return Pair(query, f"p{group}", title, 1.0, "click", group, split=split)


def encoder(**angles: float):
    """Return an encoder of two dimensions that knows the angle of each text, in degrees."""
    return lambda texts: np.array(
        [[np.cos(np.radians(angles[text])), np.sin(np.radians(angles[text]))] for text in texts]
    )


def test_it_is_the_mean_of_the_reciprocal_rank_of_the_best_product():
    # 伞 at 0: 甲 (10) before 乙 (20), its own: rank 2. 杯 at 90: 丙 (80) is its own: rank 1.
    pairs = [pair("伞", "乙", 2), pair("杯", "丙", 3), pair("鞋", "甲", 1, "train")]
    encode = encoder(伞=0, 杯=90, 甲=10, 乙=20, 丙=80)
    assert validate(encode, validation_set(pairs, seed=1)).mrr == pytest.approx((1 / 2 + 1) / 2)


def test_its_standard_error_is_that_of_the_mean_over_queries():
    # 1/2 and 1, as above: both .25 from their mean, so .25 / sqrt(2).
    pairs = [pair("伞", "乙", 2), pair("杯", "丙", 3), pair("鞋", "甲", 1, "train")]
    score = validate(encoder(伞=0, 杯=90, 甲=10, 乙=20, 丙=80), validation_set(pairs, seed=1))
    assert score.error == pytest.approx(0.25 / np.sqrt(2))
    assert Score(0.75, 0.05).lowest_equal == pytest.approx(0.70)


def test_the_best_of_several_products_counts():
    pairs = [pair("伞", "甲", 1), pair("伞", "乙", 2), pair("鞋", "丙", 3, "train")]
    assert validate(encoder(伞=0, 甲=60, 乙=5, 丙=10), validation_set(pairs, seed=1)).mrr == 1


def test_an_encoder_that_makes_all_texts_alike_is_worst():
    pairs = [pair("伞", "甲", 1), *(pair("鞋", f"丙{number}", number, "train") for number in range(2, 5))]
    encode = lambda texts: np.ones((len(texts), 1))  # noqa: E731
    assert validate(encode, validation_set(pairs, seed=1)).mrr == pytest.approx(1 / 4)


def test_an_encoder_of_vectors_that_are_no_numbers_is_worst_too():
    pairs = [pair("伞", "甲", 1), *(pair("鞋", f"丙{number}", number, "train") for number in range(2, 5))]
    encode = lambda texts: np.full((len(texts), 1), np.nan)  # noqa: E731
    assert validate(encode, validation_set(pairs, seed=1)).mrr == pytest.approx(1 / 4)


def test_a_title_as_a_query_does_not_find_itself():
    # 甲 and 乙 are variants, each the query of the other; 丙 is nearer to 甲 than 乙 is, not to 乙.
    pairs = [pair("甲", "乙", 1), pair("乙", "甲", 1), pair("鞋", "丙", 3, "train")]
    encode = encoder(甲=0, 乙=20, 丙=-10)
    assert validate(encode, validation_set(pairs, seed=1)).mrr == pytest.approx((1 / 2 + 1) / 2)


def test_queries_and_titles_of_a_large_shop_are_sampled_the_same_for_a_seed():
    pairs = [pair(f"q{number}", f"t{number}", number) for number in range(1_500)]
    pairs += [pair(f"q{number}", f"t{number}", number, "train") for number in range(1_500, 5_000)]
    first, again, other = (validation_set(pairs, seed=seed) for seed in (1, 1, 2))
    assert (len(first.queries), len(first.titles)) == (1_000, 2_000)
    assert first.is_relevant.sum() == 1_000
    assert first.queries == again.queries != other.queries
    assert first.titles == again.titles


def test_pairs_of_no_such_split_are_refused():
    with pytest.raises(UnusableInput, match='no pair is of the split "validation"'):
        validation_set([pair("伞", "甲", 1, "train"), pair("帽", "乙", 2, "train")], seed=1)
