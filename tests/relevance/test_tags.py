"""Tags of queries."""

import pytest

from relevance.judgements import Query, read_queries
from relevance.tags import with_content_tags, with_text_tags
from shangsou.search.understood import Constraint, Understood
from shangsou.text.entities import Entity


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        pytest.param("连衣裙", ["short"], id="short"),
        pytest.param("nike air max", ["latin", "long"], id="latin"),
        pytest.param("ｎｉｋｅ鞋", ["mixed", "short"], id="both scripts, full-width too"),
        pytest.param("1.8米床四件套", ["number", "long"], id="number"),
        pytest.param("男士长袖衬衫", [], id="six characters"),
    ],
)
def test_tags_follow_from_the_text_of_a_query(text, tags):
    [query] = with_text_tags([Query("q", "all", text)])
    assert list(query.tags) == tags


def test_a_query_that_nobody_was_seen_to_search_for_is_of_the_long_tail():
    queries = [Query("1", "all", "男士长袖衬衫", ("typo",)), Query("2", "all", "男士长袖衬衫")]
    assert [query.tags for query in with_text_tags(queries, [0, 3])] == [("typo", "long tail"), ()]


def test_tags_are_read_from_their_column(tmp_path):
    path = tmp_path / "queries.tsv"
    path.write_text("qid\tquery\ttags\n1\t裙\ttypo, brand，typo\n2\t裤\t\n3\t鞋\n", "utf-8")
    assert [query.tags for query in read_queries(path)] == [("typo", "brand"), (), ()]


def test_limits_in_a_query_are_tags_beside_what_its_words_stand_for():
    def understand(text):
        return Understood(
            text,
            text,
            (),
            (),
            constraints=(Constraint("price", "100元以下", "100 元以下", "红裙"),),
            entities=(
                Entity("colour", "红", 0, 1),
                Entity("product", "裙", 1, 2),
                Entity("colour", "红", 0, 1),
            ),
        )

    [query] = with_content_tags([Query("1", "all", "100元以下红裙", ("head",))], understand)
    assert query.tags == ("head", "entity:colour", "entity:product", "constraint:price")
