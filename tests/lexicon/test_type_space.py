"""The space of product types, for encoders whose cosines lie elsewhere than the default model's."""

import numpy as np
import pytest

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.lexicon.type_space import fit_space


@pytest.mark.parametrize(
    ("mean_cosine", "cosines", "is_close"),
    [
        # A type is close from a mean cosine of .49 on, of the default model.
        (0.64, SAME_SCALE, True),
        (0.36, SAME_SCALE, False),
        # Where this encoder has .64 the default model has (.64 - .4) / .6 = .4.
        (0.64, CosineScale(0.4, 0.6), False),
        # And here (.36 + .3) / 1 = .66.
        (0.36, CosineScale(-0.3, 1.0), True),
    ],
)
def test_which_types_are_close_is_decided_in_cosines_of_the_default_model(
    mean_cosine: float, cosines: CosineScale, is_close: bool
) -> None:
    # Four titles on each side of one direction: the square of the length of their mean is the mean cosine.
    along, across = np.sqrt(mean_cosine), np.sqrt(1 - mean_cosine)
    vectors = np.array([[along, across], [along, -across]] * 4, np.float32)
    _, is_whitened = fit_space(vectors, {"水杯": np.arange(8)}, cosines)
    # Of no close type there is nothing to whiten by.
    assert is_whitened == is_close
