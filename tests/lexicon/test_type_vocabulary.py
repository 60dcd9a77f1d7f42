"""The words for types: which phrases of titles look like one, and how often they are counted."""

from shangsou.lexicon.type_vocabulary import VocabularyLearner, leaf_words, node_words
from shangsou.text.segmenter import PACKAGED


def learned(*titles: str) -> VocabularyLearner:
    """Learn from titles that are written with a bar between words."""
    learner = VocabularyLearner()
    for title in titles:
        learner.add(title.split("|") if title else ())
    return learner


def counts(*titles: str) -> dict[str, tuple[int, int, int]]:
    """Return in how many titles each phrase stands, how many begin with it, and in how many a run ends so."""
    phrases = learned(*titles)._phrases()
    return {phrase.text: (phrase.titles, phrase.starts, phrase.ends) for phrase in phrases if phrase.titles}


def test_a_word_counts_once_in_a_title_and_ends_each_run_of_chinese_words() -> None:
    assert counts("手机| |新款|手机", "手机| |12") == {
        "手机": (2, 2, 2),
        "新款": (1, 0, 0),
        "新款手机": (1, 0, 1),
    }


def test_a_pair_of_words_ends_in_a_character_for_things_and_does_not_cross_a_space() -> None:
    found = counts("蓝牙| |耳机", "蓝牙|耳机|好看")
    assert found["蓝牙耳机"] == (1, 0, 0)
    assert found["蓝牙"] == (2, 2, 1)
    assert found["耳机"] == (2, 0, 1)
    assert "耳机好看" not in found


def test_no_pair_crosses_two_titles() -> None:
    assert counts("蓝牙", "", "耳机") == {"蓝牙": (1, 1, 1), "耳机": (1, 1, 1)}


def test_a_pair_and_a_word_of_the_same_characters_are_one_phrase() -> None:
    assert counts("手机壳", "透明|手机|壳")["手机壳"] == (2, 1, 2)


def test_of_nothing_there_is_no_vocabulary() -> None:
    assert learned().vocabulary((), PACKAGED) == set()
    assert learned("", "").vocabulary((), PACKAGED) == set()


def test_a_brand_is_no_type() -> None:
    learner = learned("苹果|手机", "手机")
    assert {"手机", "苹果手机"} <= learner.vocabulary((), PACKAGED)
    assert learner.vocabulary({"苹果"}, PACKAGED) == {"手机"}


def test_a_category_has_the_words_of_its_name_and_of_those_above_it() -> None:
    path = ("服饰/鞋包", "女装", "连衣裙、裙子")
    assert leaf_words(path) == ("连衣裙", "裙子")
    assert node_words(path) == ("服饰", "鞋包", "女装")
    assert leaf_words(()) == node_words(()) == ()
