"""The titles that queries are told from are kept in the run."""

from importlib.util import find_spec

import numpy as np
import pytest

from shangsou.errors import TrainingFailed, UnusableInput
from shangsou.settings import Settings
from tests.training.encoder.toy import toy_pairs
from training.encoder import kept_titles
from training.encoder.base_vectors import BaseVectors, Encode, EncodedTexts
from training.encoder.base_weights import BaseEncoder
from training.encoder.batches import Example
from training.encoder.kept_titles import choose_titles, read_titles
from training.encoder.options import FineTuningOptions
from training.encoder.planning import outline_task, plan_task
from training.encoder.run_folder import RunFolder
from training.encoder.train import Task, encode_with
from training.pairs.pair import Pair

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


def plan(encode: Encode, settings: Settings, **options) -> Task:
    run = RunFolder(settings.home, "kept")
    with run.locked():
        pairs, wanted = toy_pairs(), FineTuningOptions(batch_size=16, **options)
        outline = outline_task(pairs, wanted)
        return plan_task(outline, pairs, encode, wanted, run, settings, lambda _: None)


def test_a_run_that_goes_on_has_the_same_titles_and_encodes_nothing_again(
    toy: BaseEncoder, settings: Settings
):
    first = plan(encode_with(toy.model), settings)
    second = plan(lambda _: pytest.fail("the base is asked again"), settings)
    assert second.examples == first.examples
    assert first.titles is not None
    assert second.titles is not None
    assert second.titles.titles.texts == first.titles.titles.texts
    assert (second.titles.titles.vectors == first.titles.titles.vectors).all()
    assert second.titles.known_cosine == first.titles.known_cosine


def test_a_damaged_file_is_named(settings: Settings):
    run = RunFolder(settings.home, "damaged")
    with run.locked():
        run.write_bytes("titles.npz", b"PK\x03\x04 cut short")
        with pytest.raises(TrainingFailed, match=r"titles\.npz cannot be read"):
            read_titles(run)


def pair(query: str, title: str, **facts) -> Pair:
    return Pair(query, title, title, 1.0, facts.pop("source", "written"), 0, **facts)


def angle(degrees: float) -> list[float]:
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


def test_of_a_large_catalog_those_that_are_learned_from_are_in_the_sample(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_titles, "_MAX_OTHERS", 2)
    titles = EncodedTexts([f"t{number}" for number in range(9)], np.arange(9, dtype=np.float32)[:, None])
    base = BaseVectors(EncodedTexts(["q"], np.ones((1, 1), np.float32)), titles)
    examples = [Example("q", title, 0, 1.0) for title in ("t8", "t3")]
    chosen = choose_titles([pair("q", "t3")], examples, base, seed=1).titles
    assert len(chosen.texts) == 4
    assert {"t3", "t8"} < set(chosen.texts)
    assert [f"t{value:.0f}" for value in chosen.vectors[:, 0]] == chosen.texts


def test_known_are_queries_in_words_of_the_catalog_where_there_are_any():
    base = BaseVectors(
        EncodedTexts(["typed", "written", "title"], np.array([angle(90), angle(60), angle(0)], np.float32)),
        EncodedTexts(["title"], np.array([angle(0)], np.float32)),
    )
    typed = pair("typed", "title", source="click", shopper_hash="a")
    title = pair("title", "title", source="variant", query_group=1)
    judging = pair("typed", "title", split="test")
    written = pair("written", "title")
    # The cosine of 60 degrees.
    assert choose_titles([typed, title, judging, written], [], base, seed=1).known_cosine == pytest.approx(
        0.5
    )
    assert choose_titles([typed, title], [], base, seed=1).known_cosine == pytest.approx(0.0, abs=1e-6)


def test_hard_negatives_are_refused_where_all_titles_are_negatives(toy: BaseEncoder, settings: Settings):
    with pytest.raises(UnusableInput, match="--hard-negatives goes with --loss ranking or gist"):
        plan(encode_with(toy.model), settings, hard_negatives=True)
