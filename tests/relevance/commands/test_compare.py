"""`shangsou evaluate compare`."""

import json
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from relevance.commands.compare import compare
from relevance.errors import DegradedSearches, JudgementsOutdated, RankingRegressed
from shangsou.engines.query import Hit
from shangsou.errors import NoIndex, UnusableInput
from shangsou.product import Product
from shangsou.search.ranking.recipe import default_ranking, shipped_ranking
from tests.fixtures.relevance import WrittenSearcher

SIX = [f"q{number}" for number in range(1, 7)]
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def searcher(monkeypatch, tmp_path):
    written = WrittenSearcher({"连衣裙": ["dress", "skirt"]})
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: written)
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    return written


@pytest.fixture
def run(tmp_path, searcher):
    queries = "qid\tset\tquery\n" + "".join(f"{qid}\twomen\t连衣裙\n" for qid in SIX)
    (tmp_path / "queries.tsv").write_text(queries, "utf-8")
    qrels = "qid\tdoc_id\tgrade\n" + "".join(f"{qid}\tdress\t2\n" for qid in SIX)
    (tmp_path / "qrels.tsv").write_text(qrels, "utf-8")

    def run_command(*arguments):
        files = ["--queries", str(tmp_path / "queries.tsv"), "--qrels", str(tmp_path / "qrels.tsv")]
        return CliRunner().invoke(compare, [*arguments, *files])

    return run_command


@pytest.fixture
def trec(tmp_path):
    """Writes a run that ranks these products alike for all six queries."""

    def write(name, *product_ids):
        path = tmp_path / name
        lines = [
            f"{qid} Q0 {product_id} {rank} {1 / rank} x\n"
            for qid in SIX
            for rank, product_id in enumerate(product_ids, start=1)
        ]
        path.write_text("".join(lines), "utf-8")
        return str(path)

    return write


def test_a_fall_from_one_run_to_another_is_reported_query_by_query(run, trec, searcher):
    result = run(trec("good.trec", "dress", "skirt"), trec("bad.trec", "skirt", "dress"), "--json")
    assert isinstance(result.exception, RankingRegressed)
    assert str(result.exception).startswith("women, changed pages fell by more than chance")
    plain = json.loads(result.stdout)
    assert (plain["before"], plain["after"], plain["fell"]) == ("good.trec", "bad.trec", ["women"])
    # From 1 to 1/log2(3), all six alike.
    assert plain["mean"]["ndcg@10"]["mean"] == pytest.approx(-0.36907, abs=1e-5)
    assert [query["qid"] for query in plain["queries"]] == SIX
    assert plain["queries"][0]["before_top"] == [
        {"product_id": "dress", "title": "商品 dress", "grade": 2},
        {"product_id": "skirt", "title": "商品 skirt"},
    ]
    assert searcher.requests == []


def test_a_run_is_compared_with_the_live_ranking_by_default(run, trec, searcher):
    result = run(trec("before.trec", "dress", "skirt"), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["queries"] == []
    assert len(searcher.requests) == 6


def test_a_recipe_is_searched_with(run, tmp_path, searcher):
    from importlib.resources import files

    recipe = files("shangsou.search").joinpath("ranking", "ranking.json").read_text("utf-8")
    (tmp_path / "mine.json").write_text(
        recipe.replace('"lexical_weight": 0.6', '"lexical_weight": 0.5'), "utf-8"
    )
    result = run("present", str(tmp_path / "mine.json"))
    assert isinstance(result.exception, RankingRegressed)
    assert [ranking and ranking.lexical_weight for ranking in searcher.rankings] == [None] * 6 + [0.5] * 6
    # The shop's synonyms count for it as for the one that serves.
    assert searcher.rankings[-1].synonyms == default_ranking().synonyms


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"lexical_wieght": 0.5},
            "lexical_wieght is '0.5', which is not known; did you mean 'lexical_weight'?",
        ),
        (
            {"understanding": ["facts", "speling"]},
            "understanding names 'speling', which is not known; did you mean 'spelling'?",
        ),
    ],
)
def test_a_misspelt_name_in_a_recipe_is_refused_with_the_right_one(run, tmp_path, searcher, changes, message):
    (tmp_path / "mine.json").write_text(json.dumps(json.loads(shipped_ranking()) | changes), "utf-8")
    result = run("present", str(tmp_path / "mine.json"))
    assert isinstance(result.exception, UnusableInput)
    assert str(result.exception) == f"{tmp_path / 'mine.json'}: {message}"
    assert searcher.requests == []


@pytest.mark.parametrize("name", ["none.json", "none.trec"])
def test_a_ranking_that_is_not_there_is_refused_before_searching(run, tmp_path, searcher, name):
    result = run(str(tmp_path / name))
    assert isinstance(result.exception, UnusableInput)
    assert searcher.requests == []


def test_degraded_searches_are_not_compared(run, trec, searcher):
    searcher.degraded = {"连衣裙": "encoder: gone"}
    result = run(trec("before.trec", "dress"))
    assert isinstance(result.exception, DegradedSearches)


def test_without_an_index_products_go_by_their_ids(run, trec, searcher, monkeypatch):
    def no_index(_ids):
        raise NoIndex("no index yet")

    monkeypatch.setattr(searcher, "products", no_index)
    result = run(trec("a.trec", "skirt"), trec("b.trec", "dress"), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["queries"][0]["after_top"] == [{"product_id": "dress", "grade": 2}]
    assert "products go by their ids: no index yet" in result.stderr
    assert "each product is judged by itself, not as one of its variants: no index yet" in result.stderr


def test_runs_that_show_other_variants_of_a_product_rank_alike(run, trec, searcher, monkeypatch):
    groups = {"dress": "g1", "dress-red": "g1"}
    monkeypatch.setattr(
        searcher, "products", lambda ids: [Product(one, one, group_id=groups.get(one, "")) for one in ids]
    )
    # In the first run a further variant takes a place, which is passed over.
    before = trec("before.trec", "skirt", "dress-red", "dress")
    result = run(before, trec("after.trec", "skirt", "dress"), "--json")
    assert result.exit_code == 0
    comparison = json.loads(result.stdout)
    assert comparison["queries"] == []
    assert comparison["sets"]["women"]["ndcg@10"]["mean"] == 0
    worse = json.loads(run(before, trec("worse.trec", "skirt", "belt", "dress"), "--json").stdout)
    assert worse["queries"][0]["before_top"][1] == {
        "product_id": "dress-red",
        "title": "dress-red",
        "grade": 2,
    }


def test_the_terminal_shows_both_lists_of_the_worst_queries(run, trec):
    lines = run(trec("good.trec", "dress"), trec("bad.trec", "skirt", "dress")).stdout.splitlines()
    assert "连衣裙  (women)  1.000 -> 0.631" in lines
    place = lines.index("连衣裙  (women)  1.000 -> 0.631")
    # Behind the rank the grade, ? where there is none.
    assert lines[place + 1].split() == ["1", "2", "商品", "dress", "?", "商品", "skirt"]
    assert lines[place + 2].split() == ["2", "2", "商品", "dress"]


def test_reports_tell_the_fall_and_escape_what_came_from_outside(run, trec, tmp_path):
    queries = (tmp_path / "queries.tsv").read_text("utf-8").replace("连衣裙", NASTY)
    (tmp_path / "queries.tsv").write_text(queries, "utf-8")
    reports = [f"--{kind}={tmp_path / kind}" for kind in ("html", "junit", "markdown")]
    result = run(trec("good.trec", "dress"), trec("bad.trec", "<b>", "dress"), *reports)
    assert isinstance(result.exception, RankingRegressed)
    page = (tmp_path / "html").read_text("utf-8")
    assert "不建议发布：women、结果变动大的查询明显变差" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page
    assert "<b>商品" not in page
    # One file: nothing is fetched from anywhere.
    assert "http" not in page
    assert "src=" not in page.replace("&lt;img src=x", "")
    case, gate = ET.parse(tmp_path / "junit").getroot().iter("testcase")
    assert (case.get("name"), gate.get("name")) == ("women", "gate")
    assert gate.find("failure").get("message").startswith("women, changed pages fell by more than chance")
    assert case.find("failure").get("message") == "ndcg@10 -0.369 [-0.369, -0.369] ▼"
    markdown = (tmp_path / "markdown").read_text("utf-8")
    assert "**women, changed pages fell by more than chance" in markdown
    assert f"| `{NASTY}` | `women` | 1.000 | 0.631 |" in markdown


def test_the_page_of_two_equal_rankings_says_so(run, trec, tmp_path):
    same = trec("same.trec", "dress")
    assert run(same, same, "--html", str(tmp_path / "page.html")).exit_code == 0
    assert "两种排序在前十位上没有差别" in (tmp_path / "page.html").read_text("utf-8")


def test_an_empty_run_is_refused_as_such(run, trec, tmp_path):
    (tmp_path / "empty.trec").write_text("", "utf-8")
    result = run(trec("good.trec", "dress"), str(tmp_path / "empty.trec"))
    assert isinstance(result.exception, UnusableInput)
    assert str(result.exception).endswith(
        "empty.trec: holds no hits at all; give a TREC run of the same queries"
    )


def test_a_run_of_other_queries_is_refused(run, trec, tmp_path):
    (tmp_path / "other.trec").write_text("x1 Q0 dress 1 1.0 x\n", "utf-8")
    result = run(trec("good.trec", "dress"), str(tmp_path / "other.trec"))
    assert isinstance(result.exception, UnusableInput)
    assert "none of its qids is among the queries; the first here is 'x1', there 'q1'" in str(
        result.exception
    )


def test_queries_without_judgements_are_compared_by_what_differs(run, trec, tmp_path):
    queries = ["--queries", str(tmp_path / "queries.tsv")]
    rankings = [trec("a.trec", "dress", "skirt"), trec("b.trec", "skirt", "dress")]
    result = CliRunner().invoke(compare, [*rankings, *queries, "--json"])
    assert result.exit_code == 0
    plain = json.loads(result.stdout)
    assert (plain["before"], plain["after"], plain["queries"]) == ("a.trec", "b.trec", 6)
    assert (plain["overlap@10"], plain["changed_first_pages"]) == (1, 6)
    live = CliRunner().invoke(compare, [rankings[0], *queries])
    assert "0 first pages differ, empty now: 0, no longer: 0" in live.stdout
    refused = CliRunner().invoke(compare, [*rankings, *queries, "--html", str(tmp_path / "x.html")])
    assert refused.exit_code == 2


def test_another_engine_is_a_ranking_like_any_other(run, trec, tmp_path, monkeypatch):
    (tmp_path / "es.toml").write_text('url = "http://127.0.0.1:9/{{query}}"\n', "utf-8")
    monkeypatch.setattr(
        "relevance.other_engine.OtherEngine.search", lambda *_: ([Hit("skirt", 1.0), Hit("dress", 0.5)], 7.0)
    )
    result = run(trec("good.trec", "dress", "skirt"), str(tmp_path / "es.toml"), "--json")
    assert isinstance(result.exception, RankingRegressed)
    assert json.loads(result.stdout)["after"] == "es.toml"


def test_depths_that_differ_are_reported_and_nothing_is_lost_below_the_shallower(run, trec):
    result = run(trec("a.trec", "skirt", "dress"), trec("b.trec", "skirt"), "--json")
    assert "the rankings are 1 and 2 hits deep" in result.stderr
    assert json.loads(result.stdout)["gate"]["lost"] == []


def test_limits_without_judgements_are_refused(run, trec, tmp_path):
    queries = ["--queries", str(tmp_path / "queries.tsv")]
    result = CliRunner().invoke(compare, [trec("a.trec", "dress"), *queries, "--max-emptied", "3"])
    assert result.exit_code == 2
    assert "without judgements there is no gate" in result.stderr


def test_the_page_has_jumps_a_filter_and_folded_lists(run, trec, tmp_path):
    page = tmp_path / "page.html"
    run(trec("good.trec", "dress"), trec("bad.trec", "skirt", "dress"), "--html", str(page))
    text = page.read_text("utf-8")
    assert text.count('<details class="query"') == 6
    for target in ("gains", "sets", "tags", "worst", "measures"):
        assert f'href="#{target}"' in text
        assert f'id="{target}"' in text
    assert 'id="filter"' in text
    # Slices by length, unless told otherwise.
    assert "短查询" in text


def test_judged_products_that_the_index_lacks_are_counted_and_too_many_fail(run, trec, searcher, monkeypatch):
    monkeypatch.setattr(
        searcher, "products", lambda ids: [Product(one, one) for one in ids if one != "dress"]
    )
    before = trec("before.trec", "dress", "skirt")
    result = run(before)
    assert isinstance(result.exception, JudgementsOutdated)
    assert "1 of 1 judged product is not in the index, more than 20 percent" in str(result.exception)
    assert "ndcg@10" in result.stdout
    allowed = run(before, "--max-absent", "100")
    assert allowed.exit_code == 0, allowed.exception
    assert "1 of 1 judged product is not in the index, or off sale" in allowed.stderr
    # Two runs are those of whatever catalog they were written for.
    assert run(before, trec("after.trec", "dress")).exit_code == 0


@pytest.mark.parametrize("text", ["连衣裙\n手机\n", "query\n连衣裙\n手机\n", "查询\n连衣裙\n手机\n"])
def test_a_plain_list_of_queries_is_compared(tmp_path, searcher, text):
    (tmp_path / "plain.txt").write_text(text, "utf-8")
    (tmp_path / "mine.json").write_bytes(shipped_ranking())
    options = ["--queries", str(tmp_path / "plain.txt"), "--json"]
    result = CliRunner().invoke(compare, ["present", str(tmp_path / "mine.json"), *options])
    assert result.exit_code == 0, result.exception
    assert {(one["qid"], one["query"]) for one in json.loads(result.stdout)["by_query"]} == {
        ("q1", "连衣裙"),
        ("q2", "手机"),
    }


def test_judgements_need_the_ids_of_their_queries(run, tmp_path, trec):
    (tmp_path / "queries.tsv").write_text("query\n连衣裙\n", "utf-8")
    result = run(trec("a.trec", "dress"))
    assert isinstance(result.exception, UnusableInput)
    assert "no column qid" in str(result.exception)


def test_markdown_has_the_tags_that_changed_most_and_says_how_many_it_leaves_out(run, trec, tmp_path):
    # Six queries of one tag each, and eight tags of all.
    lines = [f"{qid}\twomen\t连衣裙\t{qid}-tag,{','.join(f'all{n}' for n in range(8))}\n" for qid in SIX]
    (tmp_path / "queries.tsv").write_text("qid\tset\tquery\ttags\n" + "".join(lines), "utf-8")
    rows = [
        f"{qid} Q0 {product_id} {rank} {1 / rank} x\n"
        for qid in SIX
        # q1 alone keeps its order.
        for rank, product_id in enumerate(["dress", "skirt"] if qid == "q1" else ["skirt", "dress"], 1)
    ]
    (tmp_path / "after.trec").write_text("".join(rows), "utf-8")
    report = tmp_path / "r.md"
    run(trec("before.trec", "dress", "skirt"), str(tmp_path / "after.trec"), "--markdown", str(report))
    markdown = report.read_text("utf-8")
    # Five of six may fall by chance (2 of 32 tosses): only the size counts. Five tags of one query fall by
    # .369, those of all queries by five sixths of it.
    tags = [line.split("`")[1] for line in markdown.splitlines() if line.startswith("| `")]
    assert tags[:12] == [
        "women",
        *(f"all{n}" for n in range(5)),
        *(f"q{n}-tag" for n in range(2, 7)),
        "mean of sets",
    ]
    assert "4 more tags changed less; --html and --json have all." in markdown


def test_another_engine_whose_ids_are_not_in_the_index_is_refused_with_the_field_that_has_them(
    run, trec, tmp_path, searcher, monkeypatch
):
    (tmp_path / "es.toml").write_text('url = "http://u:secret@127.0.0.1:9/{{query}}"\n', "utf-8")
    answer = {"hits": {"hits": [{"_id": "es-1", "_source": {"sku": "dress", "n": 3}}]}}
    monkeypatch.setattr("relevance.other_engine.OtherEngine._ask", lambda *_: answer)
    in_index = {"dress", "skirt"}
    monkeypatch.setattr(
        searcher, "stored", lambda ids: {one: Product(one, one) for one in ids if one in in_index}
    )
    result = run(str(tmp_path / "es.toml"))
    assert isinstance(result.exception, UnusableInput)
    assert str(result.exception) == (
        "none of the 1 id that http://127.0.0.1:9/{{query}} answered, as 'es-1' in _id, is in the index; in "
        "its hits _source.sku holds ids of the index: write it as id"
    )
    in_index.clear()
    unknown = run(str(tmp_path / "es.toml"))
    assert "is this the index of the same catalog? A hit has the fields _id, _source.sku, _source.n" in str(
        unknown.exception
    )
    # One that is known is enough: the other shop may have more.
    in_index.add("es-1")
    assert not isinstance(run(str(tmp_path / "es.toml")).exception, UnusableInput)
