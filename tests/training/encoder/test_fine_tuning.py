"""Fine-tuning as a whole, on a toy: it learns, goes on where it was interrupted, and installs the model."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from shangsou.encoding.registry import find_model
from shangsou.errors import NoIndex, TrainingFailed, UnusableInput
from shangsou.settings import Settings
from tests.fixtures.full_disk import full_disk
from tests.fixtures.trained_models import install_toy
from tests.training.encoder.toy import toy_pairs, write_pairs
from training.commands.train import train as train_command
from training.encoder import devices, fine_tuning, planning, train
from training.encoder.fine_tuning import Request, Result, fine_tune
from training.encoder.hard_negatives import Found
from training.encoder.installing import install_encoder
from training.encoder.options import FineTuningOptions, Resources
from training.encoder.run_folder import Metrics, RunFolder
from training.encoder.train import learning_rate
from training.encoder.validation import Score

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
OPTIONS = FineTuningOptions(
    loss="ranking",
    epochs=4,
    batch_size=16,
    learning_rate=1e-3,
    evaluate_every=8,
    max_steps=24,
    precision="float32",
)


@pytest.fixture
def request_of(toy_folder: Path, pairs_file: Path):
    def make(name: str = "run", pairs: Path = pairs_file, mini_batch: int = 64, **options) -> Request:
        resources = Resources(device="cpu", mini_batch=mini_batch)
        return Request(pairs, str(toy_folder), name, replace(OPTIONS, **options), resources)

    return make


def run_it(request: Request, settings: Settings) -> tuple[Result, list[Metrics]]:
    result, _ = fine_tune(request, settings, lambda _: None)
    return result, RunFolder(settings.home, request.name).metrics(Metrics)


def interrupt_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Stop a training within a step, as a signal does."""
    real_step = train._step

    def stop(loop, number: int) -> float:
        if number == step:
            raise KeyboardInterrupt
        return real_step(loop, number)

    monkeypatch.setattr(train, "_step", stop)


def test_it_learns_what_shoppers_call_things(request_of, settings: Settings):
    result, metrics = run_it(request_of(), settings)
    # Judged on colours that no pair of training has. Untrained it is near chance.
    assert result.base_mrr < 0.3
    assert result.mrr > 0.6
    assert [point.step for point in metrics] == [0, 8, 16, 24]
    losses = [point.loss for point in metrics[1:]]
    assert losses == sorted(losses, reverse=True)
    folder = settings.home / "runs" / "run"
    assert not (folder / "export").exists()
    assert "占" in (folder / "curves.html").read_text("utf-8")
    assert json.loads((folder / "params.json").read_text())["seed"] == 0


@pytest.mark.parametrize("loss", ["catalog", "ranking", "gist"])
def test_interrupted_and_gone_on_with_it_has_the_same_curve(
    loss: str, request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    result, whole = run_it(request_of("whole", loss=loss), settings)
    with monkeypatch.context() as patch:
        # Three steps after a checkpoint: these are taken again.
        interrupt_at(patch, 11)
        with pytest.raises(KeyboardInterrupt):
            run_it(request_of("interrupted", loss=loss), settings)
    resumed, parts = run_it(request_of("interrupted", loss=loss), settings)
    assert [point.step for point in parts] == [point.step for point in whole]
    assert [point.loss for point in parts[1:]] == pytest.approx([point.loss for point in whole[1:]], abs=1e-4)
    assert [point.mrr for point in parts] == pytest.approx([point.mrr for point in whole], abs=1e-4)
    assert resumed.mrr == pytest.approx(result.mrr, abs=1e-4)


def test_killed_and_gone_on_with_it_has_the_same_curve(toy_folder: Path, pairs_file: Path, tmp_path: Path):
    def start(name: str) -> subprocess.Popen[bytes]:
        options = (
            f"--loss ranking --epochs 9 --batch-size 16 --evaluate-every 2 --max-steps 24 --out-name {name} "
            "--learning-rate 1e-3 --patience 99"
        )
        arguments = ["encoder", "--pairs", pairs_file, "--base", toy_folder, *options.split()]
        return subprocess.Popen(
            [sys.executable, "-c", "from training.commands.train import train; train()", *arguments],
            env=os.environ | {"SHANGSOU_HOME": str(tmp_path), "SHANGSOU_THREADS": "1"},
            stderr=subprocess.PIPE,
        )

    with start("whole") as whole_run:
        _, messages = whole_run.communicate()
        assert whole_run.returncode == 0, messages
    with start("killed") as killed:
        assert killed.stderr is not None
        assert any(line.startswith(b"step 8 ") for line in killed.stderr)
        killed.kill()
    assert killed.returncode == -signal.SIGKILL
    with start("killed") as resumed_run:
        _, messages = resumed_run.communicate()
        assert resumed_run.returncode == 0, messages
    assert b"the process before was killed. If its memory ran out, stop this one" in messages
    assert b"with --mini-batch 8\n" in messages
    assert b"going on from step" in messages
    whole, resumed = (RunFolder(tmp_path, name).metrics(Metrics) for name in ("whole", "killed"))
    assert [point.step for point in resumed] == list(range(0, 25, 2))
    assert [point.mrr for point in resumed] == pytest.approx([point.mrr for point in whole], abs=1e-4)
    assert [point.loss for point in resumed[1:]] == pytest.approx(
        [point.loss for point in whole[1:]], abs=1e-4
    )


@pytest.mark.parametrize("loss", ["catalog", "ranking"])
def test_a_batch_in_parts_is_the_same_batch(loss: str, request_of, settings: Settings):
    _, whole = run_it(request_of("whole", loss=loss, max_steps=8), settings)
    _, parts = run_it(request_of("parts", loss=loss, max_steps=8, mini_batch=5), settings)
    assert parts[1].loss == pytest.approx(whole[1].loss, rel=1e-4)


def score_as(monkeypatch: pytest.MonkeyPatch, module: ModuleType, *scores: float) -> None:
    """Give the evaluations of a module these scores, one after another."""
    coming = iter(scores)
    monkeypatch.setattr(module, "validate", lambda *_: Score(next(coming), error=0.02))


def test_within_the_standard_error_of_the_best_the_latest_step_is_taken_and_worse_ones_end_it(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    # The base, and four evaluations: .59 is within .02 of the highest.
    score_as(monkeypatch, train, 0.5, 0.6, 0.59, 0.57, 0.56)
    result, metrics = run_it(request_of(evaluate_every=2, patience=2), settings)
    assert (result.steps, result.best_step, result.best_mrr) == (8, 4, 0.59)
    assert [point.mrr for point in metrics] == [0.5, 0.6, 0.59, 0.57, 0.56]


def test_what_is_worse_than_its_base_with_each_share_is_not_installed(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    # The base and a step, and the shares.
    score_as(monkeypatch, train, 0.5, 0.5)
    score_as(monkeypatch, fine_tuning, 0.47, 0.46, 0.45, 0.44, 0.43)
    result, _ = run_it(request_of(max_steps=2), settings)
    assert (result.blend, result.mrr) == (0, 0.5)
    assert find_model(settings.home, "run") is None
    assert "比原模型差" in (settings.home / "runs" / "run" / "curves.html").read_text("utf-8")
    score_as(monkeypatch, train, 0.5, 0.5)
    score_as(monkeypatch, fine_tuning, 0.43)
    run_it(request_of("forced", max_steps=2, blend=1.0), settings)
    assert find_model(settings.home, "forced") is not None


def test_the_model_is_installed_with_a_card(request_of, settings: Settings, pairs_file: Path):
    result, model = fine_tune(request_of(max_steps=8), settings, lambda _: None)
    assert model == find_model(settings.home, "run")
    assert model is not None
    assert (model.config.kind, model.config.dimensions, model.config.pooling) == ("onnx", 64, "mean")
    card = model.card
    # Eight things of six colours and five materials; those of two colours judge.
    assert card.data["pairs by split"] == {"train": 160, "validation": 80}
    assert (card.trained_on_events_until, card.erasures_known_until) == ("2026-03-31", "2026-04-02")
    assert card.pairs_hash == hashlib.sha256(pairs_file.read_bytes()).hexdigest()
    assert card.figures["validation MRR"] == round(result.mrr, 4)
    assert card.run_folder == str(settings.home / "runs" / "run")
    # 80 pairs are too few for the scale.
    assert (model.config.cosine_offset, model.config.cosine_factor) == (0, 1)
    assert any("were 80" in limit for limit in card.limits)


def test_events_behind_a_trained_base_are_behind_the_model(request_of, settings: Settings):
    run_it(request_of("first", max_steps=8), settings)
    others = [
        replace(pair, events_until="2026-02-01", erasures_known_until="2026-05-01") for pair in toy_pairs()
    ]
    pairs = write_pairs(settings.home / "others.jsonl", others)
    request = replace(request_of("second", pairs=pairs, max_steps=8, blend=1.0), base="first")
    _, model = fine_tune(request, settings, lambda _: None)
    assert model is not None
    assert (model.card.base, model.card.trained_on_events_until) == ("first", "2026-03-31")
    # Whoever was erased since is in the base.
    assert model.card.erasures_known_until == "2026-04-02"


def test_interrupted_before_it_is_installed_the_same_command_installs_it(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def stop(*_) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fine_tuning, "install_encoder", stop)
        with pytest.raises(KeyboardInterrupt):
            run_it(request_of(max_steps=8), settings)
    assert find_model(settings.home, "run") is None
    interrupt_at(monkeypatch, 0)
    _, model = fine_tune(request_of(max_steps=8), settings, lambda _: None)
    assert model is not None
    assert model == find_model(settings.home, "run")


def test_a_name_that_is_taken_is_refused_before_anything_is_trained(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    install_toy(settings.home, "run")
    interrupt_at(monkeypatch, 0)
    with pytest.raises(UnusableInput, match="there is a model run already"):
        run_it(request_of(), settings)


def test_a_disk_that_fills_at_the_installation_is_named_and_finished_later(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def install_on_full_disk(*arguments):
        with full_disk(1000):
            return install_encoder(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(fine_tuning, "install_encoder", install_on_full_disk)
        with pytest.raises(TrainingFailed, match=r"not installed: .*full.*same command again"):
            run_it(request_of(max_steps=8), settings)
    run_it(request_of(max_steps=8), settings)
    assert find_model(settings.home, "run") is not None


def test_pairs_that_changed_since_a_run_began_are_refused(request_of, settings: Settings, tmp_path: Path):
    pairs = write_pairs(tmp_path / "pairs.jsonl", toy_pairs())
    run_it(request_of(pairs=pairs, max_steps=2), settings)
    write_pairs(pairs, [*toy_pairs(), toy_pairs()[0]])
    with pytest.raises(UnusableInput, match=r"begun otherwise: .*pairs_hash was"):
        run_it(request_of(pairs=pairs, max_steps=2), settings)


def test_a_refused_option_does_not_hold_the_run_to_it(request_of, settings: Settings):
    with pytest.raises(UnusableInput, match="--batch-size"):
        run_it(request_of(batch_size=1_000), settings)
    assert not (settings.home / "runs" / "run" / "params.json").exists()
    assert run_it(request_of(max_steps=2), settings)[0].steps == 2


def test_without_an_index_to_mine_negatives_from_the_run_may_be_trained_without(
    request_of, settings: Settings
):
    with pytest.raises(NoIndex):
        run_it(request_of(hard_negatives=True, max_steps=2), settings)
    assert run_it(request_of(max_steps=2), settings)[0].steps == 2


def test_a_run_goes_on_in_the_precision_that_its_first_device_chose(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    # As a GPU does, and then a CPU that multiplies bfloat16.
    monkeypatch.setattr(devices, "choose_precision", lambda *_: "float32")
    interrupt_at(monkeypatch, 4)
    with pytest.raises(KeyboardInterrupt):
        run_it(request_of(precision="auto", max_steps=8), settings)
    monkeypatch.undo()
    monkeypatch.setattr(devices, "choose_precision", lambda *_: "bfloat16")
    run_it(request_of(precision="auto", max_steps=8), settings)
    assert RunFolder(settings.home, "run").read("params.json")["precision"] == "float32"


@pytest.mark.parametrize(("killed", "now", "advice"), [(16, 16, 8), (16, 64, 8), (16, 8, None), (1, 1, None)])
def test_after_a_kill_a_smaller_batch_is_advised_unless_it_is_taken_already(
    request_of, settings: Settings, killed: int, now: int, advice: int | None
):
    run = RunFolder(settings.home, "run")
    run.path.mkdir(parents=True)
    (run.path / ".training").write_text(str(killed))
    lines: list[str] = []
    fine_tune(request_of(mini_batch=now, batch_size=16, max_steps=2), settings, lines.append)
    advised = [line for line in lines if "was killed" in line]
    assert [line.rpartition(" ")[2] for line in advised] == ([str(advice)] if advice else [])


def test_activations_of_16_bits_learn_as_well(request_of, settings: Settings):
    _, exact = run_it(request_of("exact", precision="float32"), settings)
    result, rounded = run_it(request_of("rounded", precision="bfloat16"), settings)
    assert result.mrr > 0.6
    # Eight bits of mantissa: some .4 % of each value.
    assert [one.loss for one in rounded[1:]] == pytest.approx([one.loss for one in exact[1:]], rel=0.05)
    assert rounded[-1].loss != exact[-1].loss


def test_hard_negatives_are_trained_on(request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    products = sorted({pair.product_id for pair in toy_pairs()})
    search = lambda *_: Found(products, dict.fromkeys(products, 0.5))  # noqa: E731
    monkeypatch.setattr(planning, "live_search", lambda _: nullcontext(search))
    monkeypatch.setattr(fine_tuning, "check_searchable", lambda _: None)
    interrupt_at(monkeypatch, 4)
    with pytest.raises(KeyboardInterrupt):
        run_it(request_of(hard_negatives=True, max_steps=8), settings)
    monkeypatch.undo()
    # Gone on with it has the negatives that it began with: there is no index here.
    result, _ = run_it(request_of(hard_negatives=True, max_steps=8), settings)
    assert result.steps == 8


def test_a_complete_run_is_left_as_it_is(request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    result, _ = run_it(request_of(max_steps=2), settings)
    interrupt_at(monkeypatch, 0)
    assert run_it(request_of(max_steps=2), settings)[0] == result


def test_memory_that_runs_out_within_a_step_names_the_batch_to_try(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes")

    with monkeypatch.context() as patch:
        patch.setattr(train, "loss_of_batch", fail)
        with pytest.raises(TrainingFailed, match="--mini-batch 8"):
            run_it(request_of(), settings)
    # That is no other run.
    assert run_it(request_of(mini_batch=8, max_steps=24), settings)[0].steps == 24


def test_a_loss_that_is_no_number_ends_it(request_of, settings: Settings):
    # Cosines divided by it are no numbers of 32 bits any more.
    with pytest.raises(
        TrainingFailed, match=r"loss of step 1 is (nan|inf): .*--learning-rate below 0\.001 or"
    ):
        run_it(request_of(temperature=1e-40), settings)


def test_a_gradient_that_is_no_number_ends_it_though_the_loss_is_one(request_of, settings: Settings):
    # A loss of some 1e30 has gradients whose squares are no numbers of 32 bits any more.
    with pytest.raises(TrainingFailed, match=r"gradient of step 1 is inf: .*--temperature above 1e-30"):
        run_it(request_of(temperature=1e-30), settings)


def test_bad_pairs_are_refused(request_of, settings: Settings, tmp_path: Path):
    with pytest.raises(UnusableInput, match="holds no pairs"):
        run_it(request_of(pairs=write_pairs(tmp_path / "none.jsonl", [])), settings)
    one = [replace(pair, group=1, title="红棉伞") for pair in toy_pairs()]
    with pytest.raises(UnusableInput, match="the same product"):
        run_it(request_of(pairs=write_pairs(tmp_path / "one.jsonl", one)), settings)


def test_the_rate_rises_over_a_tenth_of_the_steps_and_falls_to_0():
    options = FineTuningOptions(learning_rate=1.0)
    assert [learning_rate(step, 20, options.learning_rate) for step in (0, 1, 2, 11, 19)] == pytest.approx(
        [1 / 2, 1, 1, 9 / 18, 1 / 18]
    )


def test_the_command_prints_what_came_of_it(
    toy_folder: Path, pairs_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHANGSOU_THREADS", "1")
    arguments = (
        f"encoder --pairs {pairs_file} --out-name run --base {toy_folder} --batch-size 16 --max-steps 4"
    )
    ran = CliRunner().invoke(
        train_command, [*arguments.split(), "--blend", "1", "--json"], catch_exceptions=False
    )
    assert ran.exit_code == 0
    printed = json.loads(ran.stdout)
    assert (printed["steps"], printed["blend"]) == (4, 1)
    model = find_model(tmp_path / "home", "run")
    assert model is not None
    assert printed["installed"] == {"model": "run", "model_hash": model.model_hash}
