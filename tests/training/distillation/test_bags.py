"""Texts as bags of units."""

import numpy as np

from shangsou.text.segmenter import PACKAGED
from training.distillation.bags import Bags, cut_into_bags
from training.distillation.units import build_tokenizer, count_units


def test_taken_texts_have_the_units_that_they_had():
    bags = Bags(np.array([1, 2, 3]), np.array([0, 2, 2, 3]))
    taken = bags.take(np.array([2, 1, 0]))
    assert (taken.units.tolist(), taken.starts.tolist()) == ([3, 1, 2], [0, 1, 1, 3])


def test_what_the_tokenizer_does_not_know_is_in_no_bag():
    tokenizer = build_tokenizer(count_units(["红色连衣裙"] * 3, PACKAGED))
    bags = cut_into_bags(tokenizer, ["红色😀连衣裙", "😀"])
    assert bags.units.tolist() == [tokenizer.token_to_id("红色"), tokenizer.token_to_id("连衣裙")]
    assert bags.starts.tolist() == [0, 2, 2]
