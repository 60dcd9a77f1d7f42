"""Where units begin, by small tables worked out by hand."""

import numpy as np
import pytest

from training.distillation.initial_table import initial_vectors, principal_axes, sif_weights


def test_a_unit_that_is_a_thousandth_of_all_weighs_a_half():
    weights = sif_weights([999, 1, 0])
    assert weights[1] == pytest.approx(0.5)
    assert weights[2] == 1.0


def test_the_first_axis_is_the_one_along_which_vectors_are_longest():
    axes = principal_axes(np.array([[3, 0], [-3, 0], [0, 1]], np.float32), 1)
    assert np.abs(axes[:, 0]) == pytest.approx([1, 0])


def test_units_lie_on_the_axis_along_which_titles_differ_without_what_they_have_in_common():
    # Titles differ in the second dimension alone, and there the mean of the units is 3.
    units = np.array([[5, 2], [9, 4]], np.float16)
    titles = np.array([[7, 1], [7, -1]], np.float16)
    found = initial_vectors(units, titles, 1)
    assert np.abs(found).tolist() == [[1], [1]]
    assert found[0] == -found[1]
