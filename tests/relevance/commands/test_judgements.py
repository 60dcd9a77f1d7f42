"""`shangsou judgements`."""

import json
from importlib import resources

import pytest
from click.testing import CliRunner

from relevance.commands.judgements import judgements
from relevance.errors import DegradedSearches
from relevance.judging.book import NoBook, open_book
from shangsou.errors import UnusableInput
from tests.fixtures.relevance import WrittenSearcher

QUERIES = "qid\tset\tquery\tnote\nq1\t数码\t手机\t送老人\nq2\t女装\t连衣裙\t\n"
QRELS = "qid\tdoc_id\tgrade\nq1\tphone\t3\nq1\tcase\t0\nq2\tdress\t1\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with queries and judgements, which is the home folder too."""
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    (tmp_path / "queries.tsv").write_text(QUERIES, "utf-8")
    (tmp_path / "qrels.tsv").write_text(QRELS, "utf-8")
    return tmp_path


@pytest.fixture
def run(files):
    def run_command(name, *arguments):
        paths = [str(files / one) if one.partition(".")[2] in ENDINGS else one for one in arguments]
        return CliRunner().invoke(judgements, [name, *paths])

    return run_command


ENDINGS = {"tsv", "csv", "trec"}


def test_judgements_go_to_quepid_and_back(run, files):
    there = run("convert", "qrels.tsv", "case.csv", "--queries", "queries.tsv")
    assert there.exit_code == 0
    assert there.stdout == f"3 judgements of 2 queries written to {files / 'case.csv'}\n"
    assert "quepid does not hold the qids" in there.stderr
    assert run("convert", "case.csv", "back.tsv", "--queries", "queries.tsv").exit_code == 0
    assert (files / "back.tsv").read_text("utf-8") == QRELS


def test_quepids_queries_are_written_beside_where_there_were_none(run, files):
    (files / "case.csv").write_text("query,docid,rating\n伞,d1,2\n", "utf-8")
    assert run("convert", "case.csv", "out.trec", "--write-queries", "new.tsv").exit_code == 0
    assert (files / "out.trec").read_text("utf-8") == "q1 0 d1 2\n"
    assert (files / "new.tsv").read_text("utf-8") == "qid\tset\tquery\nq1\tall\t伞\n"


def test_quepid_without_a_word_on_queries_is_wrong_usage(run, files):
    (files / "case.csv").write_text("query,docid,rating\n伞,d1,2\n", "utf-8")
    result = run("convert", "case.csv", "out.tsv")
    assert result.exit_code == 2
    assert "with --queries, or where to write new ones with --write-queries" in result.stderr
    unknown = run("convert", "case.csv", "out.tsv", "--queries", "queries.tsv")
    assert isinstance(unknown.exception, UnusableInput)
    assert "1 queries, as '伞', are not in" in str(unknown.exception)
    assert not (files / "out.tsv").exists()


def test_runs_are_pooled_and_the_report_says_what_was_judged_before(run, files):
    (files / "a.trec").write_text("q1 Q0 phone 1 2 x\nq1 Q0 new 2 1 x\nq2 Q0 skirt 1 1 x\n", "utf-8")
    (files / "b.trec").write_text("q1 Q0 phone 1 2 x\nq2 Q0 dress 1 1 x\n", "utf-8")
    arguments = ("--queries", "queries.tsv", "--qrels", "qrels.tsv", "--run", "a.trec", "--run", "b.trec")
    result = run("pool", "pool.tsv", *arguments, "--json")
    # a: (1/2 + 0) / 2, b: (1 + 1) / 2.
    assert json.loads(result.stdout) == {
        "pairs": 2,
        "queries": 2,
        "depth": 10,
        "judged@10": {str(files / "a.trec"): 0.25, str(files / "b.trec"): 1.0},
    }
    # q2: (0 + 1) / 2 is judged, q1: (1/2 + 1) / 2.
    assert (files / "pool.tsv").read_text("utf-8") == (
        "qid\tset\tquery\tnote\tdoc_id\nq2\t女装\t连衣裙\t\tskirt\nq1\t数码\t手机\t送老人\tnew\n"
    )
    first = run("pool", "one.tsv", *arguments, "--most", "1")
    assert "judged@10 0.250" in first.stdout
    assert "1 pairs of 1 queries to judge" in first.stdout


def test_nothing_left_to_judge_is_reported(run, files):
    (files / "a.trec").write_text("q1 Q0 phone 1 2 x\n", "utf-8")
    result = run("pool", "p.tsv", "--queries", "queries.tsv", "--qrels", "qrels.tsv", "--run", "a.trec")
    assert isinstance(result.exception, UnusableInput)
    assert "nothing to judge" in str(result.exception)


def test_without_runs_the_index_is_searched_in_every_mode(run, files, monkeypatch):
    searcher = WrittenSearcher({"手机": ["phone", "case"], "连衣裙": ["dress"]})
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: searcher)
    result = run("pool", "pool.tsv", "--queries", "queries.tsv", "--json")
    assert set(json.loads(result.stdout)["judged@10"]) == {"hybrid", "lexical", "semantic"}
    assert [request.mode for request in searcher.requests[::2]] == ["hybrid", "lexical", "semantic"]
    assert searcher.closed


def test_a_ranking_recipe_is_pooled_beside_a_mode(run, files, monkeypatch):
    recipe = files / "mine.json"
    recipe.write_bytes(resources.files("shangsou.search").joinpath("ranking", "ranking.json").read_bytes())
    searcher = WrittenSearcher({"手机": ["phone"]})
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: searcher)
    arguments = ("--queries", "queries.tsv", "--mode", "lexical", "--recipe", str(recipe), "--json")
    result = run("pool", "pool.tsv", *arguments)
    assert set(json.loads(result.stdout)["judged@10"]) == {"lexical", str(recipe)}
    assert [request.mode for request in searcher.requests] == ["lexical", "lexical", "hybrid", "hybrid"]


def test_a_pool_of_degraded_searches_is_not_written(run, files, monkeypatch):
    searcher = WrittenSearcher({"手机": ["phone"]}, {"手机": "encoder: out of memory"})
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: searcher)
    result = run("pool", "pool.tsv", "--queries", "queries.tsv", "--mode", "hybrid")
    assert isinstance(result.exception, DegradedSearches)
    assert not (files / "pool.tsv").exists()


@pytest.fixture
def book(run, files):
    lines = [f"q1\t数码\t手机\t送老人\td{number}\n" for number in range(4)]
    (files / "春季.tsv").write_text("qid\tset\tquery\tnote\tdoc_id\n" + "".join(lines), "utf-8")
    assert run("open", str(files / "春季.tsv")).exit_code == 0
    return open_book(files, "春季")


def test_a_pool_becomes_a_book_and_what_is_new_is_added(run, files, book):
    with (files / "春季.tsv").open("a", encoding="utf-8") as pool:
        pool.write("q2\t女装\t连衣裙\t\td9\n")
    result = run("open", str(files / "春季.tsv"))
    assert result.stdout == "book 春季: 1 pairs added, 5 in all\n"


def test_books_are_listed_with_their_judges(run, book):
    book.grade("小王", "q1", "d0", 3)
    book.grade("小王", "q1", "d1", None)
    assert run("list").stdout == "春季: 4 pairs\n  小王: 1 judged, 1 skipped\n"
    wang = {"judged": 1, "skipped": 1, "kind": "person", "median_seconds": None, "known": None}
    assert json.loads(run("list", "--json").stdout) == {
        "春季": {"pairs": 4, "judges": {"小王": wang}, "conflicts": {"pairs": 0, "decided": 0}}
    }


def test_without_a_book_the_list_says_how_to_make_one(run):
    result = run("list")
    assert result.exit_code == 0
    assert "shangsou judgements open FILE" in result.stderr


def test_a_book_is_exported_as_the_consensus_or_as_one_judges_word(run, files, book):
    book.grade("小王", "q1", "d0", 3)
    book.grade("小李", "q1", "d0", 1)
    book.grade("小李", "q1", "d1", 0)
    assert run("export", "春季", "all.tsv", "--write-queries", "asked.tsv").exit_code == 0
    assert (files / "all.tsv").read_text("utf-8") == "qid\tdoc_id\tgrade\nq1\td0\t1\nq1\td1\t0\n"
    assert (files / "asked.tsv").read_text("utf-8").splitlines()[1] == "q1\t数码\t手机\t送老人"
    run("export", "春季", "wang.csv", "--judge", "小王")
    assert (files / "wang.csv").read_text("utf-8").splitlines() == ["query,docid,rating", "手机,d0,3"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("春季", "x.tsv"), UnusableInput, "nothing in book '春季' is judged yet"),
        (("春季", "x.tsv", "--judge", "小赵"), UnusableInput, "'小赵' judged nothing in"),
        (("夏季", "x.tsv"), NoBook, "there are: 春季"),
    ],
)
def test_what_cannot_be_exported_is_reported(run, book, arguments, error, message):
    result = run("export", *arguments)
    assert isinstance(result.exception, error)
    assert message in str(result.exception)


def test_the_judges_of_a_book_and_files_are_compared(run, files, book):
    for judge, grades in (("小王", (0, 0, 3, 3)), ("小李", (0, 3, 3, 3))):
        for number, grade in enumerate(grades):
            book.grade(judge, "q1", f"d{number}", grade)
    found = json.loads(run("agreement", "春季", "--json").stdout)
    # 3 of 4 agree; by chance (2 x 3 + 2 x 1) / 16 = .5.
    assert found["mean_kappa"] == pytest.approx(0.5)
    assert found["between"][0]["disagreements"] == [
        {"qid": "q1", "doc_id": "d1", "grades": [3, 0], "query": "手机", "title": None}
    ]
    for judge in ("小王", "小李"):
        run("export", "春季", f"{judge}.tsv", "--judge", judge)
    shown = run("agreement", "小王.tsv", "小李.tsv").stdout
    assert "same grade                0.750" in shown
    assert "kappa, quadratic weights  0.500" in shown


def test_one_judge_agrees_with_nobody(run, book):
    book.grade("小王", "q1", "d0", 3)
    result = run("agreement", "春季")
    assert isinstance(result.exception, UnusableInput)
    assert "has 1 judges; agreement takes two" in str(result.exception)


def events(shoppers):
    """Shoppers who see two phones, each first for half of them, and of whom half click the good one."""
    lines = ["timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition"]
    for number in range(shoppers):
        order = ("good", "bad") if number % 2 else ("bad", "good")
        for position, product in enumerate(order, start=1):
            shown = f"{1_760_000_000 + number}\tu{number}\ts{number}\t{{}}\t手机\t{product}\t{position}"
            lines.append(shown.format("impression"))
            if product == "good" and number % 4 < 2:
                lines.append(shown.format("click"))
    return "\n".join(lines) + "\n"


def test_clicks_become_judgements_under_the_known_qids(run, files):
    (files / "events.tsv").write_text(events(200), "utf-8")
    outputs = ("--out", "clicks.tsv", "--evidence", "evidence.tsv", "--queries", "queries.tsv", "--json")
    result = run("clicks", "events.tsv", *outputs)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (sum(report["grades"].values()), report["thin"], report["incomparable"]) == (2, 0, 0)
    assert report["examination"][0] == 1
    assert report["queries"] == {"with_positive": 1, "all_zero": 0, "without_grade": 0, "not_in_log": 1}
    assert report["named"] == {"all_zero": [], "without_grade": [], "not_in_log": ["连衣裙"]}
    # The good one is the best that there is, the other has no click.
    qrels = (files / "clicks.tsv").read_text("utf-8").splitlines()
    assert qrels[0] == "qid\tdoc_id\tgrade"
    assert [line.split("\t")[:2] for line in qrels[1:]] == [["q1", "good"], ["q1", "bad"]]
    assert int(qrels[1].split("\t")[2]) >= 2
    assert qrels[2].endswith("\t0")
    evidence = (files / "evidence.tsv").read_text("utf-8").splitlines()
    assert evidence[0].split("\t")[:5] == ["qid", "query", "doc_id", "grade", "impressions"]
    assert evidence[1].split("\t")[4:8] == ["200", "100", "0", "0"]


def test_clicks_on_queries_without_qids_ask_where_to_write_them(run, files):
    (files / "events.tsv").write_text(events(100), "utf-8")
    assert run("clicks", "events.tsv", "--out", "clicks.tsv").exit_code == 2
    result = run("clicks", "events.tsv", "--out", "clicks.tsv", "--write-queries", "asked.tsv")
    assert result.exit_code == 0, result.output
    assert "looked at, by place: 1.00" in result.stdout
    assert (files / "asked.tsv").read_text("utf-8") == "qid\tset\tquery\nc1\tclicks\t手机\n"


def test_all_qids_of_a_text_get_its_grades(run, files):
    (files / "events.tsv").write_text(events(200), "utf-8")
    (files / "queries.tsv").write_text(QUERIES + "q3\t女装\t 手机\t\n", "utf-8")
    outputs = ("--out", "clicks.tsv", "--evidence", "evidence.tsv", "--queries", "queries.tsv", "--json")
    result = run("clicks", "events.tsv", *outputs)
    assert result.exit_code == 0, result.output
    for name in ("clicks.tsv", "evidence.tsv"):
        rows = [line.split("\t") for line in (files / name).read_text("utf-8").splitlines()[1:]]
        assert sorted(row[0] for row in rows) == ["q1", "q1", "q3", "q3"]
    # A pair of query and product, not of qid and product.
    assert sum(json.loads(result.stdout)["grades"].values()) == 2


def test_rows_with_unknown_actions_are_counted_and_named_where_the_rest_has_grades_too(run, files):
    log = events(200)
    outputs = ("clicks", "events.tsv", "--out", "clicks.tsv", "--write-queries", "asked.tsv")
    # Of 200 shoppers who saw two products 100 clicked: 50 under another name, then all.
    (files / "events.tsv").write_text(log.replace("\tclick\t", "\t点进\t", 50), "utf-8")
    half = run(*outputs)
    assert half.exit_code == 0
    assert "50 of 500 rows could not be read as events" in half.stderr
    assert "点进" in half.stderr
    assert "--action share=view" in half.stderr
    (files / "events.tsv").write_text(log.replace("\tclick\t", "\t点进\t"), "utf-8")
    none = run(*outputs)
    assert isinstance(none.exception, UnusableInput)
    assert "the log holds no click" in str(none.exception)
    assert "100 of 500 rows could not be read as events" in none.stderr
    known = run(*outputs, "--action", "点进=click")
    assert known.exit_code == 0
    assert "could not be read" not in known.stderr


def test_too_few_shoppers_make_no_judgement(run, files):
    (files / "events.tsv").write_text(events(12), "utf-8")
    result = run("clicks", "events.tsv", "--out", "clicks.tsv", "--write-queries", "asked.tsv")
    assert isinstance(result.exception, UnusableInput)
    assert "no product was looked at by 20 shoppers" in str(result.exception)
    assert not (files / "clicks.tsv").exists()


def test_queries_that_end_without_a_positive_grade_are_named(run, files):
    """手机 has clicks; of 伞 nobody clicks what everybody is shown; 袜子 is searched by three."""
    lines = [events(200)]
    for query, shoppers in (("伞", 200), ("袜子", 3)):
        lines += [
            f"{1_760_000_000 + number}\tv{number}\tv{number}\timpression\t{query}\tx\t1\n"
            for number in range(shoppers)
        ]
    (files / "events.tsv").write_text("".join(lines), "utf-8")
    arguments = ("clicks", "events.tsv", "--out", "clicks.tsv", "--write-queries", "asked.tsv")
    shown = run(*arguments).stdout
    assert "1 queries with a positive grade" in shown
    assert "1 queries with zeros alone, which measures pass over: 伞\n" in shown
    assert "1 queries without any grade, left out: 袜子\n" in shown
    assert json.loads(run(*arguments, "--json").stdout)["named"]["all_zero"] == ["伞"]
