"""`/v1/judgements`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from relevance.judgements import Query
from relevance.judging.book import Book, Progress, create_book
from relevance.judging.pool import Pair
from searchapi.app import create_app
from searchapi.keys import new_key, write_keys
from searchapi.schema.responses import BooksResponse, PairsResponse, ProgressResponse, UndoResponse
from searchapi.state import EXTENSION
from shangsou.settings import Settings
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher

KEY = "a key of the server"
QUERY = Query("q1", "all", "连衣裙", note="约会穿")
SHOWN = ["dress-red", "dress-blue", "gone"]


@pytest.fixture
def book(settings: Settings) -> Book:
    book = create_book(settings.home, "春季")
    book.add([Pair(QUERY, product_id) for product_id in SHOWN])
    return book


def pairs(client: FlaskClient, **parameters: object) -> PairsResponse:
    answer = client.get("/v1/judgements/春季/pairs", query_string={"judge": "小王", **parameters})
    assert answer.status_code == 200
    return validated(PairsResponse, answer.json)


def say(client: FlaskClient, product_id: str, grade: object, judge: str = "小王", **headers: str):
    body = {"judge": judge, "qid": "q1", "product_id": product_id, "grade": grade}
    return client.put("/v1/judgements/春季/grades", json=body, headers=headers)


def test_before_the_first_book_there_is_none(client: FlaskClient):
    assert client.get("/v1/judgements").json == {"books": []}


def test_books_are_listed_with_their_judges(client: FlaskClient, book: Book):
    say(client, "dress-red", 3)
    say(client, "dress-blue", None, judge="小李")
    [found] = validated(BooksResponse, client.get("/v1/judgements").json)["books"]
    assert (found["name"], found["pairs"]) == ("春季", 3)
    assert {one["judge"]: (one["judged"], one["skipped"]) for one in found["judges"]} == {
        "小王": (1, 0),
        "小李": (0, 1),
    }


def test_pairs_come_with_query_note_and_product_but_without_rank_and_score(client: FlaskClient, book: Book):
    answer = pairs(client)
    assert [pair["position"] for pair in answer["pairs"]] == [0, 1, 2]
    assert {pair["product_id"] for pair in answer["pairs"]} == set(SHOWN)
    by_id = {pair["product_id"]: pair for pair in answer["pairs"]}
    assert (by_id["dress-red"]["query"], by_id["dress-red"]["note"]) == ("连衣裙", "约会穿")
    product = by_id["dress-red"]["product"]
    assert product is not None
    assert product["title"] == "法式复古红色连衣裙女夏季新款"
    assert by_id["gone"]["product"] is None


def test_a_judge_goes_on_with_the_first_that_is_open(client: FlaskClient, book: Book):
    first, second, third = (pair["product_id"] for pair in pairs(client)["pairs"])
    say(client, first, 2)
    say(client, second, None)
    answer = pairs(client, size=1)
    assert [(pair["product_id"], pair["done"]) for pair in answer["pairs"]] == [(third, False)]
    assert (answer["first_open"], answer["first_skipped"]) == (2, 1)
    assert (answer["progress"]["judged"], answer["progress"]["skipped"]) == (1, 1)
    say(client, third, 0)
    assert pairs(client)["pairs"] == []
    assert pairs(client)["first_open"] is None
    assert [pair["grade"] for pair in pairs(client, position=0)["pairs"]] == [2, None, 0]
    assert pairs(client, position=3)["pairs"] == []


def test_a_grade_is_answered_with_progress_and_is_in_the_book(client: FlaskClient, book: Book):
    answer = say(client, "dress-red", 3)
    assert validated(ProgressResponse, answer.json) == {"pairs": 3, "judged": 1, "skipped": 0}
    assert book.qrels() == {"小王": {"q1": {"dress-red": 3}}}


def test_the_last_grade_is_taken_back(client: FlaskClient, book: Book):
    first = pairs(client)["pairs"][0]["product_id"]
    say(client, first, 3)
    path = "/v1/judgements/春季/grades/last"
    taken = validated(UndoResponse, client.delete(path, query_string={"judge": "小王"}).json)
    assert (taken["position"], taken["progress"]["judged"]) == (0, 0)
    assert book.qrels() == {}
    assert taken["undone"]
    nothing = validated(UndoResponse, client.delete(path, query_string={"judge": "小王"}).json)
    assert (nothing["undone"], nothing["position"]) == (False, None)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"judge": " ", "qid": "q1", "product_id": "dress-red", "grade": 1}, "judge"),
        ({"judge": "王" * 65, "qid": "q1", "product_id": "dress-red", "grade": 1}, "judge"),
        ({"judge": "小王", "qid": "q1", "product_id": "dress-red", "grade": 4}, "grade"),
        ({"judge": "小王", "qid": "q1", "product_id": "dress-red", "grade": -1}, "grade"),
        ({"judge": "小王", "qid": "q1", "product_id": "dress-red", "grade": True}, "grade"),
        ({"judge": "小王", "qid": "q1", "product_id": "dress-red"}, "grade"),
        ({"judge": "小王", "qid": "", "product_id": "dress-red", "grade": 1}, "qid"),
        ({"judge": "小王", "qid": "q1", "product_id": "dress-red", "grade": 1, "rank": 1}, "rank"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(
    client: FlaskClient, book: Book, body: dict[str, object], path: str
):
    answer = client.put("/v1/judgements/春季/grades", json=body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert book.judges() == {}


@pytest.mark.parametrize("query", ["", "judge=", "judge=a&position=-1", "judge=a&size=0", "judge=a&x=1"])
def test_wrong_parameters_are_refused(client: FlaskClient, book: Book, query: str):
    assert client.get(f"/v1/judgements/春季/pairs?{query}").status_code == 422


def test_what_is_not_there_is_a_404(client: FlaskClient, book: Book):
    assert client.get("/v1/judgements/夏季/pairs?judge=a").status_code == 404
    assert say(client, "another", 1).status_code == 404
    assert client.get("/v1/judgements/..%2F..%2Fetc/pairs?judge=a").status_code == 404


def test_a_book_that_cannot_be_read_is_a_503(client: FlaskClient, book: Book):
    book.path.write_bytes(b"no database at all" * 100)
    answer = say(client, "dress-red", 1)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json is not None
    assert "nothing was saved" in answer.json["detail"]


def test_a_book_that_cannot_be_read_hides_no_other(client: FlaskClient, book: Book):
    damaged = book.path.with_name(f"冬季{book.path.suffix}")
    damaged.write_bytes(b"no database at all" * 100)
    answer = client.get("/v1/judgements").json
    assert answer is not None
    by_name = {one["name"]: one for one in answer["books"]}
    assert by_name["春季"]["pairs"] > 0
    assert "problem" not in by_name["春季"]
    assert by_name["冬季"]["problem"]


def test_no_grade_can_be_sent_by_a_form_of_another_site(client: FlaskClient, book: Book):
    # A form or a plain fetch of any site can POST to 127.0.0.1 without asking; nothing here takes a POST.
    for path in ("/v1/judgements", "/v1/judgements/春季/grades", "/v1/judgements/春季/grades/last"):
        assert client.post(path, json={}).status_code == 405


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/judgements"),
        ("GET", "/v1/judgements/春季/pairs?judge=a"),
        ("PUT", "/v1/judgements/春季/grades"),
        ("DELETE", "/v1/judgements/春季/grades/last?judge=a"),
    ],
)
def test_from_elsewhere_only_the_key_opens_them(
    tmp_path: Path, stub_searcher: StubSearcher, method: str, path: str
):
    book = create_book(tmp_path, "春季")
    book.add([Pair(QUERY, "dress-red")])
    open_client = create_app(Settings(home=tmp_path, admin_key=KEY), stub_searcher).test_client()

    def status(headers: dict[str, str]) -> int:
        body = {"judge": "a", "qid": "q1", "product_id": "dress-red", "grade": 1}
        return open_client.open(
            path, method=method, json=body, headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}
        ).status_code

    assert status({}) == 403
    assert status({"Authorization": "Bearer another key of it"}) == 401
    assert book.judges() == {}
    assert status({"Authorization": f"Bearer {KEY}"}) == 200


@pytest.fixture
def keyed(tmp_path: Path, stub_searcher: StubSearcher) -> Iterator[FlaskClient]:
    """A client with a key of the judge 小赵, on a server whose book 小王 and 小李 judged."""
    book = create_book(tmp_path, "春季")
    book.add([Pair(QUERY, product_id) for product_id in SHOWN])
    book.grade("小王", "q1", "dress-red", 3)
    book.grade("小李", "q1", "dress-red", 0)
    now = datetime.now(UTC)
    key, secret = new_key("小赵", ("judge",), now)
    write_keys(tmp_path / "keys.json", [key], now)
    app = create_app(Settings(home=tmp_path), stub_searcher)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    yield client
    app.extensions[EXTENSION].events.close()


def test_a_key_that_only_judges_neither_sees_nor_changes_what_others_judged(
    keyed: FlaskClient, tmp_path: Path
):
    book = create_book(tmp_path, "春季")
    before = book.qrels()
    refused = [
        keyed.get("/v1/judgements/春季/pairs?judge=小王"),
        say(keyed, "dress-red", 0),
        keyed.delete("/v1/judgements/春季/grades/last?judge=小王"),
    ]
    for answer in refused:
        assert answer.status_code == 403
        assert answer.json is not None
        assert "the key '小赵' judges under its own name alone, not as '小王'" in answer.json["detail"]
    assert book.qrels() == before


def test_a_key_that_only_judges_does_so_under_its_own_name(keyed: FlaskClient, tmp_path: Path):
    [listed] = validated(BooksResponse, keyed.get("/v1/judgements").json)["books"]
    # 小王 and 小李 differ by three grades; their number would tell how others graded what one has graded.
    assert (listed["judges"], listed["conflicts"], listed["decided"]) == ([], 0, 0)
    assert [pair["grade"] for pair in pairs(keyed, judge="小赵")["pairs"]] == [None, None, None]
    assert say(keyed, "dress-red", 1, judge="小赵").status_code == 200
    answer = validated(BooksResponse, keyed.get("/v1/judgements").json)
    assert answer["judge"] == "小赵"
    assert answer["books"][0]["judges"] == [{"judge": "小赵", "kind": "person", "judged": 1, "skipped": 0}]
    assert answer["books"][0]["conflicts"] == 0
    assert keyed.delete("/v1/judgements/春季/grades/last?judge=小赵").status_code == 200
    assert create_book(tmp_path, "春季").judges() == {"小李": Progress(3, 1, 0), "小王": Progress(3, 1, 0)}
