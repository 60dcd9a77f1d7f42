"""The page of a run."""

import re

from training.encoder.curves_page import curves_page
from training.encoder.run_folder import Metrics
from training.encoder.run_page import HEIGHT, WIDTH, curve

METRICS = [
    Metrics(0, 0.0, None, 0.5, 0.0, 0.0),
    Metrics(50, 0.5, 2.0, 0.6, 2e-5, 31.4),
    Metrics(100, 1.0, 1.0, 0.75, 1e-7, 30.0),
]


def test_a_curve_runs_from_step_0_to_the_last_and_from_its_lowest_value_to_its_highest():
    points = [(x, y) for x, y, _ in curve("MRR", "", [(0, 0.5), (50, 0.6), (100, 0.75)], 100).points]
    # .1 of .25 above the bottom is two fifths.
    assert points == [(0, HEIGHT), (WIDTH / 2, 0.6 * HEIGHT), (WIDTH, 0)]


def test_a_step_is_at_the_same_place_in_each_curve():
    losses = curve("loss", "", [(50, 2.0), (100, 1.0)], 100)
    assert [x for x, _, _ in losses.points] == [WIDTH / 2, WIDTH]


def test_a_curve_of_one_value_can_be_drawn():
    assert [(x, y) for x, y, _ in curve("MRR", "", [(0, 0.5)], 0).points] == [(0, HEIGHT)]


def test_the_base_is_a_line_to_compare_the_others_with():
    values = [(0, 0.6), (50, 0.5), (100, 0.75)]
    assert curve("MRR", "", values, 100).level is None
    # .1 of .25 above the bottom.
    assert curve("MRR", "", values, 100, compared_with_first=True).level == 0.6 * HEIGHT
    assert curve("MRR", "", [], 0, compared_with_first=True).level is None


def test_a_parameter_of_0_is_shown_as_what_it_means():
    page = curves_page("甲", METRICS, {"blend": 0.0, "max_steps": 0, "retention": 0.0, "seed": 0}, {})
    rows = dict(re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", page))
    assert rows == {"blend": "自动", "max_steps": "不限", "retention": "0.0", "seed": "0"}


def test_the_page_fetches_nothing_and_escapes_what_it_shows():
    page = curves_page("甲", METRICS, {"base": "<script>alert(1)</script>"}, {})
    assert "<script" not in page
    assert not re.search(r"https?://|@import|url\(|src=", page)


def test_the_page_says_how_the_run_stands():
    result = {
        "base_mrr": 0.5,
        "best_mrr": 0.75,
        "best_step": 100,
        "blend": 0.6,
        "mrr": 0.77,
        "exported": True,
    }
    assert "训练未完成" in curves_page("甲", METRICS, {}, {})
    done = curves_page("甲", METRICS, {}, result)
    assert "MRR 0.5000 → 0.7700" in done
    assert "占 60%" in done
    assert "在一个标准误差之内" not in done
    assert "在一个标准误差之内" in curves_page("甲", METRICS, {}, result | {"mrr": 0.49})
    assert "没有安装模型" in curves_page("甲", METRICS, {}, result | {"blend": 0.0})
