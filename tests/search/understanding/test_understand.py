"""Query understanding, step by step."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shangsou.engines.fields import TEXTS
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.understanding.understand import understand


def test_every_step_that_changed_the_query_is_listed() -> None:
    understood = understand("紅色針織裙", default_ranking()).understood
    assert [(step.name, step.before, step.after) for step in understood.steps] == [
        ("normalize", "紅色針織裙", "红色针织裙"),
        ("segment", "红色针织裙", "红色 针织 裙"),
    ]


def test_a_strict_match_needs_two_thirds_of_the_bigrams() -> None:
    # 法式复古长裙 has the 5 bigrams 法式 式复 复古 古长 长裙; two thirds of 5 are 3.33, so 4.
    lexical = understand("法式复古长裙", default_ranking()).lexical
    assert lexical.required_grams == ("法式", "式复", "复古", "古长", "长裙")
    assert lexical.required_count == 4


def test_of_two_characters_both_are_needed_side_by_side() -> None:
    lexical = understand("红裙", default_ranking()).lexical
    assert lexical.required_grams == ("红裙",)
    assert lexical.required_count == 1


def test_a_loosened_query_needs_a_third_of_the_bigrams_in_every_way_to_say_it() -> None:
    # A third of 5 is 1.67, so 2; 墨镜 has one bigram, 太阳镜 two, of which a third is again 1.
    assert understand("法式复古长裙", default_ranking()).lexical.loosened().required_count == 2
    recipe = replace(default_ranking(), synonyms={"墨镜": ("太阳镜",)})
    loosened = understand("墨镜", recipe).lexical.loosened()
    assert loosened.required_count == 1
    assert [alternative.required_count for alternative in loosened.alternatives] == [1]


def test_a_tightened_query_needs_all_bigrams_in_every_way_to_say_it() -> None:
    assert understand("法式复古长裙", default_ranking()).lexical.tightened().required_count == 5
    # 遮阳太阳镜 has the four bigrams 遮阳 阳太 太阳 阳镜.
    recipe = replace(default_ranking(), synonyms={"墨镜": ("遮阳太阳镜",)})
    tightened = understand("墨镜", recipe).lexical.tightened()
    assert tightened.required_count == 1
    assert [alternative.required_count for alternative in tightened.alternatives] == [4]


def test_whatever_matches_strictly_scores_stay_the_same() -> None:
    recipe = replace(default_ranking(), synonyms={"墨镜": ("太阳镜",)})
    lexical = understand("复古墨镜", recipe).lexical
    assert lexical.tightened() != lexical != lexical.loosened()
    for other in (lexical, lexical.tightened(), lexical.loosened(), lexical.loosened().tightened()):
        assert lexical.scores_like(other)
        assert other.scores_like(lexical)


def test_other_terms_weights_or_alternatives_score_differently() -> None:
    recipe = replace(default_ranking(), synonyms={"墨镜": ("太阳镜",)})
    lexical = understand("复古墨镜", recipe).lexical
    [alternative] = lexical.alternatives
    for other in (
        replace(lexical, words=("复古",)),
        replace(lexical, grams=lexical.grams[1:]),
        replace(lexical, weights={"title.words": 0.5}),
        replace(lexical, term_weights={"墨镜": 0.5}),
        replace(lexical, alternatives=()),
        replace(lexical, alternatives=(replace(alternative, grams=()),)),
        replace(lexical, alternatives=(alternative, alternative)),
    ):
        assert not lexical.scores_like(other)
        assert not other.scores_like(lexical)


def test_the_synonyms_of_a_query_are_kept_each_once() -> None:
    recipe = replace(default_ranking(), synonyms={"墨镜": ("太阳镜", "遮阳镜"), "女": ("女士",)})
    assert sorted(understand("墨镜 女", recipe).synonyms) == sorted(["太阳镜", "遮阳镜", "女士"])
    assert understand("连衣裙", recipe).synonyms == ()


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
    clauses = len(TEXTS) * (len(lexical.words) + len(lexical.grams)) + len(lexical.characters)
    assert clauses <= 1_024


@given(st.text())
def test_any_text_is_understood_without_an_error(text: str) -> None:
    query = understand(text, default_ranking())
    assert query.lexical.required_count <= len(query.lexical.required_grams)


def test_a_synonym_is_another_way_to_ask_that_weighs_less() -> None:
    recipe = replace(default_ranking(), synonyms={"耐克": ("nike",)}, synonym_weight=0.5)
    query = understand("耐克鞋", recipe)
    assert query.lexical.words == ("耐克", "耐克鞋")
    [alternative] = query.lexical.alternatives
    assert alternative.words == ("nike", "鞋")
    # nike鞋 has the 4 bigrams ni ik ke e鞋; two thirds of 4 are 2.67, so 3.
    assert alternative.required_count == 3
    assert alternative.weights["title.grams"] == 0.5 * recipe.field_weights["title.grams"]
    assert query.understood.steps[-1].name == "synonyms"
    assert (query.understood.steps[-1].before, query.understood.steps[-1].after) == ("耐克鞋", "nike鞋")
    assert query.text == "耐克鞋"


def test_a_long_query_has_no_more_rewordings_than_elasticsearch_takes_clauses() -> None:
    recipe = replace(default_ranking(), synonyms={"耐克": tuple(f"w{number}" for number in range(8))})
    short, long = (understand(text, recipe).lexical for text in ("耐克鞋", "耐克鞋" + "很长的一个搜索词" * 4))
    assert len(short.alternatives) == 8
    clauses = [len(TEXTS) * (len(one.words) + len(one.grams)) + len(one.characters) for one in long.wordings]
    assert 1 < len(clauses) < 9
    assert sum(clauses) <= 980


def test_synonyms_can_be_switched_off() -> None:
    recipe = replace(default_ranking(), synonyms={"耐克": ("nike",)}, understanding=frozenset())
    assert understand("耐克鞋", recipe).lexical.alternatives == ()
