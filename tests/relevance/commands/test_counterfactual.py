"""`shangsou evaluate counterfactual`."""

import json

import pytest
from click.testing import CliRunner

from relevance.commands.counterfactual import counterfactual
from shangsou.errors import UnusableInput

HEADER = "timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition\n"


@pytest.fixture
def files(tmp_path):
    """Two queries whose products swap places; the good one is clicked wherever it is looked at."""
    rows = []
    for query in ("手机", "伞"):
        for number in range(200):
            # Three quarters show the bad one first; of the second places every second is looked at.
            order = ("good", "bad") if number % 4 == 0 else ("bad", "good")
            for position, product in enumerate(order, start=1):
                who = f"{1_760_000_000 + number}\tu{number}\ts{query}{number}"
                row = f"{who}\t{{}}\t{query}\t{product}\t{position}\n"
                rows.append(row.format("impression"))
                if product == "good" and (position == 1 or number % 4 == 1 or number % 8 == 2):
                    rows.append(row.format("click"))
    (tmp_path / "events.tsv").write_text(HEADER + "".join(rows), "utf-8")
    (tmp_path / "queries.tsv").write_text("qid\tquery\nq1\t手机\nq2\t 伞 \nq3\t袜子\n", "utf-8")
    (tmp_path / "run.trec").write_text(
        "".join(f"{qid} Q0 {one}\n" for qid in ("q1", "q2") for one in ("good 1 2 x", "bad 2 1 x")), "utf-8"
    )
    return tmp_path


@pytest.fixture
def run(files):
    def run_command(*options, ranking="run.trec"):
        inputs = ["--run", str(files / ranking), "--queries", str(files / "queries.tsv")]
        return CliRunner().invoke(counterfactual, [str(files / "events.tsv"), *inputs, *options])

    return run_command


def test_the_ranking_with_the_clicked_product_first_would_have_got_more(run):
    report = json.loads(run("--json").stdout)
    # 50 clicks at the first place, and 75 of 150 at the second, of which half is looked at: everybody who
    # looks clicks the good one, which would stand first.
    assert report["ips"]["value"] == pytest.approx(1, abs=0.05)
    assert report["ips"]["logged"] == pytest.approx(125 / 200)
    assert (report["queries"], report["sessions"], report["never_shown"]) == (2, 400, 0)
    shown = run().stdout
    assert "400 sessions of 2 queries\n" in shown
    assert "more clicks than the logged ranking, beyond chance" in shown
    assert "not known from clicks" in shown


def test_a_ranking_of_products_that_were_never_shown_is_not_judged(run, files):
    (files / "new.trec").write_text("q1 Q0 new 1 2 x\n", "utf-8")
    shown = run(ranking="new.trec").stdout
    assert "200 sessions of 1 queries; 200 sessions of queries that the run lacks are left out" in shown
    assert "100.0% of its first 10 places hold products that the log never showed" in shown
    assert "nothing can be told" in shown


def test_clicks_under_a_name_of_the_shops_own_are_named_and_counted_with_action(run, files):
    expected = run("--json").stdout
    log = (files / "events.tsv").read_text("utf-8")
    (files / "events.tsv").write_text(log.replace("\tclick\t", "\t点进\t"), "utf-8")
    result = run()
    assert isinstance(result.exception, UnusableInput)
    # 125 of 200 sessions of both queries; each shows two products.
    assert "250 of 1,050 rows could not be read as events" in result.stderr
    assert "点进" in result.stderr
    assert "--action share=view" in result.stderr
    known = run("--action", "点进=click", "--json")
    assert (known.stdout, known.stderr) == (expected, "")


def test_there_is_no_verdict_where_many_weights_were_cut_down(run):
    # The good one is looked at in five of eight sessions: weight 1.6, and all clicks are on it.
    shown = run("--clip", "1.5").stdout
    assert "100.0% were cut down to the highest weight" in shown
    assert "no verdict, since more than 10% were cut down" in shown
    assert "beyond chance" not in shown
    assert "more clicks than the logged ranking, beyond chance" in run("--clip", "2").stdout


def test_two_qids_of_one_text_count_once_if_they_rank_alike_and_are_refused_if_not(run, files):
    expected = json.loads(run("--json").stdout)
    queries = (files / "queries.tsv").read_text("utf-8")
    (files / "queries.tsv").write_text(queries + "q4\t 手机\n", "utf-8")
    ranking = (files / "run.trec").read_text("utf-8")
    (files / "alike.trec").write_text(ranking + "q4 Q0 good 1 2 x\nq4 Q0 bad 2 1 x\n", "utf-8")
    assert json.loads(run("--json", ranking="alike.trec").stdout) == expected
    (files / "other.trec").write_text(ranking + "q4 Q0 bad 1 2 x\nq4 Q0 good 2 1 x\n", "utf-8")
    result = run(ranking="other.trec")
    assert isinstance(result.exception, UnusableInput)
    assert "ranks '手机' in two ways, under the qids q1, q4" in str(result.exception)


def test_a_run_of_other_qids_is_refused(run, files):
    (files / "other.trec").write_text("x9 Q0 good 1 2 x\n", "utf-8")
    result = run(ranking="other.trec")
    assert isinstance(result.exception, UnusableInput)
    assert "none of its 1 qids is in" in str(result.exception)


def test_a_run_of_queries_without_sessions_is_refused(run, files):
    (files / "other.trec").write_text("q3 Q0 good 1 2 x\n", "utf-8")
    result = run(ranking="other.trec")
    assert isinstance(result.exception, UnusableInput)
    assert "no click in 0 sessions of queries in the run (400 sessions are of others)" in str(
        result.exception
    )
