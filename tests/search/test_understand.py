"""What a query says, step by step."""

from hypothesis import given
from hypothesis import strategies as st

from shangsou.search.ranking import default_ranking
from shangsou.search.request import MAX_QUERY_LENGTH
from shangsou.search.understand import understand


def test_every_step_that_changed_the_query_is_listed() -> None:
    understood = understand("紅色連衣裙", default_ranking()).understood
    assert [(step.name, step.before, step.after) for step in understood.steps] == [
        ("normalise", "紅色連衣裙", "红色连衣裙"),
        ("segment", "红色连衣裙", "红色 连衣 衣裙 连衣裙"),
    ]


def test_a_strict_match_needs_two_thirds_of_the_bigrams() -> None:
    # 法式复古长裙 has the 5 bigrams 法式 式复 复古 古长 长裙; two thirds of 5 are 3.33, so 4.
    lexical = understand("法式复古长裙", default_ranking()).lexical
    assert lexical.required_grams == ("法式", "式复", "复古", "古长", "长裙")
    assert lexical.required_count == 4


def test_of_two_characters_both_are_needed_neighbours_or_not() -> None:
    lexical = understand("红裙", default_ranking()).lexical
    assert lexical.required_grams == ("红", "裙")
    assert lexical.required_count == 2


def test_characters_apart_have_no_bigrams_so_all_of_them_are_needed() -> None:
    lexical = understand("红 裙 伞", default_ranking()).lexical
    assert lexical.required_grams == ("红", "裙", "伞")
    assert lexical.required_count == 3


def test_a_query_of_punctuation_says_nothing() -> None:
    query = understand("!!! ，。", default_ranking())
    assert query.text == ""
    assert query.lexical.grams == ()


def test_a_query_of_10_000_characters_is_cut_and_says_so() -> None:
    query = understand("裙" * 10_000, default_ranking())
    assert len(query.text) == MAX_QUERY_LENGTH
    assert query.understood.steps[0].name == "truncate"


def test_a_long_query_scores_no_more_terms_than_elasticsearch_takes_clauses():
    lexical = understand("".join(map(chr, range(0x4E00, 0x4E00 + 256))), default_ranking()).lexical
    assert 5 * (len(lexical.words) + len(lexical.grams)) <= 1_024


@given(st.text())
def test_any_text_is_understood_without_an_error(text: str) -> None:
    query = understand(text, default_ranking())
    assert query.lexical.required_count <= len(query.lexical.required_grams)
