"""Tables for a terminal, JSON and CSV."""

import csv
import io
import json

from insights.baselines.methods import BASELINES
from insights.evaluation.forecasts_csv import forecasts_csv
from insights.evaluation.json_report import evaluation_json
from insights.evaluation.summary import summarize
from insights.evaluation.text_report import evaluation_text
from tests.insights.evaluation.backtests import constant_model, evaluated
from tests.insights.histories import history_of


def backtest(**options):
    history = history_of([[4] * 98, [2, 0] * 49], unobserved=[(1, 97)])
    return evaluated(history, constant_model(3), **options)


def test_the_text_has_a_row_for_each_method_class_week_and_origin():
    result = backtest()
    lines = evaluation_text(result, summarize(result)).splitlines()
    assert lines[0] == (
        "3 origins from 2024-02-25 to 2024-03-24, 14 days each: 83 item days, 1 more left out as not observed"
    )
    names = [line[:14].rstrip() for line in lines if line[:1].strip()]
    for name in ("shangsou", *BASELINES, "smooth", "intermittent", "1", "2", "2024-02-25"):
        assert any(found.startswith(name) for found in names), name


def test_the_columns_of_a_table_end_at_the_same_place():
    result = backtest()
    table = evaluation_text(result, summarize(result)).split("\n\n")[1].splitlines()
    assert len({len(line) for line in table}) == 1


def test_json_holds_null_for_what_is_not_known():
    # Nothing is sold in the days measured but by an item that had not begun.
    history = history_of([[1] * 56 + [0] * 14, [0] * 56 + [1] * 14])
    result = evaluated(history, constant_model(1))
    document = json.loads(json.dumps(evaluation_json(result, summarize(result)), allow_nan=False))
    assert document["methods"]["shangsou"]["wape"] is None
    assert document["methods"]["shangsou"]["item_days"] == 14
    assert document["difference"]["wape"] is None
    assert document["difference"]["interval"] is None
    text = evaluation_text(result, summarize(result))
    assert "nan" not in text


def test_json_holds_the_measures_by_method_and_group():
    result = backtest()
    document = evaluation_json(result, summarize(result))
    assert document["origins"] == ["2024-02-25", "2024-03-10", "2024-03-24"]
    assert set(document["methods"]) == {"shangsou", *BASELINES}
    assert document["unobserved"] == 1
    assert document["by_class"]["smooth"]["shangsou"]["wape"] == 0.25
    assert set(document["by_week"]) == {"1", "2"}


def test_csv_holds_numbers_of_any_size_in_full():
    result = evaluated(history_of([[1234567.25] * 70]), constant_model(0.00001))
    row = next(csv.DictReader(io.StringIO(forecasts_csv(result))))
    assert (row["sold"], row["mean"]) == ("1234567.25", "0")


def test_csv_has_a_row_for_each_item_day_and_method_that_was_measured():
    result = backtest(origins=1)
    rows = list(csv.DictReader(io.StringIO(forecasts_csv(result))))
    # 14 days of two items, less the one that was not observed.
    assert len(rows) == 27 * 7
    assert rows[0] == {
        "origin": "2024-03-24",
        "item": "A0",
        "date": "2024-03-25",
        "class": "smooth",
        "sold": "4",
        "method": "shangsou",
        "mean": "3",
        "q10": "2",
        "q50": "3",
        "q90": "4",
    }
