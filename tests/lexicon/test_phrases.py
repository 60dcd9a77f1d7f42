"""Phrases of a catalog."""

from shangsou.lexicon.phrases import Phrase, PhraseCounter
from shangsou.product import Product


def phrases_of(*products: Product):
    counter = PhraseCounter()
    counter.add(products)
    return counter.phrases()


def titled(*titles: str):
    return phrases_of(*(Product(str(number), title) for number, title in enumerate(titles))).words


def test_a_word_counts_once_a_title_and_from_two_titles_on():
    assert titled("手机 手机", "手机", "雨伞") == [Phrase("手机", "手机", 2)]


def test_words_that_follow_each_other_in_three_titles_are_a_phrase():
    phrases = titled(*["碎花 雨伞"] * 2, *["碎花雨伞"] * 3)
    assert Phrase("碎花雨伞", "碎花雨伞", 3) in phrases
    # With a blank between them they are two words.
    assert not titled(*["碎花 雨伞"] * 3)[2:]


def test_one_character_makes_a_phrase_only_with_the_word_before_it():
    assert {phrase.text for phrase in titled(*["手机壳"] * 3)} == {"手机", "手机壳"}
    assert {phrase.text for phrase in titled(*["壳 手机"] * 3)} == {"手机"}


def test_numbers_and_marks_are_no_phrases():
    assert titled(*["2024 【】 100"] * 3) == []


def test_letters_are_not_joined_with_letters():
    assert {phrase.text for phrase in titled(*["nike air鞋"] * 3)} == {"nike", "air", "air鞋"}


def test_brands_and_all_levels_of_categories_are_counted():
    phrases = phrases_of(
        Product("1", "甲", brand="Nike/耐克", category=("鞋", "跑鞋")),
        Product("2", "乙", category=("鞋",)),
    )
    assert phrases.brands == [Phrase("Nike/耐克", "nike/耐克", 1)]
    assert sorted(phrases.categories) == [Phrase("鞋", "鞋", 2), Phrase("鞋>跑鞋", "跑鞋", 1)]


def test_a_product_that_is_off_sale_gives_no_phrases():
    off = [Product(str(number), "手机", brand="甲", category=("乙",), status="off") for number in range(3)]
    phrases = phrases_of(*off)
    assert (phrases.words, phrases.brands, phrases.categories) == ([], [], [])


def test_what_few_titles_hold_is_kept_apart_if_it_is_a_word():
    phrases = phrases_of(
        *(Product(str(number), "猫粮") for number in range(3)),
        Product("3", "安全帽"),
        Product("4", "速快"),  # in no dictionary: cut by chance, or a typo
        Product("5", "甲", brand="骆驼(CAMEL)", category=("户外", "登山鞋/徒步鞋")),
        *(Product(str(number), "毛巾") for number in range(6, 8)),
    )
    assert {phrase.text: phrase.count for phrase in phrases.rare} == {
        "猫粮": 3,  # two characters that the dictionary does not join
        "安全帽": 1,
        "骆驼": 1,
        "登山鞋": 1,
        "徒步鞋": 1,
    }
    assert [phrase.text for phrase in phrases.words] == ["毛巾"]
