"""Judgements in JSON: RRE, OpenSearch, Quepid. The files are as the documentation of each has them."""

import json

import pytest

from relevance.judging.formats.formats import detect_format, read_judgement_set
from relevance.judging.formats.grades import parse_labels
from relevance.judging.formats.rated_rows import ReadOptions
from shangsou.errors import UnusableInput


@pytest.fixture
def write(tmp_path):
    def write_json(document):
        path = tmp_path / "ratings.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
        return path

    return write_json


def by_text(judgement_set):
    """The grades by the text of the query."""
    return {query.text: judgement_set.qrels.get(query.qid, {}) for query in judgement_set.queries}


def rre_query(text):
    """A query of RRE."""
    return {"template": "match.json", "placeholders": {"$query": text, "$lang": "zh"}}


RELEVANT = {"d1": {"gain": 3}, "d2": {"gain": 1}}
GROUP = {
    "name": "品牌",
    "queries": [rre_query("手机"), rre_query("智能手机")],
    "relevant_documents": RELEVANT,
}
HEAD = {"index": "shop", "corpora_file": "shop.json", "id_field": "id"}


@pytest.mark.parametrize(
    "body",
    [
        {"topics": [{"description": "数码", "query_groups": [GROUP]}]},
        {"query_groups": [GROUP]},
        {"queries": GROUP["queries"], "relevant_documents": {"3": ["d1"], "1": ["d2"]}},
        {
            "query_groups": [
                {**GROUP, "relevant_documents": [{"document_id": "d1", "gain": 3}, {"d2": {"gain": "1"}}]}
            ]
        },
        {"query_groups": [{**GROUP, "relevant_documents": {"d1": {"rating": 3.0}, "d2": {"rating": 1}}}]},
    ],
    ids=["topics", "groups", "ids by gain", "a list", "ratings"],
)
def test_the_queries_of_a_group_of_rre_share_its_products(write, body):
    path = write({**HEAD, **body})
    assert detect_format(path) == "rre"
    assert by_text(read_judgement_set(path)) == {
        "手机": {"d1": 3, "d2": 1},
        "智能手机": {"d1": 3, "d2": 1},
    }


def test_rre_may_name_the_placeholder_that_holds_the_text(write):
    query = {"placeholders": {"q": "手机", "lang": "zh"}}
    document = {**HEAD, "queries": [query], "relevant_documents": RELEVANT}
    with pytest.raises(UnusableInput, match=r"queries\[0\]: no placeholder '\$query' among 'q', 'lang'"):
        read_judgement_set(write(document))
    path = write({**document, "query_placeholder": "q"})
    assert by_text(read_judgement_set(path)) == {"手机": {"d1": 3, "d2": 1}}


def test_quepids_export_for_rre_has_the_products_with_each_query(write):
    queries = [
        {"placeholders": {"$query": "手机"}, "relevant_documents": {"1.0": ["d2"], "3.0": ["d1"]}},
        {"placeholders": {"$query": "伞"}, "relevant_documents": {}},
    ]
    path = write({"id_field": "id", "index": "春", "template": "template.json", "queries": queries})
    assert detect_format(path) == "rre"
    assert by_text(read_judgement_set(path)) == {"手机": {"d2": 1, "d1": 3}, "伞": {}}


LIST = [
    {"query": "red dress", "ratings": [{"docId": "B1", "rating": "0.000"}, {"docId": "B2", "rating": 3}]},
    {"query": "手机", "ratings": [{"docId": "B1", "rating": 1.0}]},
]


@pytest.mark.parametrize(
    "document",
    [
        {"name": "Imported", "type": "IMPORT_JUDGMENT", "judgmentRatings": LIST},
        {"hits": {"total": {"value": 1}, "hits": [{"_id": "x", "_source": {"judgmentRatings": LIST}}]}},
    ],
    ids=["the request that imports it", "the response that has it"],
)
def test_judgement_lists_of_opensearch_are_read(write, document):
    path = write(document)
    assert detect_format(path) == "opensearch"
    assert by_text(read_judgement_set(path)) == {"red dress": {"B1": 0, "B2": 3}, "手机": {"B1": 1}}


def test_ratings_between_0_and_1_are_read_by_labels(write):
    path = write({"judgmentRatings": [{"query": "a", "ratings": [{"docId": "1", "rating": "0.75"}]}]})
    with pytest.raises(UnusableInput, match=r"judgmentRatings\[0\]\.ratings\[0\]: rating '0.75' is no grade"):
        read_judgement_set(path)
    options = ReadOptions(labels=parse_labels("0.750=2"))
    assert by_text(read_judgement_set(path, options=options)) == {"a": {"1": 2}}


@pytest.mark.parametrize(
    "ratings",
    [{"d1": 3.0, "d2": 0}, [{"doc_id": "d1", "rating": 3.0}, {"doc_id": "d2", "rating": 0}]],
    ids=["ratings", "case"],
)
def test_quepids_json_of_ratings_and_of_a_case_is_read(write, ratings):
    name = "query" if isinstance(ratings, dict) else "query_text"
    path = write(
        {"case_name": "春", "queries": [{name: "手机", "ratings": ratings}, {name: "伞", "ratings": {}}]}
    )
    assert by_text(read_judgement_set(path)) == {"手机": {"d1": 3, "d2": 0}, "伞": {}}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"a": 1}, "is JSON of another kind; read are requests with ratings"),
        ([1], "is JSON of another kind"),
        ('{"queries": [\n {"query": ', ":2: is no JSON"),
        ("[" * 100_000, "is no JSON that can be read"),
        ({"judgmentRatings": [{"ratings": []}, 1]}, "judgmentRatings[1]: is no object, but 1"),
        ({"judgmentRatings": [{"ratings": [{"docId": ["x"], "rating": 1}]}]}, "docId: is no text or number"),
        (
            {"judgmentRatings": [{"ratings": [{"docId": "x", "rating": 1}]}]},
            "judgmentRatings[0].ratings[0]: no query",
        ),
        ({"judgmentRatings": [{"query": "a", "ratings": [{"rating": 1}]}]}, "a rating without a product"),
        ({"judgmentRatings": [{"query": "a", "ratings": []}]}, "holds no rating"),
    ],
)
def test_json_that_cannot_be_used_is_named_by_its_place(write, document, message):
    with pytest.raises(UnusableInput) as problem:
        read_judgement_set(write(document))
    assert message in str(problem.value)
