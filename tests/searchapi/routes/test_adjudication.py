"""`/v1/judgements/BOOK/conflicts` and `decisions`, times of grades, and names of machines."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from relevance.judgements import Query
from relevance.judging.adjudication import decisions
from relevance.judging.book import Book, create_book
from relevance.judging.imported_grades import import_grades
from relevance.judging.known_answers import KnownAnswer
from relevance.judging.pool import Pair
from searchapi.app import create_app
from searchapi.schema.responses import BooksResponse, ConflictsResponse, ProgressResponse, UndoResponse
from searchapi.state import EXTENSION
from shangsou.settings import Settings
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher

QUERY = Query("q1", "all", "连衣裙", note="约会穿")
BOOK = "/v1/judgements/春季"


@pytest.fixture
def book(settings: Settings) -> Book:
    book = create_book(settings.home, "春季")
    book.add(
        [Pair(QUERY, product_id) for product_id in ("dress-red", "dress-blue", "gone")],
        [KnownAnswer(QUERY, "mug", 0)],
    )
    for judge, grades in {"小王": (3, 0, 1, 0), "小李": (0, 2, 2, 3)}.items():
        for product_id, grade in zip(("dress-red", "dress-blue", "gone", "mug"), grades, strict=True):
            book.grade(judge, "q1", product_id, grade)
    return book


def conflicts(client: FlaskClient, **parameters: object) -> ConflictsResponse:
    answer = client.get(f"{BOOK}/conflicts", query_string={"judge": "主管", **parameters})
    assert answer.status_code == 200
    return validated(ConflictsResponse, answer.json)


def decide(client: FlaskClient, product_id: str, grade: object, judge: str = "主管"):
    body = {"judge": judge, "qid": "q1", "product_id": product_id, "grade": grade}
    return client.put(f"{BOOK}/decisions", json=body)


def test_conflicts_come_with_query_product_and_grades_but_without_judges(client: FlaskClient, book: Book):
    answer = conflicts(client)
    assert [(pair["product_id"], pair["grades"]) for pair in answer["pairs"]] == [
        ("dress-red", [0, 3]),
        ("dress-blue", [0, 2]),
    ]
    first = answer["pairs"][0]
    assert (first["query"], first["note"], first["grade"], first["done"]) == ("连衣裙", "约会穿", None, False)
    assert first["product"] is not None
    assert first["product"]["title"] == "法式复古红色连衣裙女夏季新款"
    text = client.get(f"{BOOK}/conflicts?judge=主管").get_data(as_text=True)
    assert "小王" not in text
    assert "小李" not in text


def test_an_adjudicator_goes_on_with_what_nobody_decided(client: FlaskClient, book: Book):
    answer = decide(client, "dress-red", 2)
    assert validated(ProgressResponse, answer.json) == {"pairs": 2, "judged": 1, "skipped": 0}
    assert decisions(book) == {"q1": {"dress-red": 2}}
    left = conflicts(client, judge="副主管", size=1)
    assert ([pair["product_id"] for pair in left["pairs"]], left["first_open"]) == (["dress-blue"], 1)
    decide(client, "dress-blue", None)
    done = conflicts(client)
    assert (done["pairs"], done["first_open"], done["first_skipped"]) == ([], None, 1)
    assert [pair["grade"] for pair in conflicts(client, position=0)["pairs"]] == [2, None]
    [listed] = validated(BooksResponse, client.get("/v1/judgements").json)["books"]
    assert (listed["conflicts"], listed["decided"]) == (2, 1)


def test_the_last_decision_is_taken_back(client: FlaskClient, book: Book):
    decide(client, "dress-red", 2)
    path = f"{BOOK}/decisions/last"
    taken = validated(UndoResponse, client.delete(path, query_string={"judge": "主管"}).json)
    assert (taken["position"], taken["progress"]) == (0, {"pairs": 2, "judged": 0, "skipped": 0})
    assert decisions(book) == {}
    nothing = validated(UndoResponse, client.delete(path, query_string={"judge": "主管"}).json)
    assert (nothing["undone"], nothing["position"]) == (False, None)


def test_a_decision_on_what_judges_agree_on_by_now_is_taken_back_though_no_pair_is_left(
    client: FlaskClient, book: Book
):
    decide(client, "dress-red", 2)
    book.grade("小李", "q1", "dress-red", 3)
    answer = client.delete(f"{BOOK}/decisions/last", query_string={"judge": "主管"})
    taken = validated(UndoResponse, answer.json)
    assert (taken["undone"], taken["position"], taken["progress"]["pairs"]) == (True, None, 1)
    assert decisions(book) == {}


def test_a_decision_on_what_the_book_does_not_ask_is_404_and_a_wrong_one_422(client: FlaskClient, book: Book):
    assert decide(client, "another", 1).status_code == 404
    assert decide(client, "dress-red", 4).status_code == 422
    body = {"judge": "a", "qid": "q1", "product_id": "dress-red", "grade": 1, "seconds": 2}
    assert client.put(f"{BOOK}/decisions", json=body).status_code == 422
    assert client.get("/v1/judgements/夏季/conflicts?judge=a").status_code == 404
    assert decisions(book) == {}


def test_no_decision_can_be_sent_by_a_form_of_another_site(client: FlaskClient, book: Book):
    for path in (f"{BOOK}/conflicts", f"{BOOK}/decisions", f"{BOOK}/decisions/last"):
        assert client.post(path, json={}).status_code == 405


def test_nothing_that_a_judge_is_sent_tells_a_known_answer(client: FlaskClient, book: Book):
    shown = client.get(f"{BOOK}/pairs?judge=小赵").json
    assert shown is not None
    by_id = {pair.pop("product_id"): pair for pair in shown["pairs"]}
    assert set(by_id) == {"dress-red", "dress-blue", "gone", "mug"}
    for pair in by_id.values():
        del pair["product"], pair["position"]
    assert by_id["mug"] == by_id["dress-red"]
    listed = client.get("/v1/judgements").get_data(as_text=True)
    assert "known" not in listed


@pytest.mark.parametrize("seconds", [0, 3.5, 300, None])
def test_the_time_of_a_grade_is_kept(client: FlaskClient, book: Book, seconds: float | None):
    body = {"judge": "小赵", "qid": "q1", "product_id": "gone", "grade": 1, "seconds": seconds}
    assert client.put(f"{BOOK}/grades", json=body).status_code == 200
    assert book.median_seconds() == ({} if seconds is None else {"小赵": seconds})


@pytest.mark.parametrize("seconds", [-1, 300.1, "3", True, 1e999])
def test_a_time_that_no_grade_takes_is_refused(client: FlaskClient, book: Book, seconds: object):
    body = {"judge": "小赵", "qid": "q1", "product_id": "gone", "grade": 1, "seconds": seconds}
    answer = client.put(f"{BOOK}/grades", json=body)
    assert answer.status_code in (400, 422)
    assert "小赵" not in book.judges()


def test_the_name_of_a_machine_is_409_and_listed_as_one(client: FlaskClient, book: Book):
    import_grades(book, "qwen", "machine", {"q1": {"dress-red": 3}})
    body = {"judge": "qwen", "qid": "q1", "product_id": "gone", "grade": 1}
    assert client.put(f"{BOOK}/grades", json=body).status_code == 409
    assert client.get(f"{BOOK}/pairs?judge=qwen").status_code == 409
    assert client.delete(f"{BOOK}/grades/last?judge=qwen").status_code == 409
    assert book.qrels()["qwen"] == {"q1": {"dress-red": 3}}
    [listed] = validated(BooksResponse, client.get("/v1/judgements").json)["books"]
    kinds = {judge["judge"]: judge["kind"] for judge in listed["judges"]}
    assert kinds == {"qwen": "machine", "小李": "person", "小王": "person"}


def test_a_book_of_before_versions_were_kept_is_judged_and_decided(
    tmp_path: Path, stub_searcher: StubSearcher
):
    # What version 0 lacks is dropped from a book of today.
    book = create_book(tmp_path, "春季")
    book.add([Pair(QUERY, "dress-red")])
    with book.connection() as db:
        for statement in (
            "DROP TABLE judges", "DROP TABLE known_answers", "DROP TABLE decisions",
            "ALTER TABLE grades DROP COLUMN seconds", "ALTER TABLE grades DROP COLUMN imported",
            "PRAGMA user_version = 0",
        ):  # fmt: skip
            db.execute(statement)
    app = create_app(Settings(home=tmp_path), stub_searcher)
    client = app.test_client()
    for judge, grade in (("小王", 0), ("小李", 3)):
        body = {"judge": judge, "qid": "q1", "product_id": "dress-red", "grade": grade, "seconds": 2.5}
        assert client.put(f"{BOOK}/grades", json=body).status_code == 200
    assert decide(client, "dress-red", 3).status_code == 200
    assert decisions(book) == {"q1": {"dress-red": 3}}
    app.extensions[EXTENSION].events.close()
