"""Whatever a file holds, it is read or refused with a reason."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relevance.judging.formats.formats import read_judgement_set
from shangsou.errors import UnusableInput

KEYS = st.sampled_from(
    ["requests", "ratings", "id", "_id", "_index", "rating", "request", "params", "query", "match", "queries",
     "judgmentRatings", "docId", "topics", "query_groups", "placeholders", "$query", "relevant_documents",
     "gain", "hits", "_source", "document_id", "query_placeholder"]
)  # fmt: skip
DOCUMENTS = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-1, 4), st.floats(), st.sampled_from(["", "手机", "3", "3.0"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)
CELLS = st.sampled_from(
    ["", "手机", "d1", "3", "3.0", "10", "E", '"', '""', 'a""b', "query", "docid", "rating", "查询", "商品ID",
     "打分", "qid:1", "#", "1E+18", "\n", "sep=,", "{", "\ufeff", "\0"]
)  # fmt: skip
TEXTS = st.lists(st.lists(CELLS, max_size=5), max_size=5).flatmap(
    lambda rows: st.sampled_from(",\t; ").map(lambda end: "\n".join(end.join(row) for row in rows))
)
FORMATS = st.sampled_from(
    [None, "tsv", "trec", "ltr", "quepid", "book", "rre", "opensearch", "rank_eval", "esci", "beir", "table"]
)
quick = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def read(tmp_path):
    def read_bytes(content, kind):
        path = tmp_path / "a"
        path.write_bytes(content)
        with suppress(UnusableInput):
            found = read_judgement_set(path, kind)
            assert {grade for grades in found.qrels.values() for grade in grades.values()} <= {0, 1, 2, 3}
            assert all(qid and all(grades) for qid, grades in found.qrels.items())

    return read_bytes


@quick
@given(DOCUMENTS, FORMATS)
def test_any_json_is_read_or_refused(read, document, kind):
    read(json.dumps(document).encode(), kind)


@quick
@given(TEXTS, FORMATS)
@example("query,docid,rating\n手机,d1,3\n", "quepid")
def test_any_text_is_read_or_refused(read, text, kind):
    read(text.encode(), kind)


@quick
@given(st.binary(max_size=60), FORMATS)
@example(b"PK\x03\x04", None)
@example(b"PAR1", None)
@example(b"\x1f\x8b\x08", None)
def test_any_bytes_are_read_or_refused(read, content, kind):
    read(content, kind)
