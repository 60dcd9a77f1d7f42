"""`shangsou events import`."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangsou.behaviour.sqlite.store import SqliteEventStore
from tests.fixtures.indexer import IndexerHome

Write = Callable[[str, str | bytes], Path]
HEADER = "timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition\n"
NOW = int(datetime.now(UTC).timestamp())
DAY_S = 86_400


def rows(*cells: tuple[object, str]) -> str:
    """Clicks of user u1, given as time and product."""
    return HEADER + "".join(f"{at}\tu1\ts1\tclick\t裙\t{product}\t1\n" for at, product in cells)


def test_events_are_kept_once_however_often_the_file_is_imported(home: IndexerHome, write: Write):
    path = write("events.tsv.gz", gzip.compress(rows((NOW - 60, "a"), (NOW - 30, "b")).encode()))
    first = home.run("events", "import", path, "--json")
    assert first.code == 0, first.err
    counts = [first.document[name] for name in ("read", "imported", "duplicates", "rejected", "repaired")]
    assert counts == [2, 2, 0, 0, 0]
    assert first.document["actions"] == {"click": 2}
    second = home.run("events", "import", path, "--json")
    assert (second.document["imported"], second.document["duplicates"]) == (0, 2)


def test_the_report_says_what_was_not_kept_and_why(home: IndexerHome, write: Write):
    path = write(
        "events.tsv",
        rows(
            (NOW - 396 * DAY_S, "old"),
            (NOW - 396 * DAY_S, "old, too"),
            (NOW + 3 * DAY_S, "future"),
            (NOW + 3600, "ahead"),
            ("?", "x"),
            (NOW, "a"),
        ),
    )
    done = home.run("events", "import", path)
    assert done.code == 0
    assert "6 rows read: 5 events, 1 rejected" in done.out
    assert 'events.tsv:6: timestamp "?" is no time from 1990 to 2100; event left out' in done.out
    assert "too old: 2" in done.out
    # Words that say the same stand there once.
    assert done.out.count("longer than events are kept") == 1
    assert "… and 1 more" in done.out
    assert "in the future: 1" in done.out
    assert "ahead of the clock: 1" in done.out
    assert "2 events kept" in done.out


def test_two_events_at_one_place_in_two_files_are_two(home: IndexerHome, write: Write):
    first, second = write("a.tsv", rows((NOW, "a"))), write("b.tsv", rows((NOW, "b")))
    assert home.run("events", "import", first, second, "--json").document["imported"] == 2


def test_a_bot_in_a_file_is_capped(home: IndexerHome, write: Write):
    minute = NOW // 60 * 60 - 600
    path = write("events.tsv", rows(*((minute, f"p{number}") for number in range(10_000))))
    done = home.run("events", "import", path, "--json")
    assert (done.document["imported"], done.document["not_kept"]) == (600, 9_400)


@pytest.mark.parametrize(
    ("content", "words"),
    [("a;b\n1;2\n", "names no column timestamp"), ("", "is empty")],
    ids=["other columns", "empty"],
)
def test_a_file_without_events_ends_with_2_and_makes_nothing(
    home: IndexerHome, write: Write, content: str, words: str
):
    done = home.run("events", "import", write("events.tsv", content))
    assert done.code == 2
    assert words in done.err
    assert not (home.folder / "events").exists()


def test_a_folder_that_cannot_be_written_to_ends_with_1_and_says_so(home: IndexerHome, write: Write):
    home.folder.mkdir()
    (home.folder / "events").write_text("in the way")
    done = home.run("events", "import", write("events.tsv", rows((NOW, "a"))))
    assert done.code == 1
    assert "events.sqlite" in done.err
    assert "Traceback" not in done.err


def test_retention_is_as_it_is_set(home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHANGSOU_RETENTION_DAYS", "4000")
    long_ago = int((datetime.now(UTC) - timedelta(days=3_000)).timestamp())
    assert (
        home.run("events", "import", write("e.tsv", rows((long_ago, "a"))), "--json").document["imported"]
        == 1
    )


def test_a_file_whose_rows_are_all_rejected_ends_with_1_says_why_and_keeps_the_other_file(
    home: IndexerHome, write: Write
):
    bad = write("bad.tsv", rows((NOW, "a")).replace("click", "share"))
    good = write("good.tsv", rows((NOW, "a")))
    done = home.run("events", "import", bad, good, "--json")
    assert done.code == 1
    assert done.document["imported"] == 1
    assert 'bad.tsv: its one row is no event: unknown action "share": 1 (bad.tsv:2:' in done.err
    mapped = home.run("events", "import", bad, "--action", "share=收藏", "--json")
    assert (mapped.code, mapped.document["actions"]) == (0, {"favorite": 1})
    assert mapped.document["foreign_names"] == {"favorite": {"share": 1}}


def test_a_wrong_action_option_ends_with_2_before_anything_is_read(home: IndexerHome, write: Write):
    done = home.run("events", "import", write("events.tsv", rows((NOW, "a"))), "--action", "share=forward")
    assert done.code == 2
    assert "KIND is one of search" in done.err
    assert not (home.folder / "events").exists()


def ubi(number: int, **values: object) -> str:
    """A click of UBI that names its search by its id alone."""
    click = {"_id": f"e{number}", "action_name": "click", "timestamp": NOW - number, "client_id": "c1",
             "query_id": "q1", "event_attributes": {"object": {"object_id": "p7"}}}  # fmt: skip
    return json.dumps(click | values) + "\n"


UBI_QUERY = {"query_id": "q1", "client_id": "c1", "user_query": "旗袍", "query_attributes": {}}


def test_events_without_the_texts_of_their_searches_are_counted_and_get_them_later(
    home: IndexerHome, write: Write
):
    clicks = write("ubi_events.jsonl", ubi(1) + ubi(2) + ubi(3, query_id=f"shelf-for-you-{'0' * 32}"))
    queries = write("ubi_queries.jsonl", json.dumps(UBI_QUERY | {"timestamp": NOW - 9}))
    first = home.run("events", "import", clicks)
    assert (
        "clicks, carts and purchases with the query_id of a search whose text was not read: 2;" in first.out
    )
    assert "name the file of queries (ubi_queries) in the same call" in first.out
    second = home.run("events", "import", clicks, queries, "--json")
    assert [second.document[name] for name in ("imported", "duplicates", "without_text")] == [1, 3, 0]
    store = SqliteEventStore(home.folder / "events" / "events.sqlite")
    held = {event.event_id: event.query for event in store.scan(datetime.now(UTC) - timedelta(days=1))}
    store.close()
    assert held == {"search q1": "旗袍", "e1": "旗袍", "e2": "旗袍", "e3": ""}


def test_one_event_is_reported_in_the_singular(home: IndexerHome, write: Write):
    path = write("events.tsv", rows((NOW, "a")))
    assert "1 row read: 1 event, 0 rejected; 0 events repaired" in home.run("events", "import", path).out
    second = home.run("events", "import", path).out
    assert "1 was there already" in second
    assert "0 events kept" in second


def test_why_all_rows_were_rejected_is_printed_once(home: IndexerHome, write: Write):
    done = home.run(
        "events", "import", write("bad.tsv", rows((NOW, "a"), (NOW, "b")).replace("click", "share"))
    )
    assert (done.out + done.err).count("say what another name stands for with --action") == 1
    assert (done.out + done.err).count('unknown action "share"') == 1
    assert "bad.tsv: none of its 2 rows is an event" in done.err
