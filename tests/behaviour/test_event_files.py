"""Files of events, as shops hand them in."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.behaviour.event import Event, event_to_json
from shangsou.behaviour.event_files import read_events
from shangsou.behaviour.parse import parse_event, parse_moment
from shangsou.behaviour.report import EventReport
from shangsou.errors import EventsRejected, UnusableInput
from shangsou.limits import MAX_ID_LENGTH

Write = Callable[[str, str | bytes], Path]
HEADER = "timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition\n"
# 2026-01-01 11:00:00 UTC.
AT = datetime(2026, 1, 1, 11, tzinfo=UTC)
EPOCH_S = 1767265200


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def read(path: Path) -> tuple[list[Event], EventReport]:
    report = EventReport()
    return list(read_events([path], report)), report


def examples(report: EventReport) -> list[str]:
    """Each example of a reason."""
    return [
        example
        for kind in ("rejected", "repaired")
        for _, issue_count in report.issues.of(kind)
        for example in issue_count.examples
    ]  # type: ignore[arg-type]


def test_the_rows_of_a_tsv_are_events_in_order(write: Write) -> None:
    path = write(
        "events.tsv",
        HEADER
        + f"{EPOCH_S}\tu1\tu1-s0\tsearch\t旗袍\t\t\n{EPOCH_S + 20}\tu1\tu1-s0\tclick\t旗袍\td43631\t1\n",
    )
    (search, click), report = read(path)
    assert (search.action, search.at, search.user_id, search.session_id) == ("search", AT, "u1", "u1-s0")
    assert (search.query, search.product_id, search.position) == ("旗袍", "", None)
    assert (click.product_id, click.position) == ("d43631", 1)
    assert (click.at - search.at).total_seconds() == 20
    assert (report.read, report.accepted, report.rejected, report.repaired) == (2, 2, 0, 0)
    assert report.actions == {"search": 1, "click": 1}


def test_gzip_and_columns_in_another_order_with_other_names_make_no_difference(write: Write) -> None:
    header = "behavior\titem_id\tuser_id\ttimestamp\tprice\tquantity\torder_id\n"
    rows = header + f"buy\td1\tu1\t{EPOCH_S}\t19.9\t2\to7\n"
    (event,), _ = read(write("events.tsv.gz", gzip.compress(rows.encode())))
    assert (event.action, event.product_id, event.price_fen, event.quantity, event.order_id) == (
        "purchase",
        "d1",
        1990,
        2,
        "o7",
    )


UBI = {
    "event_id": "e1",
    "action_name": "click",
    "timestamp": "2026-01-01T19:00:00+08:00",
    "client_id": "browser-1",
    "query_id": "q1",
    "user_query": "旗袍",
    "message_type": "CLICK_THROUGH",
    "event_attributes": {
        "object": {"object_id": 43631, "object_id_type": "product"},
        "position": {"ordinal": 3},
    },
}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(UBI) + "\n" + json.dumps(UBI) + "\n",
        json.dumps([UBI, UBI]),
        json.dumps([UBI, UBI], indent=2, ensure_ascii=False),
        "\ufeff[\n" + json.dumps(UBI) + ",\n" + json.dumps(UBI) + "]\n",
        json.dumps(UBI, indent=2) + "\n" + json.dumps(UBI),
        json.dumps([UBI]) + "\n" + json.dumps([UBI]),
        json.dumps([[UBI], [UBI]]),
    ],
    ids=[
        "lines",
        "array",
        "indented array",
        "array with a byte order mark",
        "indented objects",
        "arrays one after the other",
        "array of arrays",
    ],
)
def test_ubi_events_are_read_as_lines_array_or_objects(write: Write, content: str) -> None:
    events, report = read(write("events.json", content))
    assert events == 2 * [
        Event(
            "e1",
            "click",
            AT,
            session_id="browser-1",
            query_id="q1",
            query="旗袍",
            product_id="43631",
            position=3,
        )
    ]
    assert report.rejected == report.repaired == 0


def test_an_array_on_one_long_line_is_read(write: Write) -> None:
    many = [{**UBI, "event_id": f"e{number}", "own": "x" * 200} for number in range(4_000)]
    content = json.dumps(many)
    assert len(content) > 1 << 20
    assert len(read(write("events.json", content))[0]) == 4_000


def test_a_line_that_is_too_long_costs_its_own_event(write: Write) -> None:
    long = json.dumps({**UBI, "own": "x" * (1 << 20)})
    events, report = read(write("events.jsonl", f"{long}\n{json.dumps(UBI)}\n"))
    assert (len(events), report.rejected) == (1, 1)


@pytest.mark.parametrize("levels", [40, 985, 5_000])
def test_an_event_with_a_field_nested_too_deeply_costs_no_other(write: Write, levels: int) -> None:
    deep = json.dumps({**UBI, "own": 0}).replace(": 0}", ": " + "[" * levels + "]" * levels + "}")
    for content in (f"[{deep},\n{json.dumps(UBI)}]", f"{deep}\n{json.dumps(UBI)}"):
        events, report = read(write("events.json", content))
        assert (len(events), report.rejected) == (2, 0)


def test_half_a_surrogate_pair_in_an_id_can_be_kept(write: Write) -> None:
    [event], _ = read(write("events.json", json.dumps({**UBI, "user_id": "\udfff"})))
    assert event.user_id == "\ufffd"


def test_a_file_of_blanks_in_other_scripts_is_empty(write: Write) -> None:
    with pytest.raises(UnusableInput, match="is empty"):
        read(write("events.tsv", "\u3000\n\x0c\n\x85"))


def test_an_event_without_an_id_gets_the_same_from_the_same_row_and_another_from_another(
    write: Write,
) -> None:
    row = f"{EPOCH_S}\tu1\ts1\tclick\t旗袍\td1\t1\n"
    first, _ = read(write("a.tsv", HEADER + row))
    again, _ = read(write("b.tsv", HEADER + "\n" + row + row.replace("d1", "d2")))
    assert first[0].event_id == again[0].event_id != again[1].event_id
    assert first[0].event_id


BAD_ROWS = [
    # cells, then what the report says of it
    (["", "u1", "s1", "click", "", "d1", "1"], "there is no timestamp"),
    (["yesterday", "u1", "s1", "click", "", "d1", "1"], 'timestamp "yesterday" is no time'),
    ([str(EPOCH_S), "u1", "s1", "", "", "d1", "1"], 'the action is "", no name'),
    ([str(EPOCH_S), "u1", "s1", "click", "旗袍", "", "1"], '"click" is done to no product'),
    ([str(EPOCH_S), "u" * 10_240, "s1", "click", "", "d1", "1"], "has more than 256 characters"),
    ([str(EPOCH_S), "u1", "s1", "a" * 101, "", "d1", "1"], "has more than 100 characters"),
]


@pytest.mark.parametrize(("cells", "words"), BAD_ROWS, ids=[words for _, words in BAD_ROWS])
def test_a_row_that_is_no_event_is_reported_with_its_line_and_the_others_stay(
    write: Write, cells: list[str], words: str
) -> None:
    good = f"{EPOCH_S}\tu1\ts1\tclick\t旗袍\td1\t1\n"
    events, report = read(write("events.tsv", HEADER + good + "\t".join(cells) + "\n" + good))
    assert [event.product_id for event in events] == ["d1", "d1"]
    assert (report.read, report.accepted, report.rejected) == (3, 2, 1)
    (example,) = examples(report)
    assert example.startswith("events.tsv:3: ")
    assert words in example


def test_a_bad_value_beside_good_ones_is_left_empty_and_counted(write: Write) -> None:
    header = "timestamp\tuser_id\taction_name\tproduct_id\tposition\tprice\tquantity\n"
    rows = header + f"{EPOCH_S}\tundefined\tpurchase\td1\t0\tfree\t-1\n"
    (event,), report = read(write("events.tsv", rows))
    assert (event.user_id, event.position, event.price_fen, event.quantity) == ("", None, None, None)
    assert (report.accepted, report.rejected, report.repaired) == (1, 0, 1)
    assert len(examples(report)) == 4


def test_a_broken_line_costs_itself_alone(write: Write) -> None:
    good = json.dumps(UBI)
    events, report = read(write("events.jsonl", f"{good}\n{good[:-5]}\n[1]\n{good}\n"))
    assert len(events) == 2
    assert [example.split(";")[0].partition(" (")[0] for example in examples(report)] == [
        "events.jsonl:2: the line is no JSON",
        "events.jsonl:3: the line is JSON, but no object",
    ]


def test_an_array_that_is_cut_off_gives_what_stands_before_and_says_where(write: Write) -> None:
    text = json.dumps([UBI, UBI, UBI], indent=1)
    events, report = read(write("events.json", text[: text.rindex('"timestamp"')]))
    assert len(events) == 2
    assert report.rejected == 1
    assert examples(report)[0].startswith("events.json:38: from here on it is no JSON")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a\tb\n1\t2\n", 'header "a\\tb" names no column timestamp (known: timestamp, '),
        ("timestamp;action_name\n1;click\n", "names no column timestamp"),
        ("", "is empty"),
        (b"PK\x03\x04123", "Excel"),
        (b"PAR1....", "Parquet"),
        (gzip.compress(HEADER.encode() * 100)[:-20], "cut off"),
    ],
    ids=["other columns", "semicolons", "empty", "workbook", "parquet", "cut gzip"],
)
def test_a_file_that_holds_no_events_is_refused_in_words(
    write: Write, content: str | bytes, words: str
) -> None:
    with pytest.raises(UnusableInput, match=re.escape(words)):
        read(write("events.tsv", content))


def test_a_missing_second_file_is_reported_before_the_first_is_read(write: Write) -> None:
    first = write("events.tsv", HEADER + f"{EPOCH_S}\tu1\ts1\tclick\t旗袍\td1\t1\n")
    with pytest.raises(UnusableInput, match=r"none\.tsv: there is no such file"):
        next(read_events([first, first.with_name("none.tsv")]))


@pytest.mark.parametrize(
    "text",
    ["1767265200", "1767265200000", "1767265200000000", "1767265200.0", "2026-01-01T11:00:00Z",
     "2026-01-01T19:00:00", "2026-01-01 19:00:00", "2026-01-01T19:00:00+0800", "2026/1/1 19:00",
     "20260101190000"],
)  # fmt: skip
def test_a_moment_may_be_written_in_many_ways(text: str) -> None:
    assert parse_moment(text) == AT


def test_milliseconds_are_kept_since_they_tell_the_order() -> None:
    assert parse_moment("1767265200123") == AT.replace(microsecond=123_000)
    assert parse_moment("1767265200.5") == AT.replace(microsecond=500_000)
    assert parse_moment("2026-01-01T11:00:00.250Z") == AT.replace(microsecond=250_000)


@pytest.mark.parametrize(
    "text", ["", "0", "17672652", "-1767265200", "99999999999999999", "now", "true", "9999999999999999"]
)
def test_what_is_no_moment_of_a_shop_is_none(text: str) -> None:
    assert parse_moment(text) is None


IDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and len(text) > 3
)


@given(
    event_id=IDS,
    user_id=IDS.map("u{}".format),
    product_id=IDS,
    position=st.none() | st.integers(1, 100_000),
    price_fen=st.none() | st.integers(0, 10_000_000),
    quantity=st.none() | st.integers(1, 1000),
    at=st.datetimes(datetime(1991, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_an_event_written_as_ubi_is_read_back_the_same(
    *, event_id: str, user_id: str, product_id: str, position: int | None, price_fen: int | None,
    quantity: int | None, at: datetime,
) -> None:  # fmt: skip
    from shangsou.behaviour.columns import flatten

    event = Event(
        event_id,
        "purchase",
        at,
        user_id,
        "s-123",
        "q1",
        "连衣裙",
        product_id,
        position,
        price_fen,
        quantity,
        "o1",
    )
    payload = json.loads(json.dumps(event_to_json(event)))
    assert parse_event(flatten(payload), lambda: "hash") == (event, [])


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["event_id", "action_name", "timestamp", "user_id", "position", "price", "results",
             "event_attributes", "user_query", "product_id", "message_type", "message"]
        ),
        JSON_VALUES,
    )
)  # fmt: skip
def test_no_json_object_raises_and_a_refusal_has_a_reason(payload: dict[str, object]) -> None:
    from shangsou.behaviour.columns import flatten

    event, issues = parse_event(flatten(payload), lambda: "hash")
    assert event is not None or issues
    if event is not None:
        assert max(len(event.user_id), len(event.product_id), len(event.event_id)) <= MAX_ID_LENGTH


def test_a_csv_with_quoted_cells_and_chinese_names_is_read(write: Write) -> None:
    rows = f'时间,用户ID,行为,搜索词,商品ID\n{EPOCH_S},u1,加购,"裙, 红",d1\n{EPOCH_S},u1,浏览,裙,d2\n'
    (cart, view), report = read(write("events.csv", rows.encode("gb18030")))
    assert (cart.action, cart.query, cart.product_id) == ("add_to_cart", "裙, 红", "d1")
    assert (view.action, view.query) == ("view", "裙")
    assert report.foreign_names == {"add_to_cart": {"加购": 1}, "view": {"浏览": 1}}


def test_actions_that_nobody_knows_are_rejected_and_counted_by_name(write: Write) -> None:
    rows = "".join(f"{EPOCH_S}\tu1\ts1\t{name}\t\td1\t\n" for name in ["share", "click", "Share", "login"])
    events, report = read(write("events.tsv", HEADER + rows))
    assert [event.action for event in events] == ["click"]
    assert [(name, counted.count) for name, counted in report.issues.of("rejected")] == [
        ('unknown action "share"', 2),
        ('unknown action "login"', 1),
    ]
    assert "say what another name stands for with --action" in report.to_text()


def test_a_file_whose_column_of_actions_is_another_has_a_short_report(write: Write) -> None:
    rows = "".join(f"{EPOCH_S}\tu1\ts1\tpage {number}\t\td1\t\n" for number in range(500))
    path = write("events.tsv", HEADER + rows + f"{EPOCH_S}\tu1\ts1\tclick\t\td1\t\n")
    _, report = read(path)
    reasons = dict(report.issues.of("rejected"))
    assert len(reasons) == 21
    assert reasons["other unknown actions"].count == 480


def test_a_name_that_the_user_explains_is_read_and_one_left_out_is_no_problem(write: Write) -> None:
    rows = "".join(f"{EPOCH_S}\tu1\ts1\t{name}\t\td1\t\n" for name in ["share", "下单", "支付"])
    report = EventReport()
    events = read_events([write("events.tsv", HEADER + rows)], report, {"share": "view", "下单": "none"})
    assert [event.action for event in events] == ["view", "purchase"]
    assert (report.read, report.left_out, report.rejected) == (3, 1, 0)


def test_two_names_for_a_purchase_are_pointed_out(write: Write) -> None:
    rows = "".join(f"{EPOCH_S}\tu1\ts1\t{name}\t\td1\t\n" for name in ["下单", "支付"])
    _, report = read(write("events.tsv", HEADER + rows))
    assert "下单, 支付: each is a purchase" in report.to_text()


def test_a_file_without_one_event_is_refused_with_its_reasons_after_the_others_are_read(write: Write) -> None:
    rows = "".join(f"{EPOCH_S}\tu1\ts1\t{name}\t\td1\t\n" for name in ["share", "share", "login"])
    bad = write("bad.tsv", HEADER + rows + "?\tu1\ts1\tclick\t\td1\t\n")
    good = write("good.tsv", HEADER + f"{EPOCH_S}\tu1\ts1\tclick\t\td1\t\n")
    events = read_events([bad, good])
    assert next(events).product_id == "d1"
    with pytest.raises(EventsRejected) as caught:
        next(events)
    assert str(caught.value).startswith(
        'bad.tsv: none of its 4 rows is an event: unknown action "share": 2 (bad.tsv:2: '
    )
    assert 'unknown action "login": 1 (bad.tsv:4: ' in str(caught.value)
    assert "no time: 1 (bad.tsv:5: " in str(caught.value)


def test_columns_may_have_the_names_of_chinese_shops(write: Write) -> None:
    header = "访问时间,会员编号,访客ID,事件,关键词,宝贝ID,排名\n"
    row = "2026-01-01 19:00:00,u1,s1,点击,旗袍,p7,2\n"
    (event,), _ = read(write("events.csv", (header + row).encode("gb18030")))
    assert (event.at, event.user_id, event.session_id, event.action) == (AT, "u1", "s1", "click")
    assert (event.query, event.product_id, event.position) == ("旗袍", "p7", 2)


def test_a_header_that_lacks_a_column_is_refused_with_the_names_that_are_known(write: Write) -> None:
    with pytest.raises(UnusableInput) as refused:
        read(write("events.csv", "日子,用户,做了什么\n1,u1,点击\n"))
    message = str(refused.value)
    assert "no column timestamp (known: timestamp, time, " in message
    assert ", 时间, " in message
    assert "and no action_name (known: action_name, action, " in message
    assert ", 行为, " in message
