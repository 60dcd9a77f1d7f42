"""Phrase features of edits, worked by hand."""

from math import log
from pathlib import Path

import pytest

from shangsou.search.spelling.ngram_edits import Edit
from shangsou.search.spelling.phrase_features import PhraseFeatures
from tests.fixtures.lexicon import build_lexicon


@pytest.fixture
def phrase_features(tmp_path: Path) -> PhraseFeatures:
    """Of 700 phrases that were said: with the 300 for what is none, 1,000."""
    return PhraseFeatures(build_lexicon(tmp_path, {}, {"连衣裙": 600, "手机壳": 100}))


def test_a_corrected_text_is_likelier_as_a_sequence_of_phrases(phrase_features: PhraseFeatures):
    # 连衣裙 is one phrase, 连依裙 three characters that were said 30 times each.
    gain = log(600 / 1000) - 3 * log(30 / 1000)
    features = phrase_features.features("连依裙", [Edit(1, 2, "衣", "sound")])
    assert features.tolist() == [pytest.approx([gain / 5, log(601), 3 * log(601), 0, 0])]


def test_a_text_falls_into_its_likeliest_phrases(phrase_features: PhraseFeatures):
    # 连衣裙 is the same in both; 手机壳 falls apart into 手, 机 and 売.
    gain = log(100 / 1000) - 3 * log(30 / 1000)
    features = phrase_features.features("连衣裙手机売", [Edit(5, 6, "壳", "shape")])
    assert features[0, 0] == pytest.approx(gain / 5)


def test_a_character_that_goes_leaves_a_joint_that_phrases_hold(phrase_features: PhraseFeatures):
    features = phrase_features.features("连衣衣裙", [Edit(2, 3, "", "doubled")])
    assert features[0, 1:].tolist() == pytest.approx([log(601), 3 * log(601), 0, 0])


def test_what_breaks_a_phrase_counts_against_an_edit(phrase_features: PhraseFeatures):
    features = phrase_features.features("连衣裙", [Edit(1, 2, "依", "sound")])
    assert features[0, 0] < 0
    assert features[0, 1:].tolist() == pytest.approx([0, 0, log(601), 3 * log(601)])


def test_nothing_is_familiar_in_a_shop_that_says_nothing(tmp_path: Path):
    silent = PhraseFeatures(build_lexicon(tmp_path, {}))
    assert silent.features("连依裙", [Edit(1, 2, "衣", "sound")]).tolist() == [[0, 0, 0, 0, 0]]
