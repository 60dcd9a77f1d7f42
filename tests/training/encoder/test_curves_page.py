"""The page of a run."""

import re

from training.encoder.curves_page import HEIGHT, WIDTH, curve, curves_page
from training.encoder.run_folder import Metrics

METRICS = [
    Metrics(0, 0.0, None, 0.5, 0.0, 0.0),
    Metrics(50, 0.5, 2.0, 0.6, 2e-5, 31.4),
    Metrics(100, 1.0, 1.0, 0.75, 1e-7, 30.0),
]


def test_a_curve_runs_from_the_first_step_to_the_last_and_from_its_lowest_value_to_its_highest():
    points = [(x, y) for x, y, _ in curve("MRR", "", [(0, 0.5), (50, 0.6), (100, 0.75)]).points]
    # .1 of .25 above the bottom is two fifths.
    assert points == [(0, HEIGHT), (WIDTH / 2, 0.6 * HEIGHT), (WIDTH, 0)]


def test_a_curve_of_one_value_can_be_drawn():
    assert [(x, y) for x, y, _ in curve("MRR", "", [(7, 0.5)]).points] == [(0, HEIGHT)]


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
    assert "没有安装模型" in curves_page("甲", METRICS, {}, result | {"blend": 0.0})
