"""Known queries keep their neighbours while what shoppers call things is learned."""

import copy
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from shangsou.settings import Settings
from tests.training.encoder.toy import COLOURS, MATERIALS, THINGS, toy_pairs, write_pairs
from training.encoder.base_weights import BaseEncoder, open_base
from training.encoder.fine_tuning import Request, fine_tune
from training.encoder.options import FineTuningOptions, LossName, Resources
from training.encoder.retention import Retention, retained_texts, retention_loss
from training.encoder.run_folder import Metrics, RunFolder
from training.encoder.train import encode_with
from training.pairs.pair import Pair

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
# Of no shopper: what titles call things.
WRITTEN = [
    Pair(f"{thing}{colour}", f"w{thing}{colour}", f"{colour}{material}{thing}", 0.01, "written", number)
    for thing in THINGS
    for colour in COLOURS[:4]
    for number, material in enumerate(MATERIALS[:1], 9_000 + ord(thing) * 10 + ord(colour))
]


def test_queries_of_no_shopper_and_titles_are_kept():
    kept = retained_texts([*toy_pairs(), *WRITTEN])
    assert kept is not None
    assert kept.queries == sorted(pair.query for pair in WRITTEN)
    assert {pair.title for pair in WRITTEN} <= set(kept.titles)


def test_where_all_queries_are_typed_nothing_is_kept():
    assert retained_texts(toy_pairs()) is None


def test_the_loss_is_how_far_vectors_turned_in_squared_temperatures(toy: BaseEncoder):
    import torch

    toy.model.eval()
    moved = copy.deepcopy(toy.model)
    words = moved[0].auto_model.embeddings.word_embeddings.weight
    words.data *= torch.linspace(0.5, 1.5, words.shape[1])
    query, title = "伞红", "红棉伞"
    before, now = encode_with(toy.model)([query, title]), encode_with(moved)([query, title])
    expected = (1 - (before * now).sum(axis=1)).sum() / 0.02**2
    assert expected > 0.1
    loss = retention_loss(moved, toy.model, Retention([query], [title]), 0.02, seed=1, step=0)
    assert loss.item() == pytest.approx(expected, rel=1e-2)


# In parts, the loss of a batch computes its gradients by itself, beside those of the retention.
@pytest.mark.parametrize(
    ("loss", "mini_batch"), [("catalog", 16), ("catalog", 4), ("ranking", 16), ("ranking", 4)]
)
def test_known_queries_move_less_with_it(
    toy_folder: Path, settings: Settings, tmp_path: Path, loss: LossName, mini_batch: int
):
    pairs_file = write_pairs(tmp_path / "pairs.jsonl", [*toy_pairs(), *WRITTEN])
    base = open_base(str(toy_folder), settings)
    known = [pair.query for pair in WRITTEN]
    before = encode_with(base.model)(known)

    def movement(weight: float) -> float:
        name = f"retention-{weight:g}"
        options = FineTuningOptions(
            loss=loss, epochs=20, batch_size=16, learning_rate=1e-3, max_steps=96, blend=1.0
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
        now = encode_with(open_base(name, settings).model)(known)
        return float((1 - (before * now).sum(axis=1)).mean())

    assert movement(0.1) < movement(0.0) / 5


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
        return RunFolder(settings.home, name).metrics(Metrics)[1].loss

    assert first_loss(1.0) == pytest.approx(first_loss(1e-6), abs=1e-3)
