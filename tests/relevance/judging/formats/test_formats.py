"""Formats of judgements, read and written."""

import errno
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.judgements import Query, read_queries
from relevance.judging.formats.formats import (
    WriteOptions,
    detect_format,
    format_of,
    read_judgement_set,
    write_judgement_set,
)
from relevance.judging.formats.judgement_set import JudgementSet
from relevance.judging.formats.tsv import write_queries
from shangsou.errors import UnusableInput

QUERIES = [Query("q1", "女装", "红色 连衣裙"), Query("q2", "数码", "手机")]
JUDGED = JudgementSet(QUERIES, {"q1": {"d1": 3, "d2": 0}, "q2": {"d1": 1}})

ids = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=("Zl", "Zp", "C")), min_size=1, max_size=12).filter(
    lambda text: text.split()
)
judged = st.dictionaries(
    texts.map(lambda text: " ".join(text.split())),
    st.dictionaries(ids, st.integers(0, 3), min_size=1, max_size=4),
    min_size=1,
    max_size=5,
)


@given(judged)
def test_every_format_gives_back_what_was_written(tmp_path_factory, by_text):
    folder = tmp_path_factory.mktemp("formats")
    queries = [Query(f"q{number}", "all", text) for number, text in enumerate(by_text)]
    qrels = {query.qid: by_text[query.text] for query in queries}
    for kind in ("tsv", "trec", "quepid", "rank_eval"):
        path = folder / kind
        write_judgement_set(JudgementSet(queries, qrels), path, kind, WriteOptions("shop"))
        assert detect_format(path) == kind
        assert read_judgement_set(path, kind, queries).qrels == qrels, kind


@given(judged)
def test_formats_with_texts_give_back_the_queries_too(tmp_path_factory, by_text):
    folder = tmp_path_factory.mktemp("texts")
    queries = [Query(f"q{number}", "all", text) for number, text in enumerate(by_text, start=1)]
    qrels = {query.qid: by_text[query.text] for query in queries}
    for kind in ("quepid", "rank_eval"):
        path = folder / kind
        write_judgement_set(JudgementSet(queries, qrels), path, kind, WriteOptions("shop"))
        found = read_judgement_set(path)
        assert (found.queries, found.qrels) == (queries, qrels), kind
        assert set(found.numbered_qids) == (set(qrels) if kind == "quepid" else set())


def test_tsv_and_trec_lose_nothing_and_quepid_says_what_it_loses(tmp_path):
    assert write_judgement_set(JUDGED, tmp_path / "a", "tsv") == []
    assert write_judgement_set(JUDGED, tmp_path / "b", "trec") == []
    lost = write_judgement_set(JUDGED, tmp_path / "c", "quepid")
    assert lost == ["the qids: each of the 2 queries goes by its text", "the sets: 女装, 数码"]


def test_the_files_are_as_their_readers_elsewhere_want_them(tmp_path):
    for kind, wanted in (
        ("tsv", b"qid\tdoc_id\tgrade\nq1\td1\t3\nq1\td2\t0\nq2\td1\t1\n"),
        ("trec", b"q1 0 d1 3\nq1 0 d2 0\nq2 0 d1 1\n"),
        (
            "quepid",
            "query,docid,rating\r\n红色 连衣裙,d1,3\r\n红色 连衣裙,d2,0\r\n手机,d1,1\r\n".encode(),
        ),
    ):
        write_judgement_set(JUDGED, tmp_path / kind, kind)
        assert (tmp_path / kind).read_bytes() == wanted


def test_quepids_basic_export_is_read_with_floating_ratings_and_unrated_queries(tmp_path):
    path = tmp_path / "case_1.csv"
    path.write_text('query,docid,rating\n"连衣裙, 红",d1,3.0\n"连衣裙, 红",d2,0\n手机\n雨伞,d3,\n', "utf-8")
    found = read_judgement_set(path, "quepid")
    assert [query.text for query in found.queries] == ["连衣裙, 红", "手机", "雨伞"]
    assert found.qrels == {"q1": {"d1": 3, "d2": 0}}


def test_quepids_detailed_export_is_read(tmp_path):
    path = tmp_path / "detailed.csv"
    path.write_text(
        "Team Name,Case Name,Case ID,Query Text,Doc ID,Title,Rating,brand\n组,春,7,手机,d1,星岚,2,星岚\n",
        "utf-8",
    )
    assert read_judgement_set(path, "quepid").qrels == {"q1": {"d1": 2}}


def test_known_texts_keep_their_qids_and_new_ones_avoid_them(tmp_path):
    path = tmp_path / "case.csv"
    path.write_text("query,docid,rating\n手机,d1,1\n雨伞,d2,2\n", "utf-8")
    found = read_judgement_set(path, "quepid", [Query("q1", "数码", "手机")])
    assert found.queries == [Query("q1", "数码", "手机"), Query("q2", "all", "雨伞")]


def test_a_text_in_two_sets_is_judged_in_both(tmp_path):
    path = tmp_path / "case.csv"
    path.write_text("query,docid,rating\n手机,d1,1\n", "utf-8")
    both = [Query("a", "one", "手机"), Query("b", "two", "手机")]
    assert read_judgement_set(path, "quepid", both).qrels == {"a": {"d1": 1}, "b": {"d1": 1}}


@pytest.mark.parametrize("text", ["-蕾丝 连衣裙", "=1+1", "@手机", "+号"])
def test_a_query_that_a_spreadsheet_would_run_is_written_harmless_and_read_as_it_was(tmp_path, text):
    path = tmp_path / "case.csv"
    write_judgement_set(JudgementSet([Query("q1", "all", text)], {"q1": {"d1": 1}}), path, "quepid")
    assert path.read_text("utf-8").splitlines()[1].startswith(f" {text}")
    assert read_judgement_set(path, "quepid").queries[0].text == text


@pytest.mark.parametrize("doc_id", ["=1+1", "-7", "@a", "+86"])
def test_an_id_that_a_spreadsheet_would_run_is_written_harmless_and_reported_and_read_as_it_was(
    tmp_path, doc_id
):
    path = tmp_path / "case.csv"
    lost = write_judgement_set(JudgementSet(QUERIES, {"q2": {doc_id: 1, "d1": 2}}), path, "quepid")
    assert path.read_text("utf-8").splitlines()[2:] == [f"手机, {doc_id},1", "手机,d1,2"]
    assert lost[-1].startswith(f"1 ids as they are (first {doc_id!r})")
    assert read_judgement_set(path, queries=QUERIES).qrels == {"q2": {doc_id: 1, "d1": 2}}


def test_queries_are_written_with_tags_and_notes_only_where_there_are_any(tmp_path):
    path = tmp_path / "queries.tsv"
    write_queries(QUERIES, path)
    assert read_queries(path) == QUERIES
    assert path.read_text("utf-8").splitlines()[0] == "qid\tset\tquery"
    noted = [Query("q1", "all", "手机", ("typo", "long tail"), "要送老人"), Query("q2", "all", "伞")]
    write_queries(noted, path)
    assert read_queries(path) == noted


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.tsv", "tsv"), ("a.tsv.gz", "tsv"), ("a.CSV", "quepid"), ("a.qrels", "trec"), ("a.txt", "trec")],
)
def test_names_tell_formats(tmp_path, name, kind):
    assert format_of(tmp_path / name) == kind


@pytest.mark.parametrize(("name", "kind"), [("a.tsv.gz", "tsv"), ("a.csv.GZ", "quepid")])
def test_a_file_that_is_called_packed_is_packed_and_always_in_the_same_way(tmp_path, name, kind):
    path = tmp_path / name
    assert format_of(path) == kind
    write_judgement_set(JUDGED, path, kind)
    first = path.read_bytes()
    write_judgement_set(JUDGED, path, kind)
    assert path.read_bytes() == first
    write_judgement_set(JUDGED, tmp_path / "plain", kind)
    assert gzip.decompress(first) == (tmp_path / "plain").read_bytes()
    assert read_judgement_set(path, queries=QUERIES).qrels == JUDGED.qrels


@pytest.mark.parametrize("kind", ["tsv", "trec", "quepid", "rank_eval"])
def test_an_id_that_is_no_unicode_is_refused_and_the_older_file_stays(tmp_path, kind):
    path = tmp_path / "out"
    path.write_text("older", "utf-8")
    broken = JudgementSet(QUERIES, {"q1": {"d1": 3, "\ud800x": 1}})
    with pytest.raises(UnusableInput, match=r"out: .*\\ud800x.* is no character of Unicode"):
        write_judgement_set(broken, path, kind, WriteOptions("shop"))
    assert path.read_text("utf-8") == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_whole_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / "out.tsv"
    path.write_text("older", "utf-8")

    def fill_disk(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shangsou.atomic_files.sync", fill_disk)
    with pytest.raises(UnusableInput, match=r"out\.tsv: cannot be written \(No space left on device\)"):
        write_judgement_set(JUDGED, path, "tsv")
    assert path.read_text("utf-8") == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_another_name_asks_for_the_format(tmp_path):
    with pytest.raises(UnusableInput, match=r"qrels: its name does not tell the format; say --to"):
        format_of(tmp_path / "qrels")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("query,docid\n手机,d1\n", 'no column of grade in "query", "docid"', id="column missing"),
        pytest.param("query,docid,rating\n手机,d1,好\n", ":2: rating '好' is no grade", id="word"),
        pytest.param("query,docid,rating\n手机,d1,1.5\n", ":2: rating '1.5' is no grade", id="fraction"),
        pytest.param("query,docid,rating\n手机,d1,nan\n", ":2: rating 'nan' is no grade", id="nan"),
        pytest.param("query,docid,rating\n手机,d1,inf\n", ":2: rating 'inf' is no grade", id="infinite"),
        pytest.param("query,docid,rating\n手机,d1,10\n", ":2: rating '10' is no grade", id="beyond 3"),
        pytest.param("query,docid,rating\n,d1,1\n", ":2: no query", id="no query"),
        pytest.param("query,docid,rating\n手机\n", "holds no rating", id="nothing rated"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("query,docid,rating\n手机,d1,1\n手机,d1,2\n", ":3: 'd1' has rating 2 for", id="twice"),
        pytest.param(
            'query,docid,rating\n"手"机,d1,1\n',
            ":2: a quoted cell begins here and is never",
            id="broken quotes",
        ),
    ],
)
def test_a_quepid_file_that_cannot_be_used_is_named_by_line(tmp_path, text, message):
    path = tmp_path / "case.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UnusableInput) as problem:
        read_judgement_set(path, "quepid")
    assert message in str(problem.value)


@pytest.mark.parametrize(
    ("judgements", "kind", "message"),
    [
        pytest.param(
            JudgementSet((), {"q1": {"a b": 1}}), "trec", "'a b' holds white space", id="blank in trec"
        ),
        pytest.param(JudgementSet((), {"q1": {"a\tb": 1}}), "tsv", "holds a tab", id="tab in tsv"),
        pytest.param(JudgementSet((), {"q1": {"a": 1}}), "quepid", "1 judged qids have none", id="no text"),
        pytest.param(
            JudgementSet([Query("a", "x", "伞"), Query("b", "y", "伞")], {"a": {"d": 1}, "b": {"d": 2}}),
            "quepid",
            "'伞' is the text of two qids, with the grades 1 and 2 for 'd'",
            id="two grades",
        ),
    ],
)
def test_a_judgement_that_would_be_lost_is_refused(tmp_path, judgements, kind, message):
    with pytest.raises(UnusableInput, match=message):
        write_judgement_set(judgements, tmp_path / "out", kind)
    assert not (tmp_path / "out").exists()
