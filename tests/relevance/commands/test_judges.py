"""`shangsou judgements`: machine judges, weights, known answers and decisions in books."""

import json

import pytest
from click.testing import CliRunner

from relevance.commands.judgements import judgements
from relevance.judging.adjudication import decide
from relevance.judging.book import open_book
from shangsou.errors import UnusableInput
from shangsou.product import Product
from tests.fixtures.relevance import WrittenSearcher

COUNT = 40
POOL = "qid\tquery\tdoc_id\n" + "".join(f"q1\t手机\td{number}\n" for number in range(COUNT))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a pool, which is the home folder too."""
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "春季.tsv").write_text(POOL, "utf-8")
    return tmp_path


@pytest.fixture
def run(folder):
    def run_command(*arguments):
        return CliRunner().invoke(judgements, list(arguments))

    return run_command


@pytest.fixture
def book(run, folder):
    assert run("open", "春季.tsv").exit_code == 0
    return open_book(folder, "春季")


def write(folder, name, grades, header="qid\tdoc_id\tgrade\n"):
    lines = [f"{qid}\t{doc_id}\t{grade}\n" for (qid, doc_id), grade in grades.items()]
    (folder / name).write_text(header + "".join(lines), "utf-8")


def all_of(grade_of):
    return {("q1", f"d{number}"): grade_of(number) for number in range(COUNT)}


def judge_all(book, judge, grade_of):
    for (qid, doc_id), grade in all_of(grade_of).items():
        book.grade(judge, qid, doc_id, grade)


def test_grades_of_a_model_are_imported_and_compared_with_people(run, folder, book):
    judge_all(book, "小王", lambda number: 3 if number < 20 else 0)
    write(folder, "qwen.tsv", all_of(lambda number: 3 if number < 30 else 0) | {("q7", "d1"): 1})
    result = run("import", "春季", "qwen.tsv", "--judge", "qwen")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "book 春季: 40 grades of qwen (machine) imported"
    assert lines[1] == "left out, as the book does not ask: 1 pairs of other queries, 0 of other products"
    # 20 of people's 0s and 3s each; the machine gave 30 times 3, and so 20 of them are right.
    assert "    3        20      30     20       0.667    1.000" in lines
    # 30 of 40 agree, by chance (20 x 10 + 20 x 30) / 1600 = .5: kappa .5.
    assert any(line.startswith("kappa, quadratic weights  0.500  [") for line in lines)
    again = json.loads(run("import", "春季", "qwen.tsv", "--judge", "qwen", "--json").stdout)
    assert (again["imported"], again["replaced"], again["kind"]) == (40, 40, "machine")
    assert again["left_out"] == {"other_queries": 1, "other_products": 0}
    assert (again["people"]["kappa"], again["people"]["pairs"]) == (pytest.approx(0.5), 40)


def test_a_file_that_names_queries_by_their_text_is_imported_too(run, folder, book):
    (folder / "crowd.csv").write_text("query,docid,rating\n手机,d0,2\n手机,d1,0\n平板,d1,0\n", "utf-8")
    result = run("import", "春季", "crowd.csv", "--judge", "众包", "--people")
    assert "2 grades of 众包 (person) imported" in result.stdout
    assert "1 pairs of other queries" in result.stdout
    assert book.qrels() == {"众包": {"q1": {"d0": 2, "d1": 0}}}


def test_an_export_counts_a_machine_less_than_a_person_and_says_so(run, folder, book):
    book.grade("小王", "q1", "d0", 3)
    book.grade("小王", "q1", "d1", 3)
    for name in ("m1", "m2"):
        write(folder, "m.tsv", {("q1", "d0"): 0, ("q1", "d2"): 1})
        assert run("import", "春季", "m.tsv", "--judge", name).exit_code == 0
    result = run("export", "春季", "out.tsv")
    assert "weights: m1 0.4, m2 0.4, 小王 1" in result.stderr
    assert read(folder) == ["q1\td0\t3", "q1\td1\t3", "q1\td2\t1"]
    run("export", "春季", "out.tsv", "--weight", "m1=1", "--weight", "m2=1")
    assert "q1\td0\t0" in read(folder)
    run("export", "春季", "out.tsv", "--weight", "m1=0", "--weight", "m2=0")
    assert read(folder) == ["q1\td0\t3", "q1\td1\t3"]


def read(folder):
    return sorted((folder / "out.tsv").read_text("utf-8").splitlines()[1:])


def test_people_alone_are_exported_without_a_word_of_weights(run, folder, book):
    book.grade("小王", "q1", "d0", 3)
    book.grade("小李", "q1", "d0", 1)
    result = run("export", "春季", "out.tsv")
    assert result.stderr == ""
    assert read(folder) == ["q1\td0\t1"]


def test_weights_come_from_agreement_with_people_or_their_kind(run, folder, book):
    judge_all(book, "小王", lambda number: 3 * (number % 2))
    judge_all(book, "小李", lambda number: 3 * (number % 2))
    write(folder, "m.tsv", all_of(lambda _: 3))
    run("import", "春季", "m.tsv", "--judge", "m")
    result = run("export", "春季", "out.tsv", "--weigh-by", "agreement")
    # One grade for everything agrees no more than chance.
    assert "weights: m 0, 小李 1, 小王 1" in result.stderr
    known = run("export", "春季", "out.tsv", "--weigh-by", "known")
    assert "too little to weigh m, 小李, 小王 by; the weight of their kind is taken" in known.stderr
    assert "weights: m 0.4" in known.stderr


def test_one_judges_grades_have_no_weights(run, book):
    book.grade("小王", "q1", "d0", 3)
    result = run("export", "春季", "out.tsv", "--judge", "小王", "--weight", "小王=2")
    assert result.exit_code == 2
    assert "leave out --weight and --weigh-by" in result.stderr


def test_a_decision_is_exported_in_place_of_the_consensus_but_not_of_one_judges_word(run, folder, book):
    book.grade("小王", "q1", "d0", 3)
    book.grade("小李", "q1", "d0", 0)
    decide(book, "主管", "q1", "d0", 2)
    result = run("export", "春季", "out.tsv")
    assert "1 pairs as an adjudicator decided" in result.stderr
    assert read(folder) == ["q1\td0\t2"]
    run("export", "春季", "out.tsv", "--judge", "小王")
    assert read(folder) == ["q1\td0\t3"]
    assert "1 pairs differ by 2 grades or more, 1 decided" in run("list").stdout


@pytest.fixture
def known(run, folder):
    """A book with ten known answers that the pool does not ask, and one that it does."""
    write(folder, "known.tsv", {("q1", f"k{number}"): 3 for number in range(10)} | {("q1", "d0"): 0})
    result = run("open", "春季.tsv", "--known", "known.tsv")
    assert "book 春季: 50 pairs added, 50 in all" in result.stdout
    assert "11 known answers given, 10 pairs that only they ask for" in result.stdout
    return open_book(folder, "春季")


def test_known_answers_are_counted_for_each_judge_and_a_low_one_is_pointed_out(run, known):
    for number in range(10):
        known.grade("小王", "q1", f"k{number}", 3)
        known.grade("小李", "q1", f"k{number}", 3 if number < 3 else 1)
    lines = run("list").stdout.splitlines()
    assert "  小王: 10 judged, 0 skipped; 10 of 10 known answers right, 1.00 [0.72, 1.00]" in lines
    [low] = [line for line in lines if "小李" in line]
    assert "3 of 10 known answers right, 0.30" in low
    assert "LOW: below 0.7" in low
    assert "LOW: below 0.7" in run("agreement", "春季").stdout
    judges = json.loads(run("list", "--json").stdout)["春季"]["judges"]
    assert (judges["小王"]["known"]["verdict"], judges["小李"]["known"]["verdict"]) == ("good", "low")


def test_known_answers_are_no_judgements_of_the_shop_but_for_those_that_the_pool_asks(run, folder, known):
    for doc_id in ("d0", "k0", "k1"):
        known.grade("小王", "q1", doc_id, 2)
    result = run("export", "春季", "out.tsv")
    assert "2 known answers are left out" in result.stderr
    assert read(folder) == ["q1\td0\t2"]
    run("export", "春季", "out.tsv", "--judge", "小王")
    assert read(folder) == ["q1\td0\t2"]


def test_known_answers_of_queries_of_their_own_are_taken_with_a_warning(run, folder):
    (folder / "known.csv").write_text("query,docid,rating\n手机,k1,3\n平板电脑,k2,0\n", "utf-8")
    result = run("open", "春季.tsv", "--known", "known.csv")
    assert result.exit_code == 0, result.output
    assert "1 queries hold known answers alone, as 'q2'" in result.stderr
    assert [query.text for query in open_book(folder, "春季").queries()] == ["手机", "平板电脑"]


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        ({("q9", "k"): 1}, "qid 'q9' is no query of the pool or the book"),
        ({("q1", "k"): 5}, "known.tsv:2: rating '5' is no grade from 0 to 3"),
    ],
)
def test_known_answers_that_cannot_be_used_make_no_book(run, folder, grades, words):
    write(folder, "known.tsv", grades)
    result = run("open", "春季.tsv", "--known", "known.tsv")
    assert isinstance(result.exception, UnusableInput)
    assert words in str(result.exception)
    assert not (folder / "judgements").exists()


def test_the_median_time_of_a_grade_is_listed(run, book):
    for number, seconds in enumerate((4.0, 2.0, 9.0, None)):
        book.grade("小王", "q1", f"d{number}", 3, seconds)
    book.grade("小王", "q1", "d2", 0, 3.0)  # in place of the 9 seconds
    book.grade("小李", "q1", "d0", 3)
    assert "  小王: 4 judged, 0 skipped; 3.0 s a grade (median)" in run("list").stdout.splitlines()
    assert "  小李: 1 judged, 0 skipped" in run("list").stdout.splitlines()
    judges = json.loads(run("list", "--json").stdout)["春季"]["judges"]
    assert (judges["小王"]["median_seconds"], judges["小李"]["median_seconds"]) == (3.0, None)


def test_the_worst_disagreements_are_shown_with_query_and_title(run, folder, book, monkeypatch):
    searcher = WrittenSearcher({})
    searcher.products = lambda ids: [Product(one, "老人手机 大字") for one in ids if one == "d1"]
    searcher.generation = lambda: "gen-1"
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: searcher)
    for judge, grades in {"小王": (3, 0, 2), "小李": (3, 3, 1)}.items():
        for number, grade in enumerate(grades):
            book.grade(judge, "q1", f"d{number}", grade)
    lines = run("agreement", "春季").stdout.splitlines()
    assert "  q1 手机  3 | 0  d1 老人手机 大字" in lines
    assert "  q1 手机  1 | 2  d2" in lines
    [between] = json.loads(run("agreement", "春季", "--json").stdout)["between"]
    assert [(one["query"], one["title"]) for one in between["disagreements"]] == [
        ("手机", "老人手机 大字"),
        ("手机", None),
    ]


def test_without_an_index_products_go_by_their_ids(run, book):
    book.grade("小王", "q1", "d1", 3)
    book.grade("小李", "q1", "d1", 0)
    result = run("agreement", "春季")
    assert result.exit_code == 0
    assert "products go by their ids: no index yet" in result.stderr
    assert "  q1 手机  0 | 3  d1" in result.stdout.splitlines()


def test_files_are_compared_with_the_texts_of_their_queries(run, folder):
    write(folder, "a.tsv", {("q1", "d1"): 3, ("q1", "d2"): 0})
    write(folder, "b.tsv", {("q1", "d1"): 0, ("q1", "d2"): 0})
    (folder / "queries.tsv").write_text("qid\tquery\nq1\t手机\n", "utf-8")
    assert "  q1 手机  3 | 0  d1" in run("agreement", "a.tsv", "b.tsv", "--queries", "queries.tsv").stdout
    assert "  q1  3 | 0  d1" in run("agreement", "a.tsv", "b.tsv").stdout
    wrong = run("agreement", "春季", "--queries", "queries.tsv")
    assert wrong.exit_code == 2
    assert "a book holds its own" in wrong.stderr


def test_agreement_shows_machines_against_people_and_people_among_themselves(run, folder, book):
    judge_all(book, "小王", lambda number: 3 * (number % 2))
    judge_all(book, "小李", lambda number: 3 * (number % 2))
    write(folder, "m.tsv", all_of(lambda number: 3 * (number % 4 < 2)))
    run("import", "春季", "m.tsv", "--judge", "m")
    found = json.loads(run("agreement", "春季", "--json").stdout)
    # The machine agrees with each person in half, as by chance: (0 + 0 + 1) / 3.
    assert (found["mean_kappa"], found["people_mean_kappa"]) == (pytest.approx(1 / 3), 1)
    assert [(one["judge"], one["kappa"]) for one in found["machines"]] == [("m", pytest.approx(0))]
    assert found["conflicts"] == {"pairs": 20, "decided": 0}
    shown = run("agreement", "春季").stdout
    assert "mean quadratic kappa of the people alone, two by two: 1.000" in shown
    assert "m against the consensus of 2 people: 40 pairs in common" in shown
    assert "20 pairs differ by 2 grades or more, 0 decided; decide the others at /judge" in shown


def test_judges_without_a_pair_in_common_do_not_hide_those_with_some(run, book):
    for judge, doc_id in (("小王", "d1"), ("小李", "d1"), ("小赵", "d2")):
        book.grade(judge, "q1", doc_id, 3)
    assert "小李 and 小王: 1 pairs judged by both" in run("agreement", "春季").stdout


@pytest.mark.parametrize("options", [("--weight", "小王=0"), ("--weigh-by", "known")])
def test_an_export_in_which_nobody_has_a_weight_says_so(run, folder, options):
    write(folder, "known.tsv", dict.fromkeys(all_of(int), 3))
    assert run("open", "春季.tsv", "--known", "known.tsv").exit_code == 0
    book = open_book(folder, "春季")
    # All known answers are wrong, so that the measured weight is 0 too.
    judge_all(book, "小王", lambda _: 0)
    result = run("export", "春季", "out.tsv", *options)
    assert result.exception.exit_code == 2
    assert str(result.exception) == (
        "all weights are 0 (小王), so nothing of book '春季' is left; give one judge at least another with "
        "--weight NAME=1"
    )
    decide(book, "主管", "q1", "d0", 2)
    assert run("export", "春季", "out.tsv", *options).exit_code == 0
    assert read(folder) == ["q1\td0\t2"]


def test_a_damaged_book_hides_none_of_the_others(run, folder, book):
    book.path.with_name("冬季.sqlite").touch()
    listed = run("list")
    assert listed.exit_code == 1
    assert listed.stdout == "春季: 40 pairs\n"
    assert listed.stderr.startswith("冬季 cannot be read: ")
    assert listed.stderr.endswith("remove it or bring it back from a backup\n")
    as_json = run("list", "--json")
    found = json.loads(as_json.stdout)
    assert (as_json.exit_code, list(found), found["春季"]["pairs"]) == (1, ["冬季", "春季"], 40)
    assert "no such table" in found["冬季"]["problem"]
