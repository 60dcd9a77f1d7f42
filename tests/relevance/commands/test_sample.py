"""`shangsou judgements sample`."""

import json
from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from relevance.commands.judgements import judgements
from relevance.judgements import read_queries
from shangsou.errors import EventsRejected, UnusableInput
from shangsou.search.understood import Understood
from shangsou.text.entities import Entity

LOG = "搜索词,次数\n" + "".join(f"词{number},{100 // number}\n" for number in range(1, 60))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    return lambda *arguments: CliRunner().invoke(judgements, ["sample", *arguments])


def test_a_sample_says_what_it_stands_for(run, tmp_path):
    done = run("log.csv", "--out", "queries.tsv", "--size", "20")
    assert done.exit_code == 0, done.output
    queries = read_queries(tmp_path / "queries.tsv")
    assert len(queries) == 20
    # 59 queries, of which the last nine, from 词51 on, were searched for once.
    total = sum(100 // number for number in range(1, 60))
    assert f"20 of 50 queries drawn; they stand for {total - 9:,} of {total:,} searches" in done.stdout
    assert "left out: 9 queries of 9 searches" in done.stdout
    assert "no tags of what queries hold: no index yet" in done.stdout


def test_the_json_has_the_strata_and_what_was_left_out(run):
    done = run("log.csv", "--out", "queries.tsv", "--size", "20", "--json", "--seed", "5")
    report = json.loads(done.stdout)
    assert (report["drawn"], report["queries"], report["seed"]) == (20, 50, 5)
    assert [stratum["set"] for stratum in report["strata"]] == ["head", "torso", "tail"]
    assert sum(stratum["drawn"] for stratum in report["strata"]) == 20
    assert report["left_out"]["rare"] == {"queries": 9, "searches": 9, "min_shoppers": 2}
    assert report["missing_tags"].startswith("no index yet")


def test_rows_without_a_count_are_reported(run, tmp_path):
    (tmp_path / "log.csv").write_text("搜索词,次数\n手机,9\n雨伞,很多\n", "utf-8")
    arguments = ("log.csv", "--out", "queries.tsv", "--min-shoppers", "1")
    assert "1 rows with a count of 0 or none that can be read" in run(*arguments).stdout
    assert json.loads(run(*arguments, "--json").stdout)["uncounted_rows"] == 1
    (tmp_path / "log.csv").write_text("搜索词,次数\n手机,9\n", "utf-8")
    assert "with a count of 0" not in run(*arguments).stdout


def test_the_same_seed_writes_the_same_file(run, tmp_path):
    for name, seed in (("a.tsv", "3"), ("b.tsv", "3"), ("c.tsv", "4")):
        assert run("log.csv", "--out", name, "--size", "20", "--seed", seed).exit_code == 0
    one, again, other = ((tmp_path / name).read_bytes() for name in ("a.tsv", "b.tsv", "c.tsv"))
    assert one == again != other


def test_a_sample_of_some_strata_says_for_which_it_does_not_stand(run):
    done = run("log.csv", "--out", "queries.tsv", "--size", "5", "--shares", "0,0,1")
    assert "not drawn from: the sample does not stand for it" in done.stdout
    assert "says nothing of the rest" in done.stderr


def test_fewer_queries_than_wanted_are_pointed_out(run):
    done = run("log.csv", "--out", "queries.tsv", "--size", "500")
    assert done.exit_code == 0
    assert "only 50 of 500 queries drawn" in done.stderr


def test_strata_with_a_share_that_have_too_few_queries_are_named_as_such(run, tmp_path):
    # One query makes more than two thirds of the searches: it is the head, and the torso is empty.
    (tmp_path / "one.csv").write_text("搜索词,次数\n手机,90\n雨伞,5\n帽子,5\n", "utf-8")
    done = run("one.csv", "--out", "queries.tsv", "--size", "5", "--shares", "1,1,0")
    assert done.exit_code == 0
    assert "only 1 of 5 queries drawn: there are no more in the strata with a share" in done.stderr
    (tmp_path / "queries.tsv").unlink()
    done = run("one.csv", "--out", "queries.tsv", "--size", "5", "--shares", "0,1,0")
    assert isinstance(done.exception, UnusableInput)
    assert "no query is in the strata with a share; the log has 1 of the head, 0 of the torso" in str(
        done.exception
    )
    assert not (tmp_path / "queries.tsv").exists()


def test_a_list_of_distinct_queries_has_no_head_and_says_so(run, tmp_path):
    (tmp_path / "list.txt").write_text("".join(f"词{number}\n" for number in range(30)), "utf-8")
    done = run("list.txt", "--out", "queries.tsv", "--size", "9", "--min-shoppers", "1")
    assert done.exit_code == 0
    assert "there is no head" in done.stderr


class ReadingSearcher:
    """Reads `红色…` as a colour, and nothing else."""

    def understand(self, text: str) -> Understood:
        entities = (Entity("colour", "红色", 0, 2),) if text.startswith("红色") else ()
        return Understood(text, text, (), (), entities=entities)


def test_queries_are_tagged_by_what_they_hold(run, tmp_path, monkeypatch):
    monkeypatch.setattr("relevance.searchers.open_full_searcher", lambda _: nullcontext(ReadingSearcher()))
    (tmp_path / "log.csv").write_text("搜索词,次数\n红色手机壳,9\n手机,3\n", "utf-8")
    done = run("log.csv", "--out", "queries.tsv")
    assert done.exit_code == 0, done.output
    assert [(query.text, query.tags) for query in read_queries(tmp_path / "queries.tsv")] == [
        ("红色手机壳", ("head", "entity:colour")),
        ("手机", ("tail",)),
    ]
    # 9 of 12 searches.
    assert "of these searches hold, as estimated: entity:colour 75%" in done.stdout
    assert "no tags" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["log.csv", "--out", "q.tsv", "--shares", "1,1"], UnusableInput, "three numbers"),
        (["log.csv", "--out", "q.tsv", "--shares", "0,0,0"], UnusableInput, "three numbers"),
        (["log.csv", "--out", "q.tsv", "--shares", "1,1,nan"], UnusableInput, "three numbers"),
        (["log.csv", "--out", "none/q.tsv"], UnusableInput, "its folder does not exist"),
        (["none.csv", "--out", "q.tsv"], UnusableInput, "there is no such file"),
        (["log.csv", "--out", "q.tsv", "--min-shoppers", "999"], UnusableInput, "no query is left to draw"),
        (["empty.csv", "--out", "q.tsv"], UnusableInput, "is empty"),
        (["marks.csv", "--out", "q.tsv"], UnusableInput, "holds no search with a text"),
        (["events.tsv", "--out", "q.tsv"], EventsRejected, "its one row is no event"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(run, tmp_path, arguments, error, words):
    (tmp_path / "empty.csv").write_text("\n", "utf-8")
    (tmp_path / "marks.csv").write_text("query\n！！\n", "utf-8")
    (tmp_path / "events.tsv").write_text("timestamp\taction_name\tuser_query\n?\tsearch\t裙\n", "utf-8")
    done = run(*arguments)
    assert isinstance(done.exception, error)
    assert words in str(done.exception)
    assert not (tmp_path / "q.tsv").exists()


def test_a_log_is_not_overwritten(run, tmp_path):
    done = run("log.csv", "--out", "log.csv")
    assert done.exit_code == 2
    assert "--out would overwrite log.csv, which is read" in done.stderr
    assert (tmp_path / "log.csv").read_text("utf-8") == LOG
