"""Units of a static encoder, and the tokenizer that cuts texts into them."""

from shangsou.text.segmenter import PACKAGED
from training.distillation.units import build_tokenizer, count_units

TEXTS = ("连衣裙", "红色连衣裙", "连衣裙 红色", "红色雨伞")


def test_a_word_of_three_texts_is_a_unit_and_one_of_a_single_text_is_read_as_characters():
    tokenizer = build_tokenizer(count_units(TEXTS, PACKAGED))
    assert tokenizer.encode("红色连衣裙").tokens == ["红色", "连衣裙"]
    assert tokenizer.encode("雨伞").tokens == ["雨", "伞"]


def test_a_common_character_that_no_text_has_is_a_unit():
    assert count_units(TEXTS, PACKAGED)["鹤"] == 0


def test_what_is_no_unit_has_the_id_of_the_unknown():
    tokenizer = build_tokenizer(count_units(TEXTS, PACKAGED))
    assert tokenizer.encode("😀").ids == [0]


def test_the_order_of_texts_changes_no_id():
    first, second = (build_tokenizer(count_units(texts, PACKAGED)) for texts in (TEXTS, TEXTS[::-1]))
    assert first.to_str() == second.to_str()
