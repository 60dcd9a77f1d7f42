"""Judgements in tables: Quepid, ESCI, BEIR, Excel, and any table. The files are written as their tools do."""

import pytest

from relevance.judgements import Query
from relevance.judging.formats.columns import parse_columns
from relevance.judging.formats.formats import detect_format, read_judgement_set
from relevance.judging.formats.grades import parse_labels
from relevance.judging.formats.rated_rows import ReadOptions
from shangsou.errors import UnusableInput
from tests.fixtures.workbooks import sheet_row, workbook


@pytest.fixture
def write(tmp_path):
    def write_file(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write_file


def by_text(judgement_set):
    """The grades by the text of the query."""
    return {query.text: judgement_set.qrels.get(query.qid, {}) for query in judgement_set.queries}


DETAILED = (
    "Team Name,Case Name,Case ID,Query Text,Doc ID,Doc Position,Title,Rating,brand\r\n"
    '组,春,7,55"" 电视,d1,1,55"" 4K 电视,3,星岚\r\n'
    '组,春,7,55"" 电视,d2,2,"支架, 55"" 用",0,"[""星岚"",""云上""]"\r\n'
    '组,春,7,""手机"" 壳,d3,1,壳,,\r\n'
    "组,春,7,没有结果\r\n"
)


def test_quepids_detailed_export_is_read_with_its_quotation_marks(write):
    path = write("春_detailed.csv", DETAILED)
    assert detect_format(path) == "quepid"
    found = read_judgement_set(path)
    assert by_text(found) == {'55" 电视': {"d1": 3, "d2": 0}, '"手机" 壳': {}, "没有结果": {}}
    assert found.notes == ["1 rows have no rating and are left out"]


def test_the_same_export_saved_by_excel_is_the_same(write):
    saved = DETAILED.replace('55"" 电视', '"55"" 电视"').replace('55"" 4K 电视', '"55"" 4K 电视"')
    path = write("detailed.csv", saved.replace('""手机"" 壳', '"""手机"" 壳"'), "gb18030")
    assert by_text(read_judgement_set(path)) == by_text(read_judgement_set(write("b.csv", DETAILED)))


def test_quepids_snapshot_with_ratings_is_read_and_one_without_says_what_to_export(write):
    header = "Snapshot Name,Snapshot Time,Case ID,Query Text,Doc ID,Doc Position"
    path = write("a.csv", f"{header},Rating\r\n(3/1/26) 春,2026-03-01,7,手机,d1,1,2\r\n")
    assert by_text(read_judgement_set(path)) == {"手机": {"d1": 2}}
    path = write("b.csv", f"{header},title\r\n(3/1/26) 春,2026-03-01,7,手机,d1,1,壳\r\n")
    with pytest.raises(UnusableInput, match="a snapshot of Quepid without ratings; export it as Basic"):
        read_judgement_set(path)


def test_quepids_general_export_says_what_to_export(write):
    header = (
        "Team Name,Case Name,Case ID,Query Text,Score,Date Last Scored,Count,Information Need,Notes,Options"
    )
    with pytest.raises(UnusableInput, match="is the General export of Quepid"):
        read_judgement_set(write("a.csv", f"{header}\r\n组,春,7,手机,0.5,2026-03-01,3,,,\r\n"))


BOOK = 'query,docid,小王,"li@example.com",Unknown\n手机,d1,3.0,2.0,\n手机,d2,,,\n" -蕾丝",d9,1.0,1,3\n'


def test_a_book_of_quepid_gives_the_median_of_its_judges(write):
    path = write("book_1_export.csv", BOOK)
    assert detect_format(path) == "book"
    found = read_judgement_set(path)
    # Of 3 and 2 the lower; of 1, 1 and 3 the one in the middle.
    assert by_text(found) == {"手机": {"d1": 2}, "-蕾丝": {"d9": 1}}
    assert found.notes == [
        "1 rows have no rating and are left out",
        "3 judges: the median of their grades, the lower of two in the middle",
    ]


def test_one_judge_of_a_book_counts_alone(write):
    found = read_judgement_set(write("book.csv", BOOK), options=ReadOptions(judges=("小王",)))
    assert by_text(found) == {"手机": {"d1": 3}, "-蕾丝": {"d9": 1}}
    with pytest.raises(
        UnusableInput, match=r'no judge \'小赵\'; the judges are "小王", "li@example\.com", "Unknown"'
    ):
        read_judgement_set(write("book.csv", BOOK), options=ReadOptions(judges=("小赵",)))


@pytest.mark.parametrize(
    "header",
    [
        "query,doc_id,grade,impressions",
        "query,docid,relevance,category",
        "query,docid,label,created_at",
        "query,docid,relevance_grade,judge",
    ],
)
def test_a_table_with_a_column_of_grades_is_no_book_whatever_else_it_holds(write, header):
    found = read_judgement_set(write("a.csv", f"{header}\n手机,d1,3,1\n"))
    # A book would have given the lower of 3 and 1.
    assert by_text(found) == {"手机": {"d1": 3}}


@pytest.mark.parametrize("cell", ["1520", "女装", "1.5", "2026-03-01"])
def test_a_table_with_a_further_column_that_holds_no_grades_is_no_book(write, cell):
    path = write("a.csv", f"query,docid,小王,impressions\n手机,d1,3,\n手机,d2,3,{cell}\n")
    assert detect_format(path) == "table"
    with pytest.raises(UnusableInput, match=r"no column of grade .* --from book"):
        read_judgement_set(path)
    assert detect_format(path, ReadOptions(judges=("小王",))) == "book"


def test_ratings_of_another_scale_are_those_of_a_book_by_their_labels(write):
    path = write("a.csv", "query,docid,小王,小李\n手机,d1,E,\n手机,d2,I,I\n")
    labels = ReadOptions(labels=parse_labels("E=3,S=2,C=1,I=0"))
    assert detect_format(path, labels) == "book"
    assert by_text(read_judgement_set(path, options=labels)) == {"手机": {"d1": 3, "d2": 0}}


def test_a_tsv_of_ours_with_the_judges_and_the_texts_beside_the_grades_loses_neither(write):
    rows = "q1\td1\t3\t小王\t手机\t数码\nq1\td1\t1\t小李\t手机\t数码\n"
    path = write("a.tsv", f"qid\tdoc_id\tgrade\tjudge\tquery\tset\n{rows}")
    found = read_judgement_set(path)
    assert found.qrels == {"q1": {"d1": 1}}
    assert found.queries == [Query("q1", "数码", "手机")]


def test_a_tsv_of_ours_with_a_column_of_its_own_stays_ours(write):
    path = write("a.tsv", "qid\tdoc_id\tgrade\t理由\nq1\td1\t3\t正是\n")
    assert detect_format(path) == "tsv"


def test_a_tsv_of_ours_is_read_in_any_encoding(write):
    text = "qid\tdoc_id\tgrade\n手机\t红色连衣裙\t3\n"
    wanted = {"手机": {"红色连衣裙": 3}}
    assert read_judgement_set(write("a.tsv", text, "gb18030")).qrels == wanted
    big5 = write("b.tsv", "qid\tdoc_id\tgrade\n雨傘\td1\t3\n", "big5")
    assert read_judgement_set(big5, options=ReadOptions(encoding="big5")).qrels == {"雨傘": {"d1": 3}}


def test_any_table_with_a_column_for_each_judge_is_read_as_a_book_from_its_option(write):
    path = write("a.csv", "查询,商品ID,商品标题,小王,小李\n手机,1,华为手机,3,1\n")
    with pytest.raises(UnusableInput, match="--from book reads a column for each judge"):
        read_judgement_set(path)
    assert by_text(read_judgement_set(path, "book")) == {"手机": {"1": 1}}


def test_rows_of_several_judges_are_joined_and_one_judges_alone_may_be_taken(write):
    path = write("a.csv", "查询,商品ID,打分,标注人\n手机,1,3,小王\n手机,1,1,小李\n手机,1,1,小赵\n")
    assert by_text(read_judgement_set(path)) == {"手机": {"1": 1}}
    two = ReadOptions(judges=("小王", "小李"))
    assert by_text(read_judgement_set(path, options=two)) == {"手机": {"1": 1}}
    assert by_text(read_judgement_set(path, options=ReadOptions(judges=("小王",)))) == {"手机": {"1": 3}}
    with pytest.raises(UnusableInput, match="'小周' rated nothing here; who did: 小王, 小李, 小赵"):
        read_judgement_set(path, options=ReadOptions(judges=("小周",)))


def test_a_table_with_chinese_headers_in_gb18030_is_read_without_any_option(write):
    text = "查询词,商品编号,商品标题,相关性（0-3）\r\n手机,00123,华为手机,3\r\n红色,连衣裙,红裙,0\r\n"
    assert by_text(read_judgement_set(write("标注.csv", text, "gb18030"))) == {
        "手机": {"00123": 3},
        "红色": {"连衣裙": 0},
    }


def test_a_workbook_is_read_with_long_ids_whole_and_titles_above(write):
    rows = sheet_row(1, "春季标注") + sheet_row(3, "搜索词", "商品ID", "评分")
    rows += sheet_row(4, "手机", 6901234567890, 3) + sheet_row(5, "手机", "00123", 0)
    path = write("标注.xlsx", workbook(rows))
    assert by_text(read_judgement_set(path)) == {"手机": {"6901234567890": 3, "00123": 0}}


@pytest.mark.parametrize(
    "content",
    [
        workbook(sheet_row(1, "搜索词", "商品ID", "评分") + sheet_row(2, "手机", 6901234567890123456, 3)),
        "搜索词,商品ID,评分\n手机,6.90123E+18,3\n".encode(),
    ],
    ids=["workbook", "CSV"],
)
def test_an_id_that_excel_has_rounded_is_refused(write, content):
    with pytest.raises(UnusableInput, match=r":2: .* the column as text|:2: .* its column as text"):
        read_judgement_set(write("a", content))


ESCI = (
    "example_id,query,query_id,product_id,product_locale,esci_label,small_version,large_version,split\n"
    "0,revent 80 cfm,0,B000MOO21W,us,I,0,1,train\n"
    "1,revent 80 cfm,0,B07X3Y6B1V,us,E,0,1,train\n"
    "9,gafas,72,B0B4,es,S,1,1,test\n"
)


def test_esci_is_read_by_its_labels_with_its_qids_and_a_set_for_each_locale(write):
    path = write("shopping_queries_dataset_examples.csv", ESCI)
    assert detect_format(path) == "esci"
    labels = ReadOptions(labels=parse_labels("E=3,S=2,C=1,I=0"))
    found = read_judgement_set(path, options=labels)
    assert found.qrels == {"0": {"B000MOO21W": 0, "B07X3Y6B1V": 3}, "72": {"B0B4": 2}}
    assert found.queries == [Query("0", "us", "revent 80 cfm"), Query("72", "es", "gafas")]
    assert not found.numbered_qids
    with pytest.raises(UnusableInput, match=r":2: rating 'I' .* --labels E=3,S=2,C=1,I=0"):
        read_judgement_set(path)


def test_esci_in_parquet_is_the_same(tmp_path):
    polars = pytest.importorskip("polars", reason="Parquet needs the extra parquet")
    path = tmp_path / "examples.parquet"
    polars.DataFrame(
        {"query": ["gafas"], "query_id": [72], "product_id": ["B0B4"], "esci_label": ["S"]}
    ).write_parquet(path)
    assert detect_format(path) == "esci"
    labels = ReadOptions(labels={"s": 2})
    assert read_judgement_set(path, options=labels).qrels == {"72": {"B0B4": 2}}


def test_beir_is_read_with_the_queries_in_the_folder_above(write):
    write("queries.jsonl", '{"_id": "q1", "text": "手机", "metadata": {}}\n{"_id": "q2", "text": "伞"}\n')
    path = write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n")
    assert detect_format(path) == "beir"
    found = read_judgement_set(path)
    assert found.qrels == {"q1": {"d1": 1, "d2": 0}}
    assert found.queries == [Query("q1", "all", "手机")]


def test_beir_without_queries_has_qids_alone(write):
    found = read_judgement_set(write("test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\n"))
    assert (found.queries, found.qrels) == ([], {"q1": {"d1": 1}})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("手机", "the line is no JSON"),
        ('{"_id": "q1"}', "no _id and text"),
        ('{"_id":"q","text":"a"}\n' * 2, ":2: _id"),
        ('{"_id": null, "text": "手机"}', ":1: no _id and text"),
        ('{"_id": "q1", "text": null}', ":1: no _id and text"),
        ('{"_id": ["q1"], "text": "手机"}', ":1._id: is no text or number"),
    ],
    ids=["no JSON", "no text", "twice", "no id", "text without a value", "list"],
)
def test_queries_of_beir_that_cannot_be_used_are_named_by_line(write, line, message):
    write("queries.jsonl", line)
    with pytest.raises(UnusableInput) as problem:
        read_judgement_set(write("test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\n"))
    assert message in str(problem.value)


def test_any_table_is_read_by_the_columns_that_are_named(write):
    path = write("a.csv", "甲|乙|丙\n手机|d1|3\n")
    with pytest.raises(UnusableInput, match="--columns query=COLUMN,doc_id=COLUMN,grade=COLUMN"):
        read_judgement_set(path)
    options = ReadOptions(columns=parse_columns("query=甲,doc_id=乙,grade=丙"))
    assert by_text(read_judgement_set(path, options=options)) == {"手机": {"d1": 3}}


def test_rows_below_a_merged_cell_are_refused_with_the_reason(write):
    with pytest.raises(UnusableInput, match=r":3: no query; .* unmerge and fill them"):
        read_judgement_set(write("a.csv", "查询,商品ID,打分\n手机,1,3\n,2,0\n"))


def test_a_rating_without_a_product_is_refused(write):
    with pytest.raises(UnusableInput, match=":2: a rating without a product"):
        read_judgement_set(write("a.csv", "查询,商品ID,打分\n手机,,3\n"))


def test_the_qid_of_a_file_that_is_another_querys_is_refused(write):
    path = write("a.csv", "qid,query,docid,rating\nq1,伞,d1,1\n")
    with pytest.raises(UnusableInput, match="qid 'q1' is '伞' here and '手机' elsewhere"):
        read_judgement_set(path, queries=[Query("q1", "all", "手机")])
