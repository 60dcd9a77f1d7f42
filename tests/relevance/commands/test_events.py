"""`shangsou evaluate events`."""

import json

import pytest
from click.testing import CliRunner

from relevance.commands.events import events
from shangsou.errors import UnusableInput

HEADER = "timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition\n"
ROWS = (
    "1767264682\tu1\ts1\tsearch\t裙\t\t\n"
    "1767264702\tu1\ts1\tclick\t裙\tp1\t1\n"
    "1767264682\tu2\ts2\tsearch\t鞋\t\t\n"
)


@pytest.fixture
def run(tmp_path):
    def run_command(rows, *options):
        (tmp_path / "events.tsv").write_text(HEADER + rows, "utf-8")
        return CliRunner().invoke(events, [str(tmp_path / "events.tsv"), *options])

    return run_command


def test_the_json_holds_rates_days_and_queries(run):
    plain = json.loads(run(ROWS, "--json").stdout)
    assert (plain["searches"], plain["sessions"], plain["zero_result_rate"]) == (2, 2, None)
    assert (plain["ctr"]["value"], plain["ctr"]["of"]) == (0.5, 2)
    # 1767264682 is 10:51 UTC on the first of January, and evening in China.
    assert [day["day"] for day in plain["days"]] == ["2026-01-01"]
    assert [query["query"] for query in plain["failing"]] == ["鞋"]


def test_the_terminal_names_no_shopper(run):
    result = run(ROWS)
    assert "2 searches in 2 sessions" in result.stdout
    assert "nothing found  not known" in result.stdout
    assert not {"u1", "s1"} & set(result.stdout.split())


def test_rows_that_are_no_events_are_counted(run):
    assert "1 of 4 rows could not be read" in run(ROWS + "yesterday\tu1\ts1\tsearch\t裙\t\t\n").stderr


def test_names_of_actions_that_nobody_knows_are_named_before_the_file_is_refused(run):
    result = run("1767264702\tu1\ts1\tclick\t裙\tp1\t1\n1767264702\tu1\ts1\t查找\t裙\t\t\n")
    assert isinstance(result.exception, UnusableInput)
    assert "1 of 2 rows could not be read as events" in result.stderr
    assert "查找" in result.stderr
    assert "--action share=view" in result.stderr


def test_a_file_without_searches_is_refused(run):
    result = run("1767264702\tu1\ts1\tclick\t裙\tp1\t1\n")
    assert isinstance(result.exception, UnusableInput)
    assert "no search by a known session or user among 1 event; name files whose" in str(result.exception)


def test_clicks_that_name_their_searches_by_ids_alone_need_the_file_of_queries(tmp_path):
    click = {"action_name": "click", "timestamp": "2026-01-01T11:00:05Z", "client_id": "c", "query_id": "q1"}
    click["event_attributes"] = {"object": {"object_id": "p7"}}
    path = tmp_path / "ubi_events.json"
    path.write_text(json.dumps(click), "utf-8")
    result = CliRunner().invoke(events, [str(path)])
    assert isinstance(result.exception, UnusableInput)
    assert "with the query_id of a search whose text was not read: 1;" in str(result.exception)
    assert "name the file of queries (ubi_queries) in the same call" in str(result.exception)
