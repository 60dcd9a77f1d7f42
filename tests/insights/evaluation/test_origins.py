"""Past days as of which forecasts are made."""

import pytest

from insights.evaluation.origins import rolling_origins
from shangsou.errors import UnusableInput


def test_the_last_horizon_ends_with_the_last_day_and_origins_are_a_step_apart():
    origins = rolling_origins(1095, 14, 14)
    assert len(origins) == 13
    assert origins[0] == 1095 - 13 * 14
    assert origins[-2:] == [1067, 1081]


def test_a_short_table_has_as_many_origins_as_fit():
    # 56 days before the first: 98 = 56 + 14 + 2 x 14.
    assert rolling_origins(98, 14, 14) == [56, 70, 84]
    assert rolling_origins(97, 14, 14) == [69, 83]


def test_horizons_may_overlap():
    assert rolling_origins(100, 14, 7, wanted=3) == [72, 79, 86]


def test_a_table_too_short_for_one_origin_says_what_it_has_and_needs():
    assert rolling_origins(70, 14, 14) == [56]
    with pytest.raises(UnusableInput, match=r"cover 69 days, and one origin needs 70: 56 to .* and 14 to"):
        rolling_origins(69, 14, 14)
    with pytest.raises(UnusableInput, match=r"cover 1 day,"):
        rolling_origins(1, 14, 14)
