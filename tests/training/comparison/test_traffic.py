"""Clicks by model: of events that say what served, and estimated from what was shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shangsou.behaviour.event import CLICK, IMPRESSION, PURCHASE, SEARCH, Event
from shangsou.errors import UnusableInput
from shangsou.settings import Settings
from training.comparison.comparison_input import ComparisonInput
from training.comparison.served_by import read_served
from training.comparison.traffic import AS_LOGGED, ESTIMATED, SERVED, SHOWN, measure_clicks

START = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


def searches(prefix, count, clicked, bought=0):
    """So many searches, each of another session; the first are clicked, and the first of these bought."""
    events = []
    for number in range(count):
        at, session = START + timedelta(minutes=number), f"{prefix}{number}"
        events.append(Event(f"{session}s", SEARCH, at, session_id=session, query="红裙"))
        for action, limit in ((CLICK, clicked), (PURCHASE, bought)):
            if number < limit:
                events.append(
                    Event(f"{session}{action}", action, at, session_id=session, query="红裙", product_id="p1")
                )
    return events


def by_model(measured, part):
    return {(one.model, one.measure): one for one in measured.figures if one.part == part}


def test_models_that_served_are_beside_the_one_with_most_searches(settings):
    served = {"old": searches("a", 200, 40, 10), "new": searches("b", 100, 60, 5)}
    events = [event for of_model in served.values() for event in of_model]
    found = by_model(measure_clicks(settings, ComparisonInput(events=events, served=served), print), SERVED)
    assert found["old", "ctr"].value == 0.2
    assert found["new", "ctr"].value == 0.6
    assert found["new", "conversion"].value == 0.05
    assert (found["new", "ctr"].n, found["old", "ctr"].gains) == (100, ())
    (gain,) = found["new", "ctr"].gains
    assert (gain.baseline, gain.sign) == ("old", 1)
    assert gain.mean == pytest.approx(0.4)
    # 5 of 100 and 10 of 200 are the same.
    assert found["new", "conversion"].gains[0].sign == 0
    assert found[AS_LOGGED, "ctr"].value == pytest.approx(100 / 300)


def test_without_impressions_nothing_is_estimated_and_the_reason_says_so(settings):
    measured = measure_clicks(settings, ComparisonInput(events=searches("a", 30, 10)), print)
    found = by_model(measured, ESTIMATED)
    assert {one.value for one in found.values()} == {None}
    (figure,) = found.values()
    assert "do not say which model served" in figure.reason.text
    assert "neither impressions nor the results" in figure.reason.text
    assert by_model(measured, SERVED)[AS_LOGGED, "ctr"].value == pytest.approx(1 / 3)


def test_with_impressions_and_no_index_the_logged_rates_are_there_all_the_same(settings):
    events = searches("a", 30, 10)
    events += [
        Event(
            f"i{number}",
            IMPRESSION,
            START,
            session_id=f"a{number}",
            query="红裙",
            product_id="p1",
            position=1,
        )
        for number in range(30)
    ]
    measured = measure_clicks(settings, ComparisonInput(events=events), print)
    assert by_model(measured, SERVED)[AS_LOGGED, "ctr"].value == pytest.approx(1 / 3)
    (figure,) = by_model(measured, ESTIMATED).values()
    assert "no index yet" in figure.reason.text


def test_a_kind_of_shelf_says_itself_what_served(settings):
    events = []
    for number in range(10):
        query_id = f"shelf-for-you-{number:032x}"
        shown = Event(f"i{number}", IMPRESSION, START, session_id="a", query_id=query_id, product_id="p1")
        events.append(shown)
        if number < 4:
            events.append(replace(shown, event_id=f"c{number}", action=CLICK))
    found = by_model(measure_clicks(settings, ComparisonInput(events=events), print), SHOWN)
    assert (found["for-you", "ctr"].value, found["for-you", "ctr"].n) == (0.4, 10)
    assert found["for-you", "conversion"].value == 0.0


def test_without_events_the_reason_names_the_option(settings):
    (figure,) = measure_clicks(settings, ComparisonInput(), print).figures
    assert "--events" in figure.reason.text


def write(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


HEADER = "timestamp\tsession_id\taction_name\tuser_query\tproduct_id\tquery_id\tarm"


def test_a_click_is_of_what_served_its_search(tmp_path):
    path = write(
        tmp_path / "events.tsv",
        HEADER,
        "1767264682\ts1\tsearch\t红裙\t\tq1\told",
        "1767264683\ts2\tsearch\t红裙\t\tq2\tnew",
        "1767264684\ts1\tclick\t红裙\tp1\tq2\t",
        "1767264685\ts1\tclick\t红裙\tp1\t\t",
        "1767264686\ts9\tclick\t红裙\tp1\t\t",
    )
    served = read_served([path], "arm", ())
    # The first click is of q2, which the new one served; the second of the session, served by that last.
    assert [event.action for event in served["old"]] == ["search"]
    assert [event.action for event in served["new"]] == ["search", "click", "click"]


def test_a_field_of_json_events_and_of_their_attributes_is_read(tmp_path):
    line = (
        '{{"action_name": "search", "timestamp": "2026-12-01T00:00:0{}Z", "user_query": "杯", '
        '"session_id": "s{}", {}}}'
    )
    path = write(
        tmp_path / "events.jsonl",
        line.format(1, 1, '"event_attributes": {"arm": "old"}'),
        line.format(2, 2, '"arm": "new"'),
        line.format(3, 3, '"user_id": "u3"'),
    )
    assert {model: len(events) for model, events in read_served([path], "arm", ()).items()} == {
        "old": 1,
        "new": 1,
    }


def test_cells_of_csv_may_be_quoted(tmp_path):
    path = write(
        tmp_path / "events.csv",
        "timestamp,session_id,action_name,user_query,arm",
        '1767264682,s1,search,"红裙, 长","old, with words"',
    )
    assert list(read_served([path], "arm", ())) == ["old, with words"]


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path):
    path = write(tmp_path / "events.tsv", HEADER, "1767264682\ts1\tsearch\t红裙\t\tq1\told")
    with pytest.raises(UnusableInput, match=r"events\.tsv: has no column 'model'.*query_id, arm"):
        read_served([path], "model", ())


def test_a_column_that_is_empty_everywhere_says_nothing(tmp_path):
    path = write(tmp_path / "events.tsv", HEADER, "1767264682\ts1\tsearch\t红裙\t\tq1\t")
    with pytest.raises(UnusableInput, match="--served-by arm: no event"):
        read_served([path], "arm", ())
