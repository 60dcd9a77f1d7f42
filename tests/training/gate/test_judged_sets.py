"""Judged queries of several files: sets keep apart, judgements of one query join."""

import click
import pytest

from shangsou.errors import UnusableInput
from training.gate.judged_sets import read_judged_sets


@pytest.fixture
def files(tmp_path):
    (tmp_path / "queries.tsv").write_text("qid\tset\tquery\ttags\nq1\t女装\t红裙\tbrand\n", "utf-8")
    (tmp_path / "qrels.tsv").write_text("qid\tdoc_id\tgrade\nq1\td1\t3\n", "utf-8")
    (tmp_path / "kitchen.tsv").write_text("query\tproduct_id\tgrade\n锅\td2\t1\n", "utf-8")
    return tmp_path


def test_files_make_one_list_and_a_file_without_sets_is_one_by_its_name(files):
    judged = read_judged_sets([files / "queries.tsv"], [files / "qrels.tsv"], [files / "kitchen.tsv"])
    assert [(query.set, query.text, query.tags) for query in judged.queries] == [
        ("kitchen", "锅", ()),
        ("女装", "红裙", ("brand",)),
    ]
    assert [judged.grades[query.qid] for query in judged.queries] == [{"d2": 1}, {"d1": 3}]


def test_equal_ids_and_sets_of_two_files_are_not_the_same(files):
    (files / "more.tsv").write_text("qid\tset\tquery\ttags\nq1\t女装\t蓝裙\t\n", "utf-8")
    qrels = files / "qrels.tsv"
    judged = read_judged_sets([files / "queries.tsv", files / "more.tsv"], [qrels, qrels], [])
    assert [query.set for query in judged.queries] == ["女装", "女装 (2)"]
    assert len(judged.grades) == 2


def test_what_was_judged_later_of_a_query_joins_what_was_judged_before(files):
    (files / "pool.tsv").write_text("qid\tset\tquery\ttags\np1\tpool\t红裙\t\n", "utf-8")
    (files / "pool-qrels.tsv").write_text("qid\tdoc_id\tgrade\np1\td7\t2\np1\td1\t0\n", "utf-8")
    judged = read_judged_sets(
        [files / "queries.tsv", files / "pool.tsv"], [files / "qrels.tsv", files / "pool-qrels.tsv"], []
    )
    assert [(query.set, query.text) for query in judged.queries] == [("女装", "红裙")]
    assert [judged.grades[query.qid] for query in judged.queries] == [{"d1": 0, "d7": 2}]


def test_what_people_judged_wins_over_judgements_of_clicks(files):
    (files / "clicks.tsv").write_text("query\tproduct_id\tgrade\n红裙\td1\t1\n红裙\td8\t1\n", "utf-8")
    judged = read_judged_sets([files / "queries.tsv"], [files / "qrels.tsv"], [files / "clicks.tsv"])
    assert [(query.set, query.text) for query in judged.queries] == [("clicks", "红裙")]
    assert [judged.grades[query.qid] for query in judged.queries] == [{"d1": 3, "d8": 1}]


def test_a_query_of_two_sets_is_judged_later_in_both(files):
    (files / "queries.tsv").write_text("qid\tset\tquery\ttags\nq1\t女装\t红裙\t\nq2\t新品\t红裙\t\n", "utf-8")
    (files / "pool.tsv").write_text("qid\tset\tquery\ttags\np1\tpool\t红裙\t\n", "utf-8")
    (files / "pool-qrels.tsv").write_text("qid\tdoc_id\tgrade\np1\td7\t2\n", "utf-8")
    judged = read_judged_sets(
        [files / "queries.tsv", files / "pool.tsv"], [files / "qrels.tsv", files / "pool-qrels.tsv"], []
    )
    assert [query.set for query in judged.queries] == ["女装", "新品"]
    assert [judged.grades[query.qid] for query in judged.queries] == [{"d1": 3, "d7": 2}, {"d7": 2}]


def test_what_was_judged_later_may_be_wrong_all_of_it(files):
    (files / "pool-qrels.tsv").write_text("qid\tdoc_id\tgrade\nq1\td7\t0\n", "utf-8")
    queries = files / "queries.tsv"
    judged = read_judged_sets([queries, queries], [files / "qrels.tsv", files / "pool-qrels.tsv"], [])
    assert [judged.grades[query.qid] for query in judged.queries] == [{"d1": 3, "d7": 0}]


def test_judgements_of_other_queries_are_refused(files):
    (files / "others.tsv").write_text("qid\tdoc_id\tgrade\nx1\td7\t0\n", "utf-8")
    with pytest.raises(UnusableInput, match="give two files with the same qids"):
        read_judged_sets([files / "queries.tsv"], [files / "others.tsv"], [])


def test_each_file_of_queries_needs_its_judgements(files):
    with pytest.raises(click.UsageError, match="1 times --queries and 0 times --qrels"):
        read_judged_sets([files / "queries.tsv"], [], [])


def test_without_files_nothing_is_judged():
    assert read_judged_sets([], [], []).queries == []
