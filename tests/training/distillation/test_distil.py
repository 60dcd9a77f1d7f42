"""A toy teacher distilled: what is installed, what is refused, and what a second run keeps."""

from dataclasses import replace

import numpy as np
import pytest

from shangsou.encoding.encoder import ModelStamp
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.model_card import EventsBehind
from shangsou.encoding.registry import find_model
from shangsou.errors import UnusableInput
from shangsou.settings import Settings
from shangsou.text.segmenter import PACKAGED
from tests.fixtures.trained_models import CARD, install_toy
from training.distillation.distil import DistillingOptions, distil
from training.distillation.texts import DistillingTexts

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
        DistillingTexts(sorted(titles), sorted(queries), PACKAGED),
        teacher,
        DistillingOptions(**{"dimensions": 16} | options),
        Settings(home=home),
        lambda _: None,
    )


def test_colours_and_things_are_as_near_as_the_teacher_finds_them(tmp_path):
    teacher = ToyTeacher()
    run(tmp_path, teacher, queries=[*TITLES, *THINGS])
    static = open_encoder(Settings(home=tmp_path), "small")
    nearest = np.argsort(-(static.encode(THINGS) @ static.encode(TITLES).T), axis=1)[:, : len(COLOURS)]
    for thing, places in zip(THINGS, nearest, strict=True):
        assert {TITLES[place][2:] for place in places} == {thing}


def test_the_card_names_the_teacher_and_the_counts(tmp_path):
    run(tmp_path, ToyTeacher(), queries=["雨伞"])
    card = find_model(tmp_path, "small").card
    assert (card.base, card.base_hash) == ("toy", "0123456789abcdef")
    assert (card.data["titles"], card.data["queries"]) == (12, 1)


def test_a_run_that_was_killed_encodes_nothing_again(tmp_path, monkeypatch):
    monkeypatch.setattr("training.distillation.distil.install_static", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, ToyTeacher())
    monkeypatch.undo()
    teacher = ToyTeacher()
    run(tmp_path, teacher)
    assert teacher.encoded == []


def test_the_same_texts_make_the_same_model_in_any_order(tmp_path):
    _, first = run(tmp_path / "a", ToyTeacher(), TITLES)
    _, second = run(tmp_path / "b", ToyTeacher(), TITLES[::-1])
    assert first.model_hash == second.model_hash


def test_a_single_title_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match="1 different titles"):
        run(tmp_path, ToyTeacher(), ["雨伞"])


def test_without_a_query_log_the_card_says_that_none_was_learned_from(tmp_path):
    found, _ = run(tmp_path, ToyTeacher())
    assert (found.queries, found.held_out, found.shared_neighbours) == (0, 0, None)
    assert "It learned from no queries" in "".join(find_model(tmp_path, "small").card.limits)
    run(tmp_path, ToyTeacher(), queries=TITLES, name="of-queries")
    assert "no queries" not in "".join(find_model(tmp_path, "of-queries").card.limits)


def test_a_tenth_of_the_queries_is_held_out(tmp_path):
    found, _ = run(
        tmp_path, ToyTeacher(), queries=[f"{title}{number}" for title in TITLES for number in range(5)]
    )
    assert (found.queries, found.held_out) == (54, 6)


def test_the_scale_of_cosines_is_fitted_on_queries_held_out_where_the_pairs_are_too_few(
    tmp_path, monkeypatch
):
    seen = []

    def install(_run, _files, _texts, judging, *_):
        seen.append(judging)

    monkeypatch.setattr("training.distillation.distil.install_static", install)
    queries = [f"{title}{number}" for title in TITLES for number in range(90)]
    for name, count in (("few", 99), ("enough", 100)):
        pairs = [("伞", "红色雨伞")] * count
        texts = DistillingTexts(TITLES, queries, PACKAGED, pairs)
        distil(name, texts, ToyTeacher(), DistillingOptions(16), Settings(home=tmp_path), lambda _: None)
    # A tenth of 1,080 queries, each with a title.
    assert (len(seen[0]), seen[1]) == (108, pairs)


def test_events_behind_pairs_and_teacher_are_behind_the_student(tmp_path):
    card = replace(CARD, trained_on_events_until="2026-11-30T00:00:00+00:00")
    install_toy(tmp_path, "teacher", "static", card)
    for name, until, expected in (
        ("a", "2026-11-01", "2026-11-30T00:00:00+00:00"),
        ("b", "2026-12-01", "2026-12-01"),
    ):
        texts = DistillingTexts(TITLES, (), PACKAGED, events=EventsBehind(until, "2026-12-02"))
        options = DistillingOptions(dimensions=4)
        encoder = open_encoder(Settings(home=tmp_path), "teacher")
        distil(name, texts, encoder, options, Settings(home=tmp_path), lambda _: None)
        student = find_model(tmp_path, name).card
        assert student.trained_on_events_until == expected
        # The teacher, of an earlier version, does not say when it was looked up.
        assert student.erasures_known_until == "2026-11-30T00:00:00+00:00"


def test_an_installation_that_was_killed_is_done_again(tmp_path):
    run(tmp_path, ToyTeacher())
    (tmp_path / "models/small/weights.json").unlink()
    _, model = run(tmp_path, ToyTeacher())
    assert model == find_model(tmp_path, "small")


def test_a_run_that_is_killed_once_its_model_is_installed_is_complete(tmp_path, monkeypatch):
    monkeypatch.setattr("training.distillation.distil.shutil", None)
    with pytest.raises(AttributeError):
        run(tmp_path, ToyTeacher())
    monkeypatch.undo()
    teacher = ToyTeacher()
    _, model = run(tmp_path, teacher)
    assert model == find_model(tmp_path, "small")
    assert not teacher.encoded


def test_more_dimensions_than_the_teacher_has_are_refused(tmp_path):
    with pytest.raises(UnusableInput, match="--dimensions 32 is more than the 16 of toy"):
        run(tmp_path, ToyTeacher(), dimensions=32)


def test_a_model_of_the_name_is_not_overwritten(tmp_path):
    install_toy(tmp_path, "small")
    with pytest.raises(UnusableInput, match="none is overwritten"):
        run(tmp_path, ToyTeacher())


def test_a_complete_run_is_left_as_it_is(tmp_path):
    result = run(tmp_path, ToyTeacher())
    teacher = ToyTeacher()
    assert run(tmp_path, teacher) == result
    assert not teacher.encoded


def test_other_texts_under_the_name_of_a_begun_run_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("training.distillation.distil.install_static", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, ToyTeacher())
    with pytest.raises(UnusableInput, match="queries was 0 and is 1"):
        run(tmp_path, ToyTeacher(), queries=["雨伞"])
