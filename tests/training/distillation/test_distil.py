"""A toy teacher distilled: what is installed, what is refused, and what a second run keeps."""

import numpy as np
import pytest

from shangsou.encoding.encoder import ModelStamp
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.registry import find_model
from shangsou.errors import UnusableInput
from shangsou.settings import Settings
from shangsou.text.segmenter import PACKAGED
from training.distillation.distil import DistillingOptions, DistillingTexts, distil

COLOURS, THINGS = "红黄蓝绿", ("雨伞", "连衣裙", "手机壳")
TITLES = tuple(f"{colour}色{thing}" for colour in COLOURS for thing in THINGS)


class ToyTeacher:
    """The sum of a random vector for each character."""

    stamp = ModelStamp("toy", "0123456789abcdef", 16, "float32")

    def __init__(self):
        self.encoded = []

    def encode(self, texts):
        self.encoded += texts
        vectors = np.array(
            [sum(np.random.default_rng(ord(c)).normal(size=16) for c in text) for text in texts], np.float32
        )
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def run(home, teacher, titles=TITLES, queries=(), name="small", **options):
    return distil(
        name,
        DistillingTexts(titles, queries, PACKAGED),
        teacher,
        teacher,
        DistillingOptions(**{"dimensions": 16} | options),
        Settings(home=home),
        lambda _: None,
    )


def test_titles_have_nearly_the_cosines_that_the_teacher_gives_them(tmp_path):
    teacher = ToyTeacher()
    run(tmp_path, teacher)
    static = open_encoder(Settings(home=tmp_path), "small")
    # Compared by cosines, as the axes are others, and without what all titles have in common. All of this
    # teacher's titles are nearly means of their words.
    wanted = teacher.encode(TITLES)
    wanted -= wanted.mean(axis=0)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    vectors = static.encode(TITLES)
    assert np.abs(vectors @ vectors.T - wanted @ wanted.T).mean() < 0.1


def test_the_card_names_the_teacher_and_the_counts(tmp_path):
    run(tmp_path, ToyTeacher(), queries=["雨伞"])
    card = find_model(tmp_path, "small").card
    assert (card.base, card.base_hash) == ("toy", "0123456789abcdef")
    assert (card.data["titles"], card.data["queries"]) == (12, 1)


def test_a_run_that_was_killed_encodes_nothing_again(tmp_path, monkeypatch):
    monkeypatch.setattr("training.distillation.distil.install_model", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, ToyTeacher())
    monkeypatch.undo()
    teacher = ToyTeacher()
    run(tmp_path, teacher)
    assert teacher.encoded == []


def test_the_same_texts_make_the_same_model_in_any_order(tmp_path):
    first = run(tmp_path / "a", ToyTeacher(), TITLES)
    second = run(tmp_path / "b", ToyTeacher(), TITLES[::-1])
    assert first.model_hash == second.model_hash


def test_identical_titles_count_as_one_and_are_refused(tmp_path):
    with pytest.raises(UnusableInput, match="1 different titles"):
        run(tmp_path, ToyTeacher(), ["雨伞"] * 1_000)


def test_more_dimensions_than_the_teacher_has_are_refused(tmp_path):
    with pytest.raises(UnusableInput, match="--dimensions 32 is more than the 16 of toy"):
        run(tmp_path, ToyTeacher(), dimensions=32)


def test_a_model_of_the_name_is_not_overwritten(tmp_path):
    run(tmp_path, ToyTeacher())
    with pytest.raises(UnusableInput, match="none is overwritten"):
        run(tmp_path, ToyTeacher(), queries=["雨伞"])


def test_other_texts_under_the_name_of_a_begun_run_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("training.distillation.distil.install_model", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, ToyTeacher())
    with pytest.raises(UnusableInput, match="queries was 0 and is 1"):
        run(tmp_path, ToyTeacher(), queries=["雨伞"])
