"""Segmentation with and without a shop's own words."""

import pickle

from shangsou.text.segmenter import PACKAGED, Segmenter, _open
from shangsou.text.terms import words

OWN = Segmenter("国产机 100000 n\n奶酪魔方 1 nz")


def test_a_word_of_the_shop_is_cut_whole_with_the_shorter_words_inside_it() -> None:
    assert words("百吉福奶酪魔方", PACKAGED) == ["百吉福", "奶酪", "魔方"]
    assert words("百吉福奶酪魔方", OWN) == ["百吉福", "奶酪", "魔方", "奶酪魔方"]


def test_a_frequent_word_cuts_a_known_word_next_to_it() -> None:
    assert PACKAGED.cut("国产机器") == ["国产", "机器"]
    assert OWN.cut("国产机器") == ["国产机", "器"]


def test_a_word_of_the_shop_has_its_tag() -> None:
    assert OWN.tag("奶酪魔方") == [("奶酪魔方", "nz")]


def test_segmenters_of_several_dictionaries_stand_side_by_side() -> None:
    other = Segmenter("酪魔 100000 n")
    for _ in range(2):
        assert OWN.cut("奶酪魔方") == ["奶酪魔方"]
        assert other.cut("奶酪魔方") == ["奶", "酪魔", "方"]
        assert PACKAGED.cut("奶酪魔方") == ["奶酪", "魔方"]


def test_a_segmenter_is_the_same_in_another_process() -> None:
    copy = pickle.loads(pickle.dumps(OWN))
    assert copy == OWN
    assert copy.dictionary is OWN.dictionary


def test_no_more_dictionaries_are_kept_open_than_a_switch_needs() -> None:
    for frequency in range(1, 6):
        assert Segmenter(f"奶酪魔方 {frequency} n").cut("奶酪魔方") == ["奶酪魔方"]
    assert _open.cache_info().currsize == 3
