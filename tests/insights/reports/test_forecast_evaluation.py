"""The page of an evaluation of forecasts, also in a browser, on a phone and on a desktop."""

import re

import numpy as np
import pytest

from insights.evaluation.summary import summarize
from insights.reports.forecast_evaluation import evaluation_page
from insights.reports.plots import HEIGHT, WIDTH, example_plots, origin_plot
from tests.insights.evaluation.backtests import constant_model, evaluated
from tests.insights.histories import history_of
from tests.insights.reports.pages_in_browser import assert_fits_and_fetches_nothing

LONG = "x" * 200


def page(mean=3.0, quantity=None, names=("<b>白菜</b>", LONG, "")):
    if quantity is None:
        quantity = np.random.default_rng(2).poisson(3, (3, 140))
    result = evaluated(history_of(quantity, names=names), constant_model(mean))
    return evaluation_page(result, summarize(result))


def test_the_headline_says_what_the_error_means():
    # Of 4 sold a day 3 are forecast: 25 of 100 are missing.
    text = page(quantity=[[4] * 140], names=["白菜"])
    assert "每卖出 100 份，预测平均差 25 份" in text
    assert "总量少预测了 25.0%" in text
    assert "商搜不如它准" in text
    assert "白菜" in text


def test_names_of_items_are_text():
    text = page()
    assert "&lt;b&gt;白菜&lt;/b&gt;" in text
    assert "<b>白菜</b>" not in text


def test_what_is_not_known_is_a_dash_and_no_nan():
    quantity = [[1] * 56 + [0] * 14, [0] * 56 + [1] * 14]
    text = page(quantity=quantity, names=["", ""])
    assert "平均差 – 份" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_lines_over_origins_rise_with_the_error():
    plot = origin_plot({"a": [0.0, 1.0], "b": [float("nan"), 0.5]}, ["2024-01-01", "2024-01-15"])
    assert plot.lines[0].points[0][:2] == (0, HEIGHT)
    assert [x for x, _, _ in plot.lines[1].points] == [WIDTH]
    assert plot.high == 1.05


def test_examples_go_from_the_best_seller_to_the_worst_and_are_different_items():
    quantity = np.array([[1], [9], [5], [7]]) * np.ones((4, 70))
    result = evaluated(history_of(quantity), constant_model(1))
    (origin,) = result.origins
    assert [one.item.id for one in example_plots(result.history, origin, 2)] == ["A1", "A0"]
    assert [one.item.id for one in example_plots(result.history, origin, 9)] == ["A1", "A3", "A2", "A0"]
    example = example_plots(result.history, origin, 1)[0]
    assert (example.sold, example.forecast) == (9 * 14, 14)
    # The band goes there and back.
    assert len(example.band) == 2 * 14


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways_and_nothing_is_fetched(chromium, tmp_path, width):
    assert_fits_and_fetches_nothing(chromium, tmp_path / "report.html", page(), width)
