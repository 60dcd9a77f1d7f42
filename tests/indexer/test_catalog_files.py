"""Catalog files: formats, encodings, archives, and damaged rows."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.catalog import BadRow, Row
from indexer.catalog_files import open_catalogs
from shangsou.errors import UnusableInput
from shangsou.reading.files import MAX_ROW_CHARACTERS
from shangsou.reading.issue import Issue

Write = Callable[[str, str | bytes], Path]
CSV = "id,标题,价格\n1,红色连衣裙,199\n2,马克杯,19.9\n"
TSV = CSV.replace(",", "\t")
JSON_LINES = (
    '{"id": "1", "标题": "红色连衣裙", "价格": "199"}\n\n{"id": "2", "标题": "马克杯", "价格": "19.9"}\n'
)
ROWS = [
    {"product_id": "1", "title": "红色连衣裙", "price": "199"},
    {"product_id": "2", "title": "马克杯", "price": "19.9"},
]


def rows(path: Path, **mapping: str) -> list[Row | BadRow]:
    [catalog] = open_catalogs([path], mapping)
    return list(catalog.rows())


def values(path: Path, **mapping: str) -> list[dict[str, object]]:
    return [dict(row.values) for row in rows(path, **mapping) if isinstance(row, Row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(("suffix", "text"), [("csv", CSV), ("tsv", TSV), ("jsonl", JSON_LINES)])
def test_every_format_in_every_encoding_plain_or_packed(
    write: Write, suffix: str, text: str, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    path = write(f"catalog.{suffix}.gz", pack(text.encode(encoding)))
    assert values(path) == ROWS


@pytest.mark.parametrize("rows_of_digits", [10, 400, 20_000])
@pytest.mark.parametrize(
    ("encoding", "name"), [("gbk", "商品名称"), ("big5", "商品名稱"), ("utf-8", "商品名称")]
)
def test_a_file_whose_header_alone_is_chinese_is_read_whatever_its_length(
    write: Write, encoding: str, name: str, rows_of_digits: int
) -> None:
    lines = [f"编号,{name},价格" if encoding != "big5" else f"編號,{name},價格"]
    lines += [f"{number},item {number},12.5" for number in range(rows_of_digits)]
    read = values(write("prices.csv", "\n".join(lines).encode(encoding)))
    assert len(read) == rows_of_digits
    assert read[-1] == {
        "product_id": str(rows_of_digits - 1), "title": f"item {rows_of_digits - 1}", "price": "12.5"
    }  # fmt: skip


def test_a_few_broken_characters_in_much_utf8_stay_so(write: Write) -> None:
    lines = ["id,标题", *(f"{number},红色连衣裙" for number in range(2_000))]
    text = "\n".join(lines).encode()
    read = values(write("catalog.csv", text[:9_000] + b"\xff" + text[9_000:]))
    assert len(read) == 2_000
    assert read[-1]["title"] == "红色连衣裙"


@pytest.mark.parametrize("text", [CSV, TSV, JSON_LINES])
def test_where_the_name_does_not_show_the_format_the_content_does(write: Write, text: str) -> None:
    assert values(write("export", text)) == ROWS


def test_windows_line_ends_and_blank_lines_are_no_matter(write: Write) -> None:
    assert values(write("catalog.csv", CSV.replace("\n", "\r\n\r\n,,\r\n"))) == ROWS


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl"])
def test_carriage_returns_alone_end_lines_where_there_is_no_line_feed(write: Write, suffix: str) -> None:
    texts = {
        "csv": 'id,title\r1,"红 裙"\r\r2,杯\r',
        "tsv": "id\ttitle\r1\t红 裙\r\r2\t杯",
        "jsonl": '{"id": "1", "title": "红 裙"}\r\r{"id": "2", "title": "杯"}\r',
    }
    path = write(f"mac.{suffix}", texts[suffix])
    read = [(row.line, row.values["title"]) for row in rows(path) if isinstance(row, Row)]
    assert read == ([(2, "红 裙"), (4, "杯")] if suffix != "jsonl" else [(1, "红 裙"), (3, "杯")])


def test_a_carriage_return_within_a_line_is_part_of_its_cell(write: Write) -> None:
    path = write("odd.csv", 'id,title\n1,红\r裙\n2,"蓝\r裙"x\r\n3,杯\n')
    assert [row.values["title"] for row in rows(path) if isinstance(row, Row)] == ["红\r裙", "蓝 裙x", "杯"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_csv_with_another_delimiter_is_read_by_it(write: Write, delimiter: str) -> None:
    assert values(write("catalog.csv", CSV.replace(",", delimiter))) == ROWS


@pytest.mark.parametrize("packed", [False, True])
def test_parquet_is_read_with_its_types(tmp_path: Path, packed: bool) -> None:
    polars = pytest.importorskip("polars", reason="the extra parquet is not installed")
    path = tmp_path / "catalog.parquet"
    polars.DataFrame(
        {"id": [1, 2], "标题": ["红色连衣裙", "马克杯"], "价格": [199.0, None], "tags": [["新品"], []]}
    ).write_parquet(path)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert rows(path) == [
        Row("catalog.parquet", 1, {"product_id": 1, "title": "红色连衣裙", "price": 199.0, "tags": ["新品"]}),
        Row("catalog.parquet", 2, {"product_id": 2, "title": "马克杯"}),
    ]


def test_parquet_without_polars_says_what_to_install(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(UnusableInput, match=r"pip install 'shangsou\[parquet\]'"):
        open_catalogs([write("catalog.parquet", b"PAR1....PAR1")], {})


def test_a_broken_parquet_file_is_reported(write: Write) -> None:
    pytest.importorskip("polars", reason="the extra parquet is not installed")
    with pytest.raises(UnusableInput, match=r"catalog\.parquet: the Parquet file cannot be read"):
        open_catalogs([write("catalog.parquet", b"PAR1....PAR1")], {})


class PanicException(BaseException):
    """What libraries in Rust raise of what their authors held impossible."""


def test_a_parquet_file_whose_reader_panics_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not made of a file: behind a real panic polars may wait for ever in the same process.
    polars = pytest.importorskip("polars", reason="the extra parquet is not installed")
    path = tmp_path / "catalog.parquet"
    polars.DataFrame({"product_id": [1], "title": ["红色连衣裙"]}).write_parquet(path)

    def panic(_: object) -> None:
        raise PanicException("assertion failed")

    monkeypatch.setattr(polars.LazyFrame, "collect_schema", panic)
    with pytest.raises(UnusableInput, match=r"catalog\.parquet: the Parquet file is damaged or cut off"):
        open_catalogs([path], {})


def test_rows_know_their_lines_also_behind_a_cell_of_several_lines(write: Write) -> None:
    text = 'id,title,description\n1,杯,"一\n""二""\n三"\n\n2,壶,四\n'
    assert rows(write("catalog.csv", text)) == [
        Row("catalog.csv", 2, {"product_id": "1", "title": "杯", "description": '一\n"二"\n三'}),
        Row("catalog.csv", 6, {"product_id": "2", "title": "壶", "description": "四"}),
    ]


def test_a_tsv_takes_quotes_as_they_are(write: Write) -> None:
    assert values(write("catalog.tsv", 'id\ttitle\n1\t"15.6" 屏\n')) == [
        {"product_id": "1", "title": '"15.6" 屏'}
    ]


def test_an_inch_mark_in_a_csv_is_no_quote(write: Write) -> None:
    assert values(write("catalog.csv", 'id,title\n1,15.6" 屏\n2,"大" 屏\n3,杯\n')) == [
        {"product_id": "1", "title": '15.6" 屏'},
        {"product_id": "2", "title": "大 屏"},
        {"product_id": "3", "title": "杯"},
    ]


def test_a_quote_that_never_closes_costs_its_own_row_only(write: Write) -> None:
    good = "".join(f"{number},杯,{number}\n" for number in range(2, 9))
    read_rows = rows(write("catalog.csv", f'id,title,price\n1,"杯,1\n{good}'))
    assert read_rows[0] == BadRow("catalog.csv", 2, "a quoted cell begins here and is never closed")
    assert [row.line for row in read_rows[1:]] == [3, 4, 5, 6, 7, 8, 9]
    assert all(isinstance(row, Row) for row in read_rows[1:])


def test_a_stray_quote_that_meets_a_later_cell_costs_its_own_row_only(write: Write) -> None:
    text = 'id,title,price\n1,"杯,1\n2,杯,2\n3,杯,3\n4,"大,杯",4\n5,杯,5\n'
    read_rows = rows(write("catalog.csv", text))
    assert isinstance(read_rows[0], BadRow)
    assert [row.values["product_id"] for row in read_rows[1:] if isinstance(row, Row)] == ["2", "3", "4", "5"]


def test_ragged_rows_keep_what_they_have(write: Write) -> None:
    assert rows(write("catalog.csv", "id,title,price\n1,杯\n2,壶,5,多,余\n3,碗,6,\n")) == [
        Row(
            "catalog.csv",
            2,
            {"product_id": "1", "title": "杯"},
            Issue(
                "cells missing or surplus",
                "the row has 2 cells, the header 3",
                "the missing ones taken as empty",
            ),
        ),
        Row(
            "catalog.csv",
            3,
            {"product_id": "2", "title": "壶", "price": "5"},
            Issue(
                "cells missing or surplus", "the row has 5 cells, the header 3", "the surplus ones dropped"
            ),
        ),
        Row("catalog.csv", 4, {"product_id": "3", "title": "碗", "price": "6"}),
    ]


def test_lines_that_are_no_json_objects_are_bad_rows(write: Write) -> None:
    deep = "[" * 100_000
    text = f'{{"id": "1", "name": "杯"}}\n{{"id": \n[1]\n{deep}\n{{"sku": "2", "title": "壶", "id": null}}\n'
    read_rows = rows(write("catalog.jsonl", text))
    assert [type(row) for row in read_rows] == [Row, BadRow, BadRow, BadRow, Row]
    assert read_rows[2] == BadRow("catalog.jsonl", 3, "the line is JSON, but no object")
    assert read_rows[4].line == 5


@pytest.mark.parametrize("quoted", ["", '"'])
@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_a_row_larger_than_any_product_is_bad_and_the_next_is_read(
    write: Write, suffix: str, quoted: str
) -> None:
    delimiter = "," if suffix == "csv" else "\t"
    huge = quoted + "长" * (MAX_ROW_CHARACTERS + 5) + quoted
    text = f"id,title\n1,{huge}\n2,杯\n".replace(",", delimiter)
    assert rows(write(f"catalog.{suffix}", text)) == [
        BadRow(f"catalog.{suffix}", 2, "the row has more than 1,048,576 characters"),
        Row(f"catalog.{suffix}", 3, {"product_id": "2", "title": "杯"}),
    ]


def test_a_huge_quoted_cell_of_many_lines_is_one_bad_row(write: Write) -> None:
    huge = "很长的一行\n" * (MAX_ROW_CHARACTERS // 6 + 100)
    read_rows = rows(write("catalog.csv", f'id,title\n1,"{huge}"\n2,杯\n'))
    assert [type(row) for row in read_rows] == [BadRow, Row]
    assert read_rows[1].line == 2 + huge.count("\n") + 1


def test_characters_that_cannot_be_decoded_cost_themselves_only(write: Write) -> None:
    lines = [f"{number},连衣裙{number}" for number in range(500)]
    damaged = "\n".join(["id,title", *lines]).encode().replace("连衣裙7\n".encode(), b"\xff\xfe7\n")
    assert values(write("catalog.csv", damaged))[7] == {"product_id": "7", "title": "\ufffd\ufffd7"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\xef\xbb\xbf \r\n\r\n", "is empty"),
        ("packed.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("zeros.csv", bytes(5000), "is empty"),
        ("book.csv", b"PK\x03\x04" + bytes(100), "the zip file is damaged or cut off"),
        ("book.xlsx", b"PK\x03\x04" + bytes(100), "the workbook cannot be read"),
        ("noise.csv", bytes(range(128, 256)) * 50, "is no text in UTF-8, and its encoding cannot be told"),
        ("array.json", b'[{"id": 1}]', "no column holds the title of a product"),
        ("cut.json", b'[{"id": 1, "title": "a"}, {"id"', "is no JSON"),
        ("text.jsonl", b"hello\n", "text.jsonl:1: the line is no JSON"),
        ("open.csv", b'"id,title\n1,x\n', "the header cannot be read"),
    ],
)
def test_a_file_that_is_no_catalog_is_reported(write: Write, name: str, content: bytes, words: str) -> None:
    with pytest.raises(UnusableInput) as problem:
        open_catalogs([write(name, content)], {})
    assert str(problem.value).startswith(name)
    assert words in str(problem.value)


def test_a_missing_file_and_a_folder_are_reported(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="there is no such file"):
        open_catalogs([tmp_path / "none.csv"], {})
    with pytest.raises(UnusableInput, match="is no file"):
        open_catalogs([tmp_path], {})


def test_a_truncated_gzip_file_is_reported_with_how_far_it_was_read(write: Write) -> None:
    # Each line a different number, so that the packed file is long enough to be cut.
    text = "id,title\n" + "".join(f"{number * 7919},杯{number * 104729}\n" for number in range(20_000))
    packed = gzip.compress(text.encode())
    with pytest.raises(UnusableInput, match=r"cut off after [1-9][0-9,]* lines .*nothing was changed"):
        open_catalogs([write("catalog.csv.gz", packed[: len(packed) // 2])], {})


@pytest.mark.parametrize(
    ("header", "missing"), [("品名X,价格", "id"), ("编号,价格", "title"), ("a,b,c", "id"), ("\x00\x01", "id")]
)
def test_a_file_without_id_or_title_names_its_columns_and_the_option(
    write: Write, header: str, missing: str
) -> None:
    with pytest.raises(UnusableInput) as problem:
        open_catalogs([write("catalog.csv", f"{header}\n1,2\n")], {})
    assert f"no column holds the {missing} of a product" in str(problem.value)
    assert "--map" in str(problem.value)
    for name in header.split(","):
        assert name.encode("unicode_escape").decode() in str(problem.value).encode(
            "unicode_escape"
        ).decode() or ("\\u0000" in str(problem.value))
