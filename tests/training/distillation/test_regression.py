"""Regression of units on a teacher's vectors, by small systems worked out by hand."""

import numpy as np
import pytest

from shangsou.text.segmenter import PACKAGED
from training.distillation.regression import mean_matrix, principal_axes, regress, sif_weights
from training.distillation.units import build_tokenizer, count_units


def test_a_unit_that_is_a_thousandth_of_all_weighs_a_half():
    weights = sif_weights([999, 1, 0])
    assert weights[1] == pytest.approx(0.5)
    assert weights[2] == 1.0


def test_a_row_is_the_weighted_mean_of_its_units_and_an_unknown_text_is_empty():
    tokenizer = build_tokenizer(count_units(["红色连衣裙"] * 3, PACKAGED))
    weights = np.zeros(tokenizer.get_vocab_size(), np.float32)
    red, dress = tokenizer.token_to_id("红色"), tokenizer.token_to_id("连衣裙")
    weights[red], weights[dress] = 1, 3
    rows = mean_matrix(tokenizer, ["红色连衣裙", "😀"], weights).toarray()
    assert (rows[0, red], rows[0, dress], rows[1].sum()) == (0.25, 0.75, 0)


def test_a_unit_lies_between_its_target_and_where_it_began():
    from scipy.sparse import csr_array

    # One text of one unit: (v - 4)^2 + 1 v^2 is least at 2. The second unit is in no text.
    found = regress(
        csr_array(np.array([[1.0, 0.0]], np.float32)),
        np.array([[4.0]], np.float32),
        np.array([[0.0], [7.0]], np.float32),
        ridge=1.0,
        rounds=3,
    )
    assert found == pytest.approx(np.array([[2.0], [7.0]]))


def test_the_first_axis_is_the_one_along_which_vectors_are_longest():
    axes = principal_axes(np.array([[3, 0], [-3, 0], [0, 1]], np.float32), 1)
    assert np.abs(axes[:, 0]) == pytest.approx([1, 0])
