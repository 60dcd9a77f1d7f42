"""Known queries keep their neighbours while what shoppers call things is learned."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shangsou.errors import TrainingFailed
from shangsou.settings import Settings
from tests.training.encoder.toy import COLOURS, MATERIALS, THINGS, toy_pairs, write_pairs
from training.encoder.base_vectors import Encode, EncodedTexts, encode_pairs
from training.encoder.base_weights import BaseEncoder, open_base
from training.encoder.fine_tuning import Request, fine_tune
from training.encoder.options import FineTuningOptions, Resources
from training.encoder.planning import plan_task
from training.encoder.retention import Retention, find_retention, read_retention, retention_loss
from training.encoder.run_folder import RunFolder
from training.encoder.train import Task, encode_with
from training.pairs.pair import Pair

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
# Of no shopper: what titles call things.
WRITTEN = [
    Pair(f"{thing}{colour}", f"w{thing}{colour}", f"{colour}{material}{thing}", 0.01, "written", number)
    for thing in THINGS
    for colour in COLOURS[:4]
    for number, material in enumerate(MATERIALS[:1], 9_000 + ord(thing) * 10 + ord(colour))
]


def test_queries_of_no_shopper_are_kept_with_their_nearest_titles(toy: BaseEncoder):
    kept = _find([*toy_pairs(), *WRITTEN], toy)
    assert kept is not None
    assert sorted(kept.queries.texts) == sorted(pair.query for pair in WRITTEN)
    cosines = kept.queries.vectors @ kept.titles.vectors.T
    # Of 160 titles the nearest 40.
    assert kept.neighbours.shape == (len(WRITTEN), 40)
    assert kept.neighbours[0, 0] == cosines[0].argmax()
    assert (cosines[0] > cosines[0, kept.neighbours[0, 39]]).sum() == 39


def test_where_all_queries_are_typed_nothing_is_kept(toy: BaseEncoder):
    assert _find(toy_pairs(), toy) is None


def test_the_loss_is_the_squared_distance_of_cosines_in_temperatures(toy: BaseEncoder):
    toy.model.eval()
    vectors = encode_with(toy.model)(["伞红", "红棉伞"])
    # One query with one title, whose cosine the base is said to have had .1 lower.
    moved = vectors[0] @ vectors[1] - 0.1
    kept = Retention(
        EncodedTexts(["伞红"], np.array([[moved]], np.float32)),
        EncodedTexts(["红棉伞"], np.ones((1, 1), np.float32)),
        np.zeros((1, 1), np.int64),
    )
    assert retention_loss(toy.model, kept, 0.02, seed=1, step=0).item() == pytest.approx(
        (0.1 / 0.02) ** 2, rel=1e-3
    )


def test_a_run_that_goes_on_keeps_what_it_kept_and_encodes_nothing_again(
    toy: BaseEncoder, settings: Settings
):
    run = RunFolder(settings.home, "kept")

    def plan(encode: Encode) -> Task:
        options = FineTuningOptions(batch_size=16)
        return plan_task([*toy_pairs(), *WRITTEN], encode, options, run, settings, lambda _: None)

    with run.locked():
        first = plan(encode_with(toy.model))
        second = plan(lambda _: pytest.fail("the base is asked again"))
    assert second.examples == first.examples
    assert first.retention is not None
    assert second.retention is not None
    for name in ("queries", "titles"):
        one, other = getattr(first.retention, name), getattr(second.retention, name)
        assert other.texts == one.texts
        assert (other.vectors == one.vectors).all()
    assert (second.retention.neighbours == first.retention.neighbours).all()


def test_a_damaged_retention_is_named(settings: Settings):
    run = RunFolder(settings.home, "damaged")
    with run.locked():
        run.write_bytes("retention.npz", b"PK\x03\x04 cut short")
        with pytest.raises(TrainingFailed, match=r"retention\.npz cannot be read"):
            read_retention(run)


# In parts, the loss of a batch computes its gradients by itself, beside those of the retention.
@pytest.mark.parametrize("mini_batch", [16, 4])
def test_known_queries_move_less_with_it(
    toy_folder: Path, settings: Settings, tmp_path: Path, mini_batch: int
):
    pairs_file = write_pairs(tmp_path / "pairs.jsonl", [*toy_pairs(), *WRITTEN])
    base = open_base(str(toy_folder), settings)
    kept = _find([*toy_pairs(), *WRITTEN], base)
    assert kept is not None

    def movement(weight: float) -> float:
        name = f"retention-{weight:g}"
        options = FineTuningOptions(
            loss="ranking", epochs=20, batch_size=16, learning_rate=1e-3, max_steps=96, blend=1.0
        )
        request = Request(
            pairs_file,
            str(toy_folder),
            name,
            replace(options, retention=weight),
            Resources("cpu", mini_batch),
        )
        result, _ = fine_tune(request, settings, lambda _: None)
        # What shoppers call things is learned all the same.
        assert result.mrr > 0.9
        encode = encode_with(open_base(name, settings).model)
        now = encode(kept.queries.texts) @ encode(kept.titles.texts).T
        before = kept.queries.vectors @ kept.titles.vectors.T
        moved = np.take_along_axis(now - before, kept.neighbours, axis=1)
        return float(np.abs(moved).mean())

    assert movement(1.0) < movement(0.0) / 5


def test_an_encoder_that_has_learned_nothing_yet_has_nothing_to_keep(
    toy_folder: Path, settings: Settings, tmp_path: Path
):
    pairs_file = write_pairs(tmp_path / "pairs.jsonl", [*toy_pairs(), *WRITTEN])

    def first_loss(weight: float) -> float | None:
        name = f"first-step-{weight:g}"
        options = FineTuningOptions(
            batch_size=16, max_steps=1, evaluate_every=1, retention=weight, precision="float32"
        )
        fine_tune(
            Request(pairs_file, str(toy_folder), name, options, Resources("cpu")), settings, lambda _: None
        )
        return RunFolder(settings.home, name).metrics()[1].loss

    assert first_loss(1.0) == pytest.approx(first_loss(0.0), abs=1e-3)


def _find(pairs: list[Pair], base: BaseEncoder) -> Retention | None:
    return find_retention(pairs, encode_pairs(pairs, encode_with(base.model)), seed=1)
