"""The titles that queries compete for are kept in the run."""

from importlib.util import find_spec

import numpy as np
import pytest

from shangsou.errors import TrainingFailed, UnusableInput
from shangsou.settings import Settings
from tests.training.encoder.toy import toy_pairs
from training.encoder import kept_titles
from training.encoder.base_vectors import Encode, EncodedTexts
from training.encoder.base_weights import BaseEncoder
from training.encoder.kept_titles import choose_titles, read_titles
from training.encoder.options import FineTuningOptions
from training.encoder.planning import plan_task
from training.encoder.run_folder import RunFolder
from training.encoder.train import Task, encode_with

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


def plan(encode: Encode, settings: Settings, **options) -> Task:
    run = RunFolder(settings.home, "kept")
    with run.locked():
        return plan_task(
            toy_pairs(), encode, FineTuningOptions(batch_size=16, **options), run, settings, lambda _: None
        )


def test_a_run_that_goes_on_has_the_same_titles_and_encodes_nothing_again(
    toy: BaseEncoder, settings: Settings
):
    first = plan(encode_with(toy.model), settings)
    second = plan(lambda _: pytest.fail("the base is asked again"), settings)
    assert second.examples == first.examples
    assert first.titles is not None
    assert second.titles is not None
    assert second.titles.texts == first.titles.texts
    assert (second.titles.vectors == first.titles.vectors).all()


def test_a_damaged_file_is_named(settings: Settings):
    run = RunFolder(settings.home, "damaged")
    with run.locked():
        run.write_bytes("titles.npz", b"PK\x03\x04 cut short")
        with pytest.raises(TrainingFailed, match=r"titles\.npz cannot be read"):
            read_titles(run)


def test_of_a_large_catalog_those_that_are_learned_from_are_in_the_sample(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_titles, "_MAX_OTHERS", 2)
    titles = EncodedTexts([f"t{number}" for number in range(9)], np.arange(9, dtype=np.float32)[:, None])
    chosen = choose_titles(titles, ["t8", "t3"], seed=1)
    assert len(chosen.texts) == 4
    assert {"t3", "t8"} < set(chosen.texts)
    assert [f"t{value:.0f}" for value in chosen.vectors[:, 0]] == chosen.texts


def test_hard_negatives_are_refused_where_all_titles_are_negatives(toy: BaseEncoder, settings: Settings):
    with pytest.raises(UnusableInput, match="--hard-negatives goes with --loss ranking or gist"):
        plan(encode_with(toy.model), settings, hard_negatives=True)
