"""Dumps of UBI's indices: queries and events, as hits, bulk requests and answers of `_search`."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.behaviour.event import Event
from shangsou.behaviour.event_files import read_events
from shangsou.behaviour.report import EventReport
from shangsou.errors import EventsRejected

Write = Callable[[str, str], Path]
QUERY = {
    "application": "shop",
    "query_id": "q1",
    "client_id": "browser-1",
    "user_query": "旗袍",
    "query_attributes": {},
    "query_response_id": "r1",
    "query_response_hit_ids": ["p9", "p7"],
    "timestamp": "2026-01-01T11:00:00Z",
}
CLICK = {
    "application": "shop",
    "action_name": "item_click",
    "query_id": "q1",
    "client_id": "browser-1",
    "timestamp": "2026-01-01T11:00:05Z",
    "message_type": None,
    "event_attributes": {"object": {"object_id": "p7", "object_id_field": "id"}, "position": {"ordinal": 2}},
}


def hit(index: str, number: str, source: Mapping[str, object]) -> dict[str, object]:
    return {"_index": index, "_id": number, "_score": 1.0, "_source": source}


def response(*hits: Mapping[str, object]) -> dict[str, object]:
    return {
        "took": 3,
        "timed_out": False,
        "hits": {"total": {"value": len(hits), "relation": "eq"}, "max_score": 1.0, "hits": list(hits)},
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        return path

    return write_file


def read(*paths: Path) -> list[Event]:
    return list(read_events(paths))


def test_a_query_is_a_search_with_what_it_showed(write: Write) -> None:
    [search] = read(write("ubi_queries.jsonl", json.dumps(QUERY)))
    assert (search.action, search.query, search.query_id, search.session_id) == (
        "search",
        "旗袍",
        "q1",
        "browser-1",
    )
    assert search.results == ("p9", "p7")


def test_a_query_without_what_it_showed_is_a_search_too(write: Write) -> None:
    # As the sample data of OpenSearch has them.
    record = {name: value for name, value in QUERY.items() if not name.startswith("query_response")}
    [search] = read(write("ubi_queries.jsonl", json.dumps(record)))
    assert (search.action, search.query, search.results) == ("search", "旗袍", ())


BOTH = [("ubi_queries", "a", QUERY), ("ubi_events", "b", CLICK)]
DUMPS = {
    "hits as elasticdump writes them": "\n".join(json.dumps(hit(*parts)) for parts in BOTH),
    "bulk request": "\n".join(
        json.dumps({"index": {"_index": index, "_id": number}}) + "\n" + json.dumps(source)
        for index, number, source in BOTH
    ),
    "answer on one line": json.dumps(response(*(hit(*parts) for parts in BOTH))),
    "indented answer": json.dumps(response(*(hit(*parts) for parts in BOTH)), indent=2),
    "answers of a scroll": "\n".join(
        json.dumps({"_scroll_id": "x", **response(hit(*parts))}) for parts in BOTH
    ),
    "array of hits": json.dumps([hit(*parts) for parts in BOTH]),
}


@pytest.mark.parametrize("content", DUMPS.values(), ids=DUMPS)
def test_dumps_are_read_in_each_form(write: Write, content: str) -> None:
    search, click = read(write("dump.json", content))
    assert (search.event_id, search.action, search.results) == ("a", "search", ("p9", "p7"))
    assert (click.event_id, click.action, click.product_id, click.position) == ("b", "click", "p7", 2)
    # The click names its search by its id alone.
    assert click.query == "旗袍"


def test_an_answer_longer_than_any_line_may_be_is_read_hit_by_hit(write: Write) -> None:
    hits = [
        hit("ubi_events", f"e{number}", {**CLICK, "message": f"clicked {number} " + "x" * 400})
        for number in range(3_000)
    ]
    content = json.dumps(response(*hits))
    assert len(content) > 1 << 20
    events = read(write("answer.json", content))
    assert [event.event_id for event in events] == [f"e{number}" for number in range(3_000)]


def test_queries_are_read_before_events_in_whichever_order_the_files_are_named(write: Write) -> None:
    events_path = write("events.jsonl", json.dumps(CLICK))
    queries_path = write("queries.jsonl", json.dumps(QUERY))
    assert [event.query for event in read(events_path, queries_path)] == ["旗袍", "旗袍"]


def test_what_an_event_says_itself_stays(write: Write) -> None:
    content = json.dumps(QUERY) + "\n" + json.dumps({**CLICK, "user_query": "红色旗袍"})
    assert [event.query for event in read(write("dump.jsonl", content))] == ["旗袍", "红色旗袍"]


def test_an_event_that_forgot_its_action_is_no_search(write: Write) -> None:
    record = {"user_query": "旗袍", "timestamp": "2026-01-01T11:00:00Z", "client_id": "c"}
    report = EventReport()
    with pytest.raises(EventsRejected):
        list(read_events([write("events.jsonl", json.dumps(record))], report))
    assert [reason for reason, _ in report.issues.of("rejected")] == ["action missing"]


def test_hits_that_are_no_objects_cost_themselves_alone(write: Write) -> None:
    report = EventReport()
    content = json.dumps({"hits": {"hits": [1, hit("ubi_events", "b", CLICK), {"_source": []}]}})
    [click] = read_events([write("answer.json", content)], report)
    assert (click.event_id, report.rejected) == ("b", 2)


def test_a_search_and_the_clicks_on_it_are_of_one_browser_where_queries_know_no_session(write: Write) -> None:
    click = {**CLICK, "session_id": "session-1"}
    content = json.dumps(QUERY) + "\n" + json.dumps(click)
    assert [event.session_id for event in read(write("dump.jsonl", content))] == ["browser-1", "browser-1"]
    assert [event.session_id for event in read(write("events.jsonl", json.dumps(click)))] == ["session-1"]


def test_sessions_stay_where_queries_know_them_too(write: Write) -> None:
    content = "\n".join(json.dumps({**record, "session_id": "session-1"}) for record in (QUERY, CLICK))
    assert [event.session_id for event in read(write("dump.jsonl", content))] == ["session-1", "session-1"]


def test_clicks_of_ubi_are_judged_by_what_their_queries_showed(write: Write) -> None:
    from relevance.judging.search_sessions import search_sessions

    content = json.dumps(QUERY) + "\n" + json.dumps({**CLICK, "session_id": "session-1"})
    [session] = search_sessions(read(write("dump.jsonl", content)), 10)
    assert (session.query, session.positions, session.clicked) == ("旗袍", {"p9": 1, "p7": 2}, {"p7"})
    assert session.has_impressions


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["_id", "_source", "hits", "index", "query_id", "user_query", "client_id",
                             "query_response_hit_ids", "action_name", "timestamp", "session_id"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                lambda inner: st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                max_leaves=5,
            ),
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_no_record_raises_and_each_is_counted(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "dump.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    report = EventReport()
    with suppress(EventsRejected):
        list(read_events([path], report))
    assert report.read == report.accepted + report.rejected
