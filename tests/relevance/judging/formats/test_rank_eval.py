"""Requests of `_rank_eval`, read and written."""

import json

import pytest

from relevance.judgements import Query
from relevance.judging.formats.formats import (
    WriteOptions,
    detect_format,
    read_judgement_set,
    write_judgement_set,
)
from relevance.judging.formats.judgement_set import JudgementSet
from relevance.judging.formats.rank_eval import read_query_template
from shangsou.errors import UnusableInput

QUERIES = [Query("q1", "女装", "红色 连衣裙"), Query("q2", "数码", "手机")]
JUDGED = JudgementSet(QUERIES, {"q1": {"d1": 3, "d2": 0}, "q2": {"d1": 1}})


def request(qid, body, *ratings):
    """A request with its ratings of index `shop`."""
    rated = [{"_index": "shop", "_id": doc_id, "rating": rating} for doc_id, rating in ratings]
    return {"id": qid, "request": body, "ratings": rated}


@pytest.fixture
def write(tmp_path):
    def write_json(document):
        path = tmp_path / "eval.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    return write_json


@pytest.mark.parametrize(
    "query",
    [
        {"match": {"title": "手机"}},
        {"match": {"title": {"query": "手机", "operator": "and"}}},
        {"multi_match": {"query": "手机", "fields": ["title^3", "brand"]}},
        {"query_string": {"query": "手机", "default_field": "title"}},
        {"bool": {"filter": [{"term": {"on_sale": "yes"}}], "must": [{"match": {"title": "手机"}}]}},
    ],
    ids=["match", "long form", "several fields", "query string", "behind a filter"],
)
def test_the_text_of_a_query_is_found_in_its_body(write, query):
    path = write({"requests": [request("a", {"query": query}, ("d1", 2))], "metric": {"precision": {"k": 5}}})
    assert detect_format(path) == "rank_eval"
    found = read_judgement_set(path)
    assert found.queries == [Query("a", "all", "手机")]
    assert found.qrels == {"a": {"d1": 2}}


def test_the_text_of_a_query_is_found_in_the_parameters_of_its_template(write):
    rated = {"id": "a", "template_id": "t", "ratings": [{"_index": "shop", "_id": "d1", "rating": 2}]}
    for params in ({"query_string": "手机", "field": "title"}, {"wanted": "手机", "size": 10}):
        assert (
            read_judgement_set(write({"requests": [{**rated, "params": params}]})).queries[0].text == "手机"
        )


def test_a_request_without_a_text_is_known_by_its_id(write):
    path = write({"requests": [request("手机", {"query": {"match_all": {}}}, ("d1", 2))]})
    found = read_judgement_set(path)
    assert (found.queries, found.qrels) == ([], {"手机": {"d1": 2}})


def test_a_product_of_two_indices_is_refused(write):
    document = {"requests": [request("a", {}, ("d1", 2))]}
    document["requests"][0]["ratings"].append({"_index": "other", "_id": "d1", "rating": 2})
    with pytest.raises(
        UnusableInput, match=r"ratings\[1\]: 'd1' is of index 'other' here and of 'shop' above"
    ):
        read_judgement_set(write(document))


def test_a_request_is_written_with_one_template_and_says_what_it_loses(tmp_path):
    path = tmp_path / "eval.json"
    assert write_judgement_set(JUDGED, path, "rank_eval", WriteOptions("shop-1")) == ["the sets: 女装, 数码"]
    document = json.loads(path.read_text("utf-8"))
    assert document["templates"] == [
        {
            "id": "search",
            "template": {"source": {"query": {"match": {"title": {"query": "{{query_string}}"}}}}},
        }
    ]
    assert document["requests"][1] == {
        "id": "q2",
        "template_id": "search",
        "params": {"query_string": "手机"},
        "ratings": [{"_index": "shop-1", "_id": "d1", "rating": 1}],
    }
    assert document["metric"] == {"dcg": {"k": 10, "normalize": True}}


def test_a_query_without_a_text_cannot_be_searched(tmp_path):
    with pytest.raises(UnusableInput, match="1 judged qids have none"):
        write_judgement_set(
            JudgementSet((), {"q1": {"d1": 1}}), tmp_path / "a", "rank_eval", WriteOptions("i")
        )


def test_a_template_of_the_shops_own_takes_the_place_of_the_match(tmp_path):
    own = tmp_path / "body.json"
    own.write_text('{"query": {"multi_match": {"query": "{{query_string}}", "fields": ["name"]}}}', "utf-8")
    path = tmp_path / "eval.json"
    write_judgement_set(JUDGED, path, "rank_eval", WriteOptions("shop", read_query_template(own)))
    written = json.loads(path.read_text("utf-8"))["templates"][0]["template"]["source"]
    assert written == json.loads(own.read_text("utf-8"))
    own.write_text('{"query": {"match_all": {}}}', "utf-8")
    with pytest.raises(UnusableInput, match=r"is no search body with \{\{query_string\}\}"):
        read_query_template(own)
