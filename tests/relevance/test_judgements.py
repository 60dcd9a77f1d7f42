"""Files of judged queries."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.judgements import Query, has_relevant, read_graded_queries, read_qrels, read_queries
from shangsou.errors import UnusableInput


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="judged.tsv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write_file


def test_queries_are_read_with_their_sets(write):
    path = write("qid\tset\tquery\nq1\t颜色\t红色连衣裙\nq2\t\t手机 壳\n")
    assert read_queries(path) == [Query("q1", "颜色", "红色连衣裙"), Query("q2", "all", "手机 壳")]


def test_columns_are_found_by_name_whatever_their_order(write):
    assert read_queries(write("query\tnote\tQID\n手机\t\tq1\n")) == [Query("q1", "all", "手机")]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_do_not_matter(write):
    path = write("qid\tquery\r\n\r\nq1\t手机\r\n", encoding="utf-8-sig")
    assert read_queries(path) == [Query("q1", "all", "手机")]


def test_a_gzipped_file_is_read(tmp_path):
    path = tmp_path / "queries.tsv.gz"
    path.write_bytes(gzip.compress("qid\tquery\nq1\t手机\n".encode()))
    assert read_queries(path) == [Query("q1", "all", "手机")]


def test_judgements_are_read_from_tsv(write):
    path = write("qid\tdoc_id\tgrade\nq1\td1\t3\nq1\td2\t0\nq2\td1\t1\n")
    assert read_qrels(path) == {"q1": {"d1": 3, "d2": 0}, "q2": {"d1": 1}}


@pytest.mark.parametrize("separator", [" ", "\t", "   "], ids=["space", "tab", "spaces"])
def test_judgements_are_read_from_trec_qrels(write, separator):
    lines = [("q1", "0", "d1", "2"), ("q1", "0", "d2", "-1")]
    path = write("".join(separator.join(line) + "\n" for line in lines), "qrels.txt")
    assert read_qrels(path) == {"q1": {"d1": 2, "d2": -1}}


def test_a_judgement_that_is_repeated_counts_once(write):
    assert read_qrels(write("q1 0 d1 2\nq1 0 d1 2\n")) == {"q1": {"d1": 2}}


def test_only_a_positive_grade_is_relevant():
    qrels = {"q1": {"d1": 0, "d2": -1}, "q2": {"d1": 0, "d2": 1}}
    assert [has_relevant(qrels, qid) for qid in ("q1", "q2", "q3")] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", ":1: no column qid, query", id="empty file"),
        pytest.param("qid\ttext\nq1\t手机\n", ":1: no column query in 'qid\\ttext'", id="column missing"),
        pytest.param("qid query\nq1 手机\n", "separated by tabs", id="spaces for tabs"),
        pytest.param("qid\tquery\n", "holds no query", id="header alone"),
        pytest.param("qid\tquery\nq1\n", ":2: no query in 'q1'", id="value missing"),
        pytest.param("qid\tquery\nq1\t \n", ":2: no query", id="blank value"),
        pytest.param("qid\tquery\nq1\ta\n\nq1\tb\n", ":4: qid 'q1' stands above", id="qid twice"),
    ],
)
def test_queries_that_cannot_be_used_are_named_by_line(write, text, message):
    path = write(text)
    with pytest.raises(UnusableInput) as problem:
        read_queries(path)
    assert str(problem.value).startswith(str(path))
    assert message in str(problem.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", ":1: no column qid, doc_id, grade", id="empty file"),
        pytest.param("qid\tdoc_id\tgrade\n", "holds no judgement", id="header alone"),
        pytest.param("qid\tdoc\tgrade\nq1\td1\t1\n", ":1: no column doc_id", id="column missing"),
        pytest.param("qid\tdoc_id\tgrade\nq1\td1\n", ":2: no grade in 'q1\\td1'", id="value missing"),
        pytest.param("qid\tdoc_id\tgrade\nq1\td1\t好\n", ":2: grade '好' is no whole number", id="word"),
        pytest.param("q1 0 d1 1\nq1 0 d2 0.5\n", ":2: grade '0.5' is no whole number", id="fraction"),
        pytest.param("q1 0 d1 1\nq1 d2 1\n", ":2: 'q1 d2 1' has 3 fields", id="three fields"),
        pytest.param("q1 0 d1 1\nq1 0 d1 2\n", ":2: 'd1' has grade 2 for qid 'q1' but grade 1", id="twice"),
    ],
)
def test_judgements_that_cannot_be_used_are_named_by_line(write, text, message):
    path = write(text)
    with pytest.raises(UnusableInput) as problem:
        read_qrels(path)
    assert str(problem.value).startswith(str(path))
    assert message in str(problem.value)


def test_one_file_holds_queries_and_grades(write):
    path = write(
        "query\tproduct_id\tgrade\n手机 红色\td1\t3\n连衣裙\td1\t0\n手机 红色\td2\t1\n手机 红色\td1\t3\n"
    )
    assert read_graded_queries(path) == (
        [Query("q1", "all", "手机 红色"), Query("q2", "all", "连衣裙")],
        {"q1": {"d1": 3, "d2": 1}, "q2": {"d1": 0}},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("qid\tdoc_id\tgrade\n", ":1: no column query, product_id in ", id="other columns"),
        pytest.param("query\tproduct_id\tgrade\n", ": holds no judgement; wanted is a header", id="empty"),
        pytest.param("query\tproduct_id\tgrade\n手机\t\t1\n", ":2: no product_id in ", id="no product"),
        pytest.param("query\tproduct_id\tgrade\n手机\td1\tgut\n", ":2: grade 'gut' is no whole", id="a word"),
        pytest.param(
            "query\tproduct_id\tgrade\n手机\td1\t1\n手机\td1\t2\n",
            ":3: 'd1' has grade 2 for query '手机' but grade 1 above",
            id="twice",
        ),
    ],
)
def test_graded_queries_that_cannot_be_used_are_named_by_line(write, text, message):
    path = write(text)
    with pytest.raises(UnusableInput) as problem:
        read_graded_queries(path)
    assert str(problem.value).startswith(str(path))
    assert message in str(problem.value)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(UnusableInput, match=r"none\.tsv: cannot be read \(No such file"):
        read_queries(tmp_path / "none.tsv")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UnusableInput, match="Is a directory"):
        read_qrels(tmp_path)


def test_another_encoding_is_reported(write):
    with pytest.raises(UnusableInput, match="not UTF-8; save the file as UTF-8"):
        read_queries(write("qid\tquery\nq1\t手机\n", encoding="gb18030"))


def test_a_truncated_gzip_file_is_reported(tmp_path):
    path = tmp_path / "queries.tsv.gz"
    lines = "".join(f"q{number}\t手机 {number}\n" for number in range(1000))
    path.write_bytes(gzip.compress(f"qid\tquery\n{lines}".encode())[:500])
    with pytest.raises(UnusableInput, match="broken gzip"):
        read_queries(path)


def test_a_grade_may_have_a_point_as_quepid_writes_it(write):
    assert read_qrels(write("q1 0 d1 3.0\nq1 0 d2 0.\n")) == {"q1": {"d1": 3, "d2": 0}}


def test_a_file_of_another_tool_is_refused_with_the_command_that_converts_it(write):
    with pytest.raises(UnusableInput, match='"shangsou judgements convert" makes it of the files of other'):
        read_qrels(write("query,docid,rating\n手机,d1,3\n", "case.csv"))


def test_queries_without_ids_are_numbered_in_the_order_of_the_file(write):
    path = write("query\tset\n手机\t数码\n\n裙\t\n")
    assert read_queries(path, needs_qids=False) == [Query("q1", "数码", "手机"), Query("q2", "all", "裙")]


@pytest.mark.parametrize("header", ["", "query\n", "Query\n", "搜索词\n"])
def test_a_plain_list_is_a_query_a_line_with_or_without_a_header(write, header):
    path = write(f"{header}手机 壳\n\n 裙 \n", "queries.txt", "utf-8-sig")
    assert read_queries(path, needs_qids=False) == [Query("q1", "all", "手机 壳"), Query("q2", "all", "裙")]


def test_ids_that_are_there_stay(write):
    assert read_queries(write("qid\tquery\na\t手机\n"), needs_qids=False) == [Query("a", "all", "手机")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is empty", id="empty file"),
        pytest.param("查询\n", "holds no query", id="header alone"),
        pytest.param("qid query\nq1 手机\n", ":1: no column qid, query", id="spaces for tabs"),
        pytest.param("qid,query\nq1,手机\n", ":1: no column qid, query", id="commas for tabs"),
        pytest.param(
            "词\t次数\n手机\t3\n",
            ':1: the header "词\\t次数" names no column of queries; call it query',
            id="a table",
        ),
        pytest.param("qid\tquery\n\t手机\n", ":2: no qid", id="an id left out"),
    ],
)
def test_lists_of_queries_that_cannot_be_used_are_named_by_line(write, text, message):
    with pytest.raises(UnusableInput) as problem:
        read_queries(write(text), needs_qids=False)
    assert message in str(problem.value)


@given(
    st.lists(st.text(st.characters(categories=["Lo", "Nd"]), min_size=1, max_size=9), min_size=1, max_size=9)
)
def test_every_line_of_a_plain_list_is_a_query(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("lists") / "plain.txt"
    path.write_text("query\n" + "\n".join(texts), "utf-8")
    assert [query.text for query in read_queries(path, needs_qids=False)] == list(dict.fromkeys(texts))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        "搜索词,次数,人数\n手机 壳,12,9\n裙,3,2\n手机 壳,1,1\n",
        "关键词\t次数\n手机 壳\t12\n裙\t3\n",
        "手机 壳\t12\n裙\t3\n",
        "手机 壳\n裙\n\n手机 壳\n",
        "query\n手机 壳\n裙\n裙\n",
    ],
    ids=["CSV", "TSV", "no header", "a list", "a list with a header"],
)
def test_a_log_of_queries_is_each_of_its_texts_once(write, text, encoding):
    queries = read_queries(write(text, "log.csv", encoding), needs_qids=False)
    assert queries == [Query("q1", "all", "手机 壳"), Query("q2", "all", "裙")]


def test_a_text_that_a_table_without_ids_repeats_is_one_query(write):
    path = write("query\tset\n手机\t数码\n手机\t数码\n裙\t\n")
    assert read_queries(path, needs_qids=False) == [Query("q1", "数码", "手机"), Query("q2", "all", "裙")]


def test_the_queries_of_a_graded_file_are_its_queries(write):
    path = write("query\tproduct_id\tgrade\n手机\td1\t3\n手机\td2\t1\n")
    assert read_queries(path, needs_qids=False) == [Query("q1", "all", "手机")]
