"""Searches counted by query."""

import json
from pathlib import Path

import pytest

from relevance.sampling.search_counts import QueryCount, count_searches, log_days
from shangsou.errors import EventsRejected, UnusableInput

HEADER = "timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tquery_id\n"


@pytest.fixture
def write(tmp_path):
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write_file


def event(user="", session="", action="search", query="雨伞", product="", query_id=""):  # noqa: PLR0917 - a cell each
    return "\t".join(["1767265200", user, session, action, query, product, query_id]) + "\n"


def test_searches_and_shoppers_are_counted_whatever_the_spelling(write):
    rows = event("u1") + event("u1", query="雨傘 ") + event("u2") + event("", "s1", query="ＬＥＤ灯")
    counts = count_searches([write("e.tsv", HEADER + rows)])
    assert counts.queries == [QueryCount("雨伞", 3, 2), QueryCount("led灯", 1, 1)]
    assert list(log_days(counts.events)) == ["2026-01-01", "2026-01-01"]


def test_clicks_are_no_searches_and_pages_of_one_search_are_one(write):
    rows = (
        event("u1", query_id="a")
        + event("u1", query_id="a")
        + event("u1", action="click", product="p1", query_id="a")
        + event("u1", query_id="b")
    )
    assert count_searches([write("e.tsv", HEADER + rows)]).queries == [QueryCount("雨伞", 2, 1)]


def test_events_without_searches_count_each_query_once_a_session(write):
    rows = "".join(
        event(user, session, "click", product=product)
        for user, session, product in [
            ("u1", "s1", "a"),
            ("u1", "s1", "b"),
            ("u1", "s2", "a"),
            ("u2", "s3", "a"),
        ]
    )
    counts = count_searches([write("e.tsv", HEADER + rows)])
    assert counts.queries == [QueryCount("雨伞", 3, 2)]
    assert not counts.has_searches


def test_logs_and_event_files_add_up(write):
    events = write("e.tsv", HEADER + event("u1"))
    log = write("log.csv", "搜索词,次数\n雨伞,10\n帽子,2\n！！,3\n")
    counts = count_searches([log, events])
    assert counts.queries == [QueryCount("雨伞", 11, 10), QueryCount("帽子", 2, 2)]
    assert (counts.searches, counts.unsearchable) == (13, 3)


def test_rows_with_a_count_of_0_or_none_that_can_be_read_are_one_search_each_and_counted(write):
    log = write("log.csv", "搜索词,次数\n雨伞,10\n帽子,0\n红裙,很多\n手机,\n")
    counts = count_searches([log])
    assert [query.searches for query in counts.queries] == [10, 1, 1, 1]
    assert counts.uncounted == 3
    assert count_searches([write("plain.txt", "雨伞\n帽子\n")]).uncounted == 0


def test_shoppers_that_a_log_states_each_day_are_not_added_up(write):
    day = "搜索词\t次数\t人数\n张三家\t4\t1\n"
    counts = count_searches([write("1.tsv", day), write("2.tsv", day)])
    assert counts.queries == [QueryCount("张三家", 8, 1)]


def test_a_line_for_each_search_says_who_searched(write):
    log = write("log.tsv", "user_id\tquery\nu1\t雨伞\nu1\t雨伞\nu2\t雨伞\n")
    assert count_searches([log]).queries == [QueryCount("雨伞", 3, 2)]


def test_queries_of_ubi_are_searches(write):
    record = {"user_query": "雨伞", "query_id": "q1", "client_id": "c1", "query_attributes": {}}
    dump = write("ubi.jsonl", json.dumps({"_source": {**record, "timestamp": "2026-01-01T11:00:00Z"}}))
    assert count_searches([dump]).queries == [QueryCount("雨伞", 1, 1)]


def test_an_event_file_without_an_event_is_refused(write):
    with pytest.raises(EventsRejected, match="unknown action"):
        count_searches([write("e.tsv", HEADER + event(action="share"))])


def test_the_searches_of_a_chinese_event_log_are_counted_and_not_its_clicks(tmp_path):
    log = tmp_path / "events.csv"
    log.write_bytes(
        (
            "访问时间,会员编号,访客ID,事件,关键词,宝贝ID,排名\n"
            "2026-01-01 19:00:00,u1,s1,搜索,雨伞,,\n"
            "2026-01-01 19:00:09,u1,s1,点击,雨伞,p1,1\n"
            "2026-01-01 19:00:30,u1,s1,加购,雨伞,p1,1\n"
        ).encode("gb18030")
    )
    assert count_searches([log]).queries == [QueryCount("雨伞", 1, 1)]


def test_a_log_of_actions_without_times_is_refused_with_what_it_lacks(write):
    with pytest.raises(UnusableInput, match=r'"事件" and "宝贝ID" .* lacks a column timestamp'):
        count_searches([write("log.csv", "日期,事件,关键词,宝贝ID\n0101,点击,雨伞,p1\n")])


def test_events_that_name_their_searches_by_ids_alone_need_the_file_of_queries(write):
    clicks = HEADER + event("u1", action="click", query="", product="p1", query_id="a")
    with pytest.raises(UnusableInput, match=r"e\.tsv: clicks, .* not read: 1; name .* \(ubi_queries\)"):
        count_searches([write("e.tsv", clicks)])
