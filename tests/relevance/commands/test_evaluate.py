"""`shangsou evaluate`."""

import json

import pytest
from click.testing import CliRunner

from relevance.commands.evaluate import evaluate
from relevance.errors import DegradedSearches, JudgementsOutdated, RankingRegressed
from relevance.history import Drifted, read_history
from shangsou.errors import UnusableInput, WeightsUnavailable
from shangsou.search.ranking.recipe import default_ranking
from tests.fixtures.relevance import WrittenSearcher

FOUND = {"手机": ["phone", "case"], "连衣裙": ["skirt", "dress"]}
QUERIES = "qid\tset\tquery\nq1\t数码\t手机\nq2\twomen\t连衣裙\n"
QRELS = "qid\tdoc_id\tgrade\nq1\tphone\t1\nq2\tdress\t1\n"


@pytest.fixture
def searcher(monkeypatch):
    written = WrittenSearcher(FOUND)
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: written)
    return written


@pytest.fixture
def run(tmp_path, searcher):
    def run_command(*options, queries=QUERIES, qrels=QRELS):
        (tmp_path / "queries.tsv").write_text(queries, "utf-8")
        (tmp_path / "qrels.tsv").write_text(qrels, "utf-8")
        files = ["--queries", str(tmp_path / "queries.tsv"), "--qrels", str(tmp_path / "qrels.tsv")]
        return CliRunner().invoke(evaluate, [*files, *options])

    return run_command


def test_the_json_holds_each_set_and_the_mean(run, searcher):
    result = run("--json")
    assert result.exit_code == 0
    ndcg = 0.63093  # 1/log2(3): the one relevant product stands second.
    figures = json.loads(result.stdout)
    provenance = figures.pop("provenance")
    assert (provenance["generation"], provenance["settings"]["mode"]) == ("gen-1", "hybrid")
    assert provenance["ranking"] == default_ranking().name
    assert figures == {
        "sets": {
            "数码": {
                "queries": 1,
                "ndcg@10": 1,
                "mrr@10": 1,
                "recall@100": 1,
                "precision@10": 0.1,
                "hit@10": 1,
            },
            "women": {
                "queries": 1,
                "ndcg@10": pytest.approx(ndcg, abs=1e-5),
                "mrr@10": 0.5,
                "recall@100": 1,
                "precision@10": 0.1,
                "hit@10": 1,
            },
        },
        "mean": {
            "ndcg@10": pytest.approx((1 + ndcg) / 2, abs=1e-5),
            "mrr@10": 0.75,
            "recall@100": 1,
            "precision@10": 0.1,
            "hit@10": 1,
        },
    }
    assert result.stderr == ""
    assert searcher.closed


def test_the_table_lines_up_where_set_names_are_chinese(run):
    lines = run().stdout.splitlines()
    assert lines[:6] == [
        "set             queries  nDCG@10  MRR@10  recall@100  precision@10  hit@10",
        "─" * 74,
        "数码                  1    1.000   1.000       1.000         0.100   1.000",
        "women                 1    0.631   0.500       1.000         0.100   1.000",
        "─" * 74,
        "mean of 2 sets        2    0.815   0.750       1.000         0.100   1.000",
    ]


def test_one_set_needs_no_mean(run):
    lines = run(queries="qid\tquery\nq1\t手机\n", qrels="q1 0 phone 1\n").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:3]] == ["all"]
    assert lines[3] == ""


def test_the_run_is_written(run, tmp_path):
    result = run("--run", str(tmp_path / "run.trec"))
    assert result.exit_code == 0
    assert (tmp_path / "run.trec").read_text("utf-8") == (
        "q1 Q0 phone 1 1.0 shangsou\nq1 Q0 case 2 0.5 shangsou\n"
        "q2 Q0 skirt 1 1.0 shangsou\nq2 Q0 dress 2 0.5 shangsou\n"
    )


def test_the_mode_reaches_the_search(run, searcher):
    run("--mode", "semantic")
    assert {request.mode for request in searcher.requests} == {"semantic"}


def test_what_is_left_out_is_reported_but_not_among_the_figures(run):
    result = run("--json", qrels=QRELS.replace("dress\t1", "dress\t0") + "q9\tphone\t1\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["sets"]["women"] == {"queries": 0, "left_out": 1}
    assert result.stderr.splitlines() == [
        "left out, since no product is relevant: 1 query (q2)",
        "judged, but not among the queries: 1 qid (q9)",
    ]


def test_judgements_of_another_catalog_are_suspected(run):
    result = run(qrels="q1 0 nowhere 1\n")
    assert "is this the index of the catalog that was judged?" in result.stderr


def test_a_degraded_search_fails_the_evaluation_after_the_figures(run, searcher):
    searcher.degraded = {"手机": "encoder: out of memory"}
    result = run("--json")
    assert json.loads(result.stdout)["degraded"] == 1
    assert isinstance(result.exception, DegradedSearches)
    assert result.exception.exit_code == 1
    assert "1 of 2 searches were degraded: encoder: out of memory (1)" in str(result.exception)


def test_a_missing_encoder_is_reported_before_anything_is_searched(run, searcher):
    searcher.missing_parts = ['encoder: no weights; run "shangsou model fetch"']
    result = run()
    assert isinstance(result.exception, WeightsUnavailable)
    assert searcher.requests == []
    assert searcher.closed


def test_words_alone_need_no_encoder(run, searcher):
    searcher.missing_parts = ["encoder: no weights"]
    assert run("--mode", "lexical").exit_code == 0


def test_files_with_different_qids_are_refused(run, searcher):
    result = run(qrels="x1 0 phone 1\n")
    assert isinstance(result.exception, UnusableInput)
    assert "the first qid there is 'q1', here 'x1'" in str(result.exception)
    assert searcher.requests == []


def test_a_run_into_a_folder_that_is_not_there_is_refused_before_searching(run, searcher, tmp_path):
    result = run("--run", str(tmp_path / "none" / "run.trec"))
    assert isinstance(result.exception, UnusableInput)
    assert searcher.requests == []


@pytest.mark.parametrize("given", ["--queries", "--qrels"])
def test_both_files_are_needed(given):
    result = CliRunner().invoke(evaluate, [given, "some.tsv"])
    assert result.exit_code == 2
    missing = {"--queries": "--qrels", "--qrels": "--queries"}[given]
    assert f'missing option "{missing}"' in result.stderr


SIX = [f"q{number}" for number in range(1, 7)]
SIX_QUERIES = "qid\tset\tquery\n" + "".join(f"{qid}\twomen\t连衣裙\n" for qid in SIX)
SIX_QRELS = "qid\tdoc_id\tgrade\n" + "".join(f"{qid}\tdress\t1\n" for qid in SIX)


def test_a_set_that_fell_below_the_baseline_fails_with_its_name(run, tmp_path):
    baseline = tmp_path / "before.trec"
    baseline.write_text("".join(f"{qid} Q0 dress 1 1.0 before\n" for qid in SIX), "utf-8")
    result = run("--json", "--baseline", str(baseline), queries=SIX_QUERIES, qrels=SIX_QRELS)
    assert isinstance(result.exception, RankingRegressed)
    assert str(result.exception).startswith("women, changed pages fell by more than chance")
    # All six fell from 1 to 1/log2(3): of 64 ways to flip the signs, two are as extreme.
    assert json.loads(result.stdout)["comparison"]["women"]["ndcg@10"] == {
        "mean": pytest.approx(-0.36907, abs=1e-5),
        "p": 2 / 64,
        "low": pytest.approx(-0.36907, abs=1e-5),
        "high": pytest.approx(-0.36907, abs=1e-5),
    }


def test_a_loss_that_may_be_chance_is_shown_and_passes(run, tmp_path):
    baseline = tmp_path / "before.trec"
    baseline.write_text("q1 Q0 phone 1 1.0 before\nq2 Q0 dress 1 1.0 before\n", "utf-8")
    result = run("--baseline", str(baseline))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "women         ndcg@10       -0.369  [-0.369, -0.369]  p 1.000" in lines
    assert "数码          recall@100    +0.000  [+0.000, +0.000]  p 1.000" in lines


def test_a_gain_passes(run, tmp_path):
    baseline = tmp_path / "before.trec"
    baseline.write_text("".join(f"{qid} Q0 skirt 1 1.0 before\n" for qid in SIX), "utf-8")
    assert run("--baseline", str(baseline), queries=SIX_QUERIES, qrels=SIX_QRELS).exit_code == 0


def test_a_baseline_that_is_no_run_is_refused_before_any_search(run, tmp_path, searcher):
    (tmp_path / "before.trec").write_text("q1 dress\n", "utf-8")
    result = run("--baseline", str(tmp_path / "before.trec"))
    assert isinstance(result.exception, UnusableInput)
    assert not searcher.closed


def test_a_run_never_overwrites_the_baseline(run, tmp_path, searcher):
    baseline = tmp_path / "before.trec"
    baseline.write_text("q1 Q0 phone 1 1.0 before\nq2 Q0 dress 1 1.0 before\n", "utf-8")
    (tmp_path / "x").mkdir()
    result = run("--baseline", str(baseline), "--run", str(tmp_path / "x" / ".." / "before.trec"))
    assert result.exit_code == 2
    assert searcher.requests == []
    assert "q1 Q0 phone" in baseline.read_text("utf-8")


def test_measures_are_chosen_by_name(run):
    result = run("--json", "--measures", "MAP@100,judged@2")
    # 手机: phone first of two, one of them judged. 连衣裙: dress second of two.
    figures = json.loads(result.stdout)
    assert figures["sets"] == {
        "数码": {"queries": 1, "map@100": 1, "judged@2": 0.5},
        "women": {"queries": 1, "map@100": 0.5, "judged@2": 0.5},
    }
    assert figures["mean"] == {"map@100": 0.75, "judged@2": 0.5}


def test_an_unknown_measure_is_refused_before_searching(run, searcher):
    result = run("--measures", "ndcg@10,bpref@10")
    assert isinstance(result.exception, UnusableInput)
    assert searcher.requests == []


def test_a_baseline_is_compared_in_the_gated_measure_whatever_was_chosen(run, tmp_path):
    (tmp_path / "before.trec").write_text("q1 Q0 phone 1 1.0 before\n", "utf-8")
    options = ["--baseline", str(tmp_path / "before.trec"), "--missing-is-empty"]
    result = run("--json", "--measures", "map@10", *options)
    assert list(json.loads(result.stdout)["comparison"]["数码"]) == ["map@10", "ndcg@10"]


def test_figures_are_given_for_each_tag_and_each_query(run, tmp_path):
    queries = "qid\tset\tquery\ttags\nq1\t数码\t手机\tbrand,head\nq2\twomen\t连衣裙\thead\n"
    options = ["--measures", "mrr@10", "--per-query", str(tmp_path / "each.tsv")]
    result = run("--json", *options, queries=queries)
    assert json.loads(result.stdout)["tags"] == {
        "brand": {"queries": 1, "mrr@10": 1},
        "head": {"queries": 2, "mrr@10": 0.75},
    }
    assert (tmp_path / "each.tsv").read_text("utf-8").splitlines() == [
        "qid\tquery\tset\ttags\tmrr@10",
        "q1\t手机\t数码\tbrand,head\t1.000000",
        "q2\t连衣裙\twomen\thead\t0.500000",
    ]


def test_queries_are_tagged_by_what_shoppers_search_for(run, searcher):
    searcher.known = {"手机": 12}
    plain = json.loads(run("--json", "--auto-tags").stdout)
    assert {name: row["queries"] for name, row in plain["tags"].items()} == {"short": 2, "long tail": 1}


def test_the_page_shows_what_was_found_and_what_should_have_been(run, tmp_path):
    result = run("--html", str(tmp_path / "page.html"), qrels=QRELS + "q2\t<i>gown\t3\n")
    assert result.exit_code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    # q1 is perfect; for q2 dress came second, and the gown not at all.
    assert "分数最低的查询" in page
    assert "<h3>连衣裙</h3>" in page
    assert "<h3>手机</h3>" not in page
    assert "排在第 2 位" in page
    assert page.index("商品 &lt;i&gt;gown") < page.index("前一百位里没有")
    assert "<i>" not in page


GRADED = "query\tproduct_id\tgrade\n手机\tphone\t3\n手机\tcase\t1\n连衣裙\tskirt\t1\n连衣裙\tdress\t2\n"


@pytest.fixture
def run_graded(tmp_path, searcher):
    def run_command(*options, judgements=GRADED):
        (tmp_path / "grades.tsv").write_text(judgements, "utf-8")
        return CliRunner().invoke(evaluate, ["--judgements", str(tmp_path / "grades.tsv"), *options])

    return run_command


def test_one_file_of_grades_holds_the_queries_too(run_graded, tmp_path):
    per_query = tmp_path / "per-query.tsv"
    measures = "exact@10,type@10,first_wrong,matched"
    result = run_graded("--measures", measures, "--json", "--per-query", str(per_query))
    assert result.exit_code == 0, result.exception
    # The first dress is a skirt; no dress is exactly what was asked for.
    assert json.loads(result.stdout)["mean"] == {
        "exact@10": 1, "type@10": 0.1, "first_wrong": 0.5, "matched": 1,
    }  # fmt: skip
    assert result.stderr == "exact@10, matched: of 1 of 2 queries, those with a product of grade 3\n"
    assert per_query.read_text("utf-8").splitlines() == [
        "qid\tquery\tset\ttags\texact@10\ttype@10\tfirst_wrong\tmatched",
        "q1\t手机\tall\t\t1.000000\t0.100000\t0.000000\t1.000000",
        "q2\t连衣裙\tall\t\t\t0.100000\t1.000000\t",
    ]


def test_a_set_without_a_measure_shows_none(run_graded):
    result = run_graded("--measures", "exact@10", judgements="query\tproduct_id\tgrade\n手机\tphone\t2\n")
    assert result.stdout.splitlines()[2].split() == ["all", "1", "-"]


def test_the_page_begins_with_what_has_most_errors(run_graded, tmp_path):
    page = tmp_path / "page.html"
    assert run_graded("--measures", "first_wrong", "--html", str(page)).exit_code == 0
    text = page.read_text("utf-8")
    assert "错得最多的查询" in text
    assert "0 为最好，1 为最差" in text
    assert "<h3>连衣裙</h3>" in text
    assert "<h3>手机</h3>" not in text
    # A measure that neither set nor query has.
    only_types = "query\tproduct_id\tgrade\n手机\tphone\t2\n"
    assert run_graded("--measures", "exact@10", "--html", str(page), judgements=only_types).exit_code == 0


def test_one_file_of_grades_stands_alone(run_graded, searcher):
    result = run_graded("--qrels", "qrels.tsv")
    assert result.exit_code == 2
    assert "leave out --queries and --qrels" in result.stderr
    result = run_graded(judgements="query\tproduct_id\tgrade\n手机\tphone\t0\n")
    assert isinstance(result.exception, UnusableInput)
    assert "no product is relevant" in str(result.exception)
    assert searcher.requests == []


def test_what_a_run_does_not_hold_is_not_compared_with_it(run, tmp_path, searcher):
    (tmp_path / "before.trec").write_text("q1 Q0 phone 1 1.0 before\n", "utf-8")
    result = run("--baseline", str(tmp_path / "before.trec"), "--measures", "none,ndcg@10,matched")
    assert isinstance(result.exception, UnusableInput)
    assert str(result.exception).startswith("--measures none, matched: not to be compared")
    assert searcher.requests == []


def test_a_measure_that_not_every_query_has_is_compared_where_it_is(run, tmp_path):
    (tmp_path / "before.trec").write_text("q1 Q0 case 1 1.0 before\n", "utf-8")
    qrels = "qid\tdoc_id\tgrade\nq1\tphone\t3\nq2\tdress\t2\n"
    options = ["--baseline", str(tmp_path / "before.trec"), "--missing-is-empty"]
    result = run("--json", *options, "--measures", "exact@10", qrels=qrels)
    compared = json.loads(result.stdout)["comparison"]
    assert compared["数码"]["exact@10"]["mean"] == 1
    assert list(compared["women"]) == ["ndcg@10"]


def test_the_run_says_what_was_asked_and_is_a_baseline_of_itself(run, tmp_path, searcher):
    path = str(tmp_path / "run.trec")
    # One query finds nothing, and has no line in the run.
    searcher.found = {"手机": ["phone"]}
    assert run("--run", path).exit_code == 0
    record = json.loads((tmp_path / "run.trec.json").read_text("utf-8"))
    assert (record["qids"], record["depth"], record["generation"]) == (["q1", "q2"], 100, "gen-1")
    gated = run("--baseline", path, "--json")
    assert gated.exit_code == 0
    assert json.loads(gated.stdout)["gate"]["passed"]


def test_a_baseline_that_lacks_judged_queries_is_refused_unless_an_option_allows_it(run, tmp_path, searcher):
    baseline = tmp_path / "before.trec"
    baseline.write_text("q1 Q0 phone 1 1.0 before\n", "utf-8")
    refused = run("--baseline", str(baseline))
    assert isinstance(refused.exception, UnusableInput)
    assert refused.exception.exit_code == 2
    assert searcher.requests == []
    common = run("--baseline", str(baseline), "--common", "--json")
    assert common.exit_code == 0
    assert list(json.loads(common.stdout)["comparison"]) == ["数码"]
    assert "measured on 1 of 2 queries, those that all rankings answer" in common.stderr
    # What the baseline did not find can only be gained.
    assert run("--baseline", str(baseline), "--missing-is-empty").exit_code == 0


def test_a_query_that_finds_nothing_any_more_closes_the_gate(run, tmp_path, searcher):
    path = str(tmp_path / "run.trec")
    run("--run", path)
    searcher.found = {"手机": ["phone", "case"]}
    result = run("--baseline", path, "--json")
    assert isinstance(result.exception, RankingRegressed)
    gate = json.loads(result.stdout)["gate"]
    assert (gate["passed"], gate["emptied"], gate["lost"]) == (False, ["q2"], ["q2"])
    assert run("--baseline", path, "--max-emptied", "1", "--max-lost", "1").exit_code == 0


def test_judged_products_that_the_index_lacks_are_counted_and_too_many_fail(run, searcher, monkeypatch):
    products = searcher.products
    monkeypatch.setattr(searcher, "products", lambda ids: products([one for one in ids if one != "dress"]))
    result = run("--json")
    assert isinstance(result.exception, JudgementsOutdated)
    assert "1 of 2 judged products is not in the index" in result.stderr
    assert run("--max-absent", "50").exit_code == 0


def test_what_was_measured_is_added_to_a_history(run, tmp_path, searcher):
    for _ in range(2):
        assert run("--history", str(tmp_path / "history")).exit_code == 0
    searcher.found = {}
    run("--history", str(tmp_path / "history"))
    entries = read_history(tmp_path / "history")
    assert [entry.empty_share for entry in entries] == [0, 0, 1]
    assert entries[0].figures["数码"]["ndcg@10"] == 1
    shown = CliRunner().invoke(evaluate, ["history", str(tmp_path / "history"), "--alert", "--json"])
    assert isinstance(shown.exception, Drifted)
    assert len(json.loads(shown.stdout)["entries"]) == 3
    page = tmp_path / "history.html"
    assert (
        CliRunner().invoke(evaluate, ["history", str(tmp_path / "history"), "--html", str(page)]).exit_code
        == 0
    )
    assert "最近一次比以往差" in page.read_text("utf-8")
