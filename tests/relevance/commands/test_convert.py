"""`shangsou judgements convert` as people call it."""

import json

import pytest
from click.testing import CliRunner

from relevance.commands.judgements import judgements
from shangsou.errors import UnusableInput
from tests.fixtures.workbooks import sheet_row, workbook

RATED = "搜索词,商品ID,评分,标注人\n手机,1,10,小王\n手机,1,5,小李\n手机,2,0,小王\n"


@pytest.fixture
def convert(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "标注.csv").write_bytes(RATED.encode("gb18030"))

    def run(*arguments):
        return CliRunner().invoke(judgements, ["convert", *arguments])

    return run


def test_a_table_on_another_scale_is_converted_by_labels_and_says_what_was_joined(convert, tmp_path):
    result = convert("标注.csv", "out.tsv", "--labels", "10=3,5=2,0=0", "--write-queries", "asked.tsv")
    assert result.exit_code == 0, result.output
    # The lower of 3 and 2.
    assert (tmp_path / "out.tsv").read_text("utf-8") == "qid\tdoc_id\tgrade\nq1\t1\t2\nq1\t2\t0\n"
    assert (tmp_path / "asked.tsv").read_text("utf-8") == "qid\tset\tquery\nq1\tall\t手机\n"
    assert result.stderr.splitlines() == [
        "标注.csv is read as table",
        "2 judges: the median of their grades, the lower of two in the middle",
    ]


def test_one_judge_is_taken_alone(convert, tmp_path):
    assert convert("标注.csv", "out.csv", "--labels", "10=3,5=2,0=0", "--judge", "小李").exit_code == 0
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines() == ["query,docid,rating", "手机,1,2"]


def test_without_labels_nothing_is_written_and_the_message_has_some_to_begin_with(convert, tmp_path):
    result = convert("标注.csv", "out.csv")
    assert isinstance(result.exception, UnusableInput)
    assert result.exception.exit_code == 2
    assert "--labels 10=3,5=2,0=0" in str(result.exception)
    assert not (tmp_path / "out.csv").exists()


def test_judgements_become_a_request_and_come_back(convert, tmp_path):
    labels = ("--labels", "10=3,5=2,0=0", "--judge", "小王")
    missing = convert("标注.csv", "eval.json", *labels)
    assert missing.exit_code == 2
    assert 'give it with "--index NAME"' in missing.stderr
    assert convert("标注.csv", "eval.json", *labels, "--index", "shop-1").exit_code == 0
    (request,) = json.loads((tmp_path / "eval.json").read_text("utf-8"))["requests"]
    assert request["params"] == {"query_string": "手机"}
    assert convert("eval.json", "out.csv").exit_code == 0
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:] == ["手机,1,3", "手机,2,0"]


def test_texts_that_the_target_does_not_hold_are_reported(convert, tmp_path):
    (tmp_path / "a.txt").write_text("3 qid:7 # d1 手机\n", "utf-8")
    result = convert("a.txt", "out.trec")
    assert result.exit_code == 0
    assert (tmp_path / "out.trec").read_text("utf-8") == "7 0 d1 3\n"
    assert "trec does not hold the texts of 1 queries; see --write-queries" in result.stderr


def test_queries_of_beir_name_the_texts_of_other_files(convert, tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"_id": "b7", "text": "手机"}\n', "utf-8")
    arguments = ("--labels", "10=3,5=2,0=0", "--judge", "小李", "--queries", "queries.jsonl")
    assert convert("标注.csv", "out.trec", *arguments).exit_code == 0
    assert (tmp_path / "out.trec").read_text("utf-8") == "b7 0 1 2\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("标注.csv", "out.xls"), "say --to: tsv, trec, quepid or rank_eval"),
        (("标注.csv", "out.csv", "--labels", "10"), "--labels 10: write RATING=GRADE"),
        (("标注.csv", "out.csv", "--labels", "10=3"), "'5' is not among --labels; add 5=GRADE,0=GRADE"),
        (("标注.csv", "out.csv", "--columns", "grade=得分"), "has no column '得分'"),
        (("标注.csv", "out.csv", "--encoding", "klingon"), "--encoding klingon: is not known"),
        (("标注.csv", "out.csv", "--encoding", "utf-8"), "is no text in utf-8-sig"),
        (("标注.csv", "out.csv", "--from", "rre"), "标注.csv:1: is no JSON"),
        (("none.csv", "out.csv"), "none.csv: there is no such file"),
        (("7.trec", "out.tsv", "--write-queries", "q.tsv"), "has no texts of queries to write"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_converted_is_named_and_nothing_is_written(convert, tmp_path, arguments, message):
    (tmp_path / "7.trec").write_text("7 0 d1 3.0\n", "utf-8")
    result = convert(*arguments)
    assert isinstance(result.exception, UnusableInput)
    assert message in str(result.exception)
    assert not (tmp_path / arguments[1]).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("标注.csv", "标注.csv"), "OUT would overwrite 标注.csv, which is read"),
        (("标注.csv", "./标注.csv", "--to", "tsv"), "OUT would overwrite 标注.csv, which is read"),
        (("标注.csv", "q.tsv", "--queries", "q.tsv"), "OUT would overwrite q.tsv, which is read"),
        (
            ("标注.csv", "o.tsv", "--queries", "q.tsv", "--write-queries", "q.tsv"),
            "--write-queries would overwrite q.tsv, which is read",
        ),
        (
            ("标注.csv", "o.tsv", "--write-queries", "o.tsv"),
            "--write-queries would overwrite o.tsv, to which OUT writes",
        ),
    ],
)
def test_no_file_that_is_read_or_written_already_is_overwritten(convert, tmp_path, arguments, message):
    (tmp_path / "q.tsv").write_text("qid\tquery\nq7\t手机\n", "utf-8")
    result = convert(*arguments, "--labels", "10=3,5=2,0=0")
    assert result.exit_code == 2
    assert message in result.stderr
    assert (tmp_path / "标注.csv").read_bytes() == RATED.encode("gb18030")
    assert (tmp_path / "q.tsv").read_text("utf-8") == "qid\tquery\nq7\t手机\n"
    assert not (tmp_path / "o.tsv").exists()


def test_a_missing_folder_is_named_before_anything_is_read(convert):
    for arguments in (("none.csv", "none/out.tsv"), ("none.csv", "out.tsv", "--write-queries", "none/q.tsv")):
        result = convert(*arguments)
        assert isinstance(result.exception, UnusableInput)
        assert "its folder does not exist; make it first" in str(result.exception)


def test_other_commands_name_a_missing_folder_before_they_read_too(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    result = CliRunner().invoke(judgements, ["export", "春季", str(tmp_path / "none" / "a.tsv")])
    assert isinstance(result.exception, UnusableInput)
    assert "its folder does not exist; make it first" in str(result.exception)


def test_options_of_requests_are_refused_for_other_files(convert):
    result = convert("标注.csv", "out.csv", "--index", "shop-1")
    assert result.exit_code == 2
    assert "--index and --query-template are for rank_eval" in result.stderr


def test_a_book_is_not_exported_as_a_request(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    result = CliRunner().invoke(judgements, ["export", "春季", str(tmp_path / "a.json")])
    assert 'is made by "shangsou judgements convert"' in str(result.exception)


def test_sheets_of_judgements_that_are_not_read_are_named(convert, tmp_path):
    rated = sheet_row(1, "搜索词", "商品ID", "评分") + sheet_row(2, "手机", "p1", 3)
    about = sheet_row(1, "说明", "日期")
    (tmp_path / "标注.xlsx").write_bytes(workbook(rated, rated, about))
    result = convert("标注.xlsx", "out.tsv", "--write-queries", "asked.tsv")
    assert result.exit_code == 0
    assert "alone is read, not the sheets" in result.stderr


def test_two_outputs_of_one_name_are_refused_before_anything_is_written(convert, tmp_path):
    (tmp_path / "标注.csv").write_text("搜索词,商品ID,评分\n手机,p1,3\n", "utf-8")
    result = convert("标注.csv", "out.tsv", "--write-queries", "out.tsv")
    assert result.exit_code == 2
    assert "would overwrite out.tsv" in result.output
    assert not (tmp_path / "out.tsv").exists()
