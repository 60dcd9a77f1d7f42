"""Character n-grams as arrays: those that the functions for one text give."""

from shangsou.text.character_arrays import gram_text, split_characters
from shangsou.text.terms import bigrams, characters

TEXTS = ["红色 usb-c 线", "", "!!!", "裙", "\U0001f457\U0001f457裙 红"]


def test_characters_and_bigrams_are_those_of_each_text() -> None:
    split = split_characters(TEXTS)
    grams, texts = split.bigrams()
    for position, text in enumerate(TEXTS):
        runs = characters(text)
        assert [gram_text(code) for code in split.codes[split.texts == position].tolist()] == [*"".join(runs)]
        assert [gram_text(gram) for gram in grams[texts == position].tolist()] == bigrams(runs)


def test_no_text_has_no_characters() -> None:
    assert len(split_characters([]).codes) == 0
    assert len(split_characters([]).bigrams()[0]) == 0
