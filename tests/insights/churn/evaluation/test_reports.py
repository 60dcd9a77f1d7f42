"""Evaluations as text for a terminal and as JSON: true, and without small groups."""

import json
from datetime import date

import pytest

from insights.churn.evaluation.cut import NoEarlierDay
from insights.churn.evaluation.evaluate import evaluate_churn
from insights.churn.evaluation.json_report import evaluation_json
from insights.churn.evaluation.text_report import evaluation_text
from tests.insights.churn.evaluation.bg_nbd_scores import constant_scores
from tests.insights.churn.evaluation.evaluations import RIGHT, evaluated, with_cut
from tests.insights.churn.evaluation.records import orders_of

# Of 20 at the cut or above 15 bought, so five did not.
SMALL_SIDE = evaluated([0.2] * 80 + [0.7] * 20, [1] * 12 + [0] * 68 + [1] * 15 + [0] * 5, with_reason=12)
TWO_ORIGINS = (date(2026, 1, 31), date(2026, 3, 2))


def document_of(evaluation):
    return json.loads(json.dumps(evaluation_json(evaluation), allow_nan=False))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (NoEarlierDay.TOO_SHORT, "since the records begin too late to choose it on an earlier day"),
        (NoEarlierDay.NOT_SCORED, "since nothing could be fitted to what was known a horizon earlier"),
        (NoEarlierDay.NOBODY_BOUGHT, "since nobody bought in the horizon before"),
    ],
)
def test_reports_say_why_no_earlier_day_chose_the_cut(reason, words):
    found = with_cut(None, reason)
    assert words in evaluation_text(found)
    cut = document_of(found)["origins"][0]["cut"]
    assert (cut["chosen_as_of"], cut["no_earlier_day"]) == (None, reason.value)


def test_reports_say_which_earlier_day_chose_the_cut():
    found = with_cut(date(2026, 1, 1), None)
    assert "the highest F1 as of 2026-01-01" in evaluation_text(found)
    cut = document_of(found)["origins"][0]["cut"]
    assert (cut["chosen_as_of"], cut["no_earlier_day"]) == ("2026-01-01", None)


def test_groups_that_are_large_enough_are_shown():
    # At the cut of .7 are 28 buyers and 12 others, below it 12 buyers and 48 others: 76 of 100 are right.
    text, document = evaluation_text(RIGHT), document_of(RIGHT)
    assert "at the cut: accuracy 0.760, precision 0.700, recall 0.700, F1 0.700" in text
    assert "- silent" in text
    assert document["confusion"]["true_positives"] == 28
    assert document["origins"][0]["confusion"]["false_positives"] == 12
    assert [(one["customers"], one["bought"]) for one in document["calibration"]] == [(60, 0.2), (40, 0.7)]
    assert [one["reason"] for one in document["reasons"]] == ["silent"]


def test_a_side_of_the_cut_with_few_people_is_in_no_report_and_in_no_origin():
    text, document = evaluation_text(SMALL_SIDE), document_of(SMALL_SIDE)
    assert "on a side of it fewer than 10 bought, or did not" in text
    assert (document["confusion"], document["origins"][0]["confusion"]) == (None, None)
    # F1 would be 2 * 15 / (27 + 20) = .638.
    assert "0.638" not in text + json.dumps(document)
    assert all(one["customers"] * (1 - one["bought"]) >= 10 - 1e-9 for one in document["calibration"])


def test_a_reason_of_few_people_is_in_no_report():
    # All 12 with it bought, so none did not.
    assert "silent" not in evaluation_text(SMALL_SIDE)
    assert "1 reason of too few customers not shown" in evaluation_text(SMALL_SIDE)
    assert document_of(SMALL_SIDE)["reasons"] == []


def test_an_origin_with_few_buyers_is_not_shown_by_itself():
    # Eleven buy after the first day and nine others after the second: of both 20, which is enough.
    days = {
        f"c{number:02}": [0, *([31] if number < 11 else [61] if number < 20 else [])] for number in range(60)
    }
    found = evaluate_churn(orders_of(days, last=90), None, constant_scores(0.2), TWO_ORIGINS, 30)
    assert [int(one.outcomes.has_bought.sum()) for one in found.origins] == [11, 9]
    text, document = evaluation_text(found), document_of(found)
    assert "origins are not shown one by one" in text
    assert document["are_figures_shown"]
    assert document["origins"] == []


def test_too_few_buyers_of_all_origins_have_no_figures():
    found = evaluated([0.2] * 60, [1] * 9 + [0] * 51, origins=TWO_ORIGINS)
    assert [int(one.outcomes.has_bought.sum()) for one in found.origins] == [9, 9]
    # 18 scores of buyers are fewer than ten for each origin.
    text, document = evaluation_text(found), document_of(found)
    assert "too few customers bought again, or did not, to show figures" in text
    assert "AUC" not in text
    assert document == {"horizon_days": 30, "left_out": {}, "are_figures_shown": False}
