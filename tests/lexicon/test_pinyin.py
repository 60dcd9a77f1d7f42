"""Pinyin of Chinese text."""

from operator import add

import pytest
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from shangsou.lexicon.pinyin import _syllables, character_sounds, romanize, romanize_characters
from shangsou.text.segmenter import PACKAGED

SOUNDS = character_sounds()


@pytest.mark.parametrize(
    ("text", "pinyin", "initials"),
    [
        ("连衣裙", "lianyiqun", "lyq"),
        ("nike鞋", "nikexie", "nikex"),
        ("绿茶", "lvcha", "lc"),
        ("重庆 火锅", "chongqinghuoguo", "cqhg"),  # by the word: 重 alone is zhong
        ("重量", "zhongliang", "zl"),
        ("iphone15", "iphone15", "iphone15"),
        ("", "", ""),
    ],
)
def test_a_text_is_read_word_by_word(text: str, pinyin: str, initials: str):
    assert romanize(text, PACKAGED) == (pinyin, initials)


def test_words_sound_as_pypinyin_has_it_and_what_has_no_sound_stands_for_itself():
    # Its tables are read here instead of by itself; every 50th of its phrases, alone and two together.
    phrases = sorted(PHRASES_DICT)[::50]
    words = [*phrases, *map(add, phrases, phrases[1:]), "t恤", "café咖啡", "长裙,é", "𠮷野家", "㐀"]
    assert [_syllables(word) for word in words] == [lazy_pinyin(word, errors=list) for word in words]


def test_a_typed_text_is_read_character_by_character():
    assert romanize_characters("连yi 裙", SOUNDS) == ("lianyiqun", "lyiq")


def test_a_character_has_all_its_readings_the_usual_first():
    assert SOUNDS["重"][:2] == ("zhong", "chong")
    assert SOUNDS["绿"][0] == "lv"
    assert all(
        reading.isascii() and reading.isalpha() for readings in SOUNDS.values() for reading in readings
    )
