"""How Chinese sounds."""

import pytest

from shangsou.lexicon.pinyin import character_sounds, read_aloud, read_characters

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
    assert read_aloud(text) == (pinyin, initials)


def test_a_typed_text_is_read_character_by_character():
    assert read_characters("连yi 裙", SOUNDS) == ("lianyiqun", "lyiq")


def test_a_character_has_all_its_readings_the_usual_first():
    assert SOUNDS["重"][:2] == ("zhong", "chong")
    assert SOUNDS["绿"][0] == "lv"
    assert all(
        reading.isascii() and reading.isalpha() for readings in SOUNDS.values() for reading in readings
    )
