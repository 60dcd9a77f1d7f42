"""Characters that are confused with one another."""

import pytest

from shangsou.lexicon.confusions import LIKENESSES, Confusions, character_shapes, near_sounds

SOUNDS = {
    "依": ["yi"],
    "衣": ["yi"],
    "因": ["yin"],
    "英": ["ying"],
    "诜": ["shen"],
    "洗": ["xi"],
    "裙": ["qun"],
}
SHAPES = {"依": "亻衣", "衣": "衣", "因": "囗大", "诜": "讠先", "洗": "氵先"}


def alternatives(written: str) -> dict[str, str]:
    chars, likenesses = Confusions(SOUNDS, SOUNDS, SHAPES).of(written)
    return {
        chr(char): LIKENESSES[likeness]
        for char, likeness in zip(chars.tolist(), likenesses.tolist(), strict=True)
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("依", {"衣": "sound and shape"}),  # yi, and 依 holds 衣
        ("因", {"英": "near sound"}),  # yin, ying
        ("诜", {"洗": "shape"}),  # both hold 先
        ("裙", {}),
        ("鑫", {}),  # nothing is known of it
    ],
)
def test_characters_that_sound_or_look_alike_are_confused(written: str, expected: dict[str, str]):
    assert alternatives(written) == expected


def test_characters_with_a_part_that_many_have_do_not_look_much_alike():
    # 先 is a part of two characters here, 氵 of a hundred.
    watery = {"泡": "氵包"} | {chr(ord("鱼") + number): "氵" for number in range(100)}
    confusions = Confusions([*SHAPES, *watery], SOUNDS, SHAPES | watery)
    assert confusions.look_much_alike("诜", "洗")
    assert confusions.look_much_alike("依", "衣")
    assert not confusions.look_much_alike("洗", "泡")


def test_a_letter_may_be_any_other():
    assert sorted(alternatives("d")) == list("abcefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("sound", "expected"),
    [("si", {"shi"}), ("zhen", {"zen", "zheng", "zeng"}), ("lan", {"nan", "lang", "nang"}), ("e", set())],
)
def test_sounds_that_many_do_not_tell_apart_are_near(sound: str, expected: set[str]):
    assert near_sounds(sound) == expected


def test_the_parts_of_characters_are_known():
    assert character_shapes("洗a")["洗"].endswith("先")
    assert "a" not in character_shapes("洗a")
