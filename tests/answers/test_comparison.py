"""The parts of an answer that are recorded, and how differences are described."""

import pytest

from tests.answers.comparison import differences, recordable


@pytest.mark.parametrize(
    ("recorded", "today", "expected"),
    [
        pytest.param({"a": [1, {"b": "红"}]}, {"a": [1, {"b": "红"}]}, [], id="alike"),
        pytest.param({"score": 0.5}, {"score": 0.5 + 4e-7}, [], id="less than a millionth"),
        pytest.param({"score": 0.5}, {"score": 0.502}, ["score: 0.5 → 0.502"], id="more than a millionth"),
        pytest.param({"total": 1}, {"total": 1.0}, [], id="the same number"),
        pytest.param({"applied": True}, {"applied": 1}, ["applied: true → 1"], id="a number is no yes"),
        pytest.param({"why": None}, {"why": ""}, ['why: null → ""'], id="nothing is no empty text"),
        pytest.param({"a": 1}, {}, ["a: 1 is there no more"], id="a field less"),
        pytest.param({}, {"a": {"b": 1}}, ['a: {"b": 1} is new'], id="a field more"),
        pytest.param(["红", "蓝"], ["蓝", "红"], ['.0: "红" → "蓝"', '.1: "蓝" → "红"'], id="another order"),
        pytest.param({"hits": [1, 2]}, {"hits": [1]}, ["hits: 2 → 1 entries"], id="one less"),
    ],
)  # fmt: skip
def test_differences_name_the_field_and_both_values(recorded: object, today: object, expected: list[str]):
    assert list(differences(recorded, today, 1e-6)) == expected


def test_fields_that_change_with_each_request_are_not_recorded():
    body = {"query_id": "019a", "took_ms": 1.5, "request_id": "96e8", "total": 3}
    assert recordable(200, body) == {"status": 200, "body": {"total": 3}}


def test_of_an_error_the_type_and_the_paths_are_recorded_and_not_the_wording():
    errors = [{"path": "size", "detail": "too large"}, {"path": "page", "detail": "too small"}]
    body = {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "detail": "cannot be used",
        "errors": errors,
    }
    assert recordable(422, body) == {"status": 422, "type": "about:blank", "paths": ["page", "size"]}
    assert recordable(404, {"type": "about:blank"}) == {"status": 404, "type": "about:blank", "paths": []}


def test_an_error_that_is_no_problem_document_has_no_type():
    assert recordable(500, "Internal Server Error")["type"] is None
