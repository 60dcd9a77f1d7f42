"""Fine-tuning from a file of pairs to an installed model, in a run folder that can be gone on with."""

import copy
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.registry import RegisteredModel
from shangsou.errors import UnusableInput
from shangsou.settings import Settings
from training.encoder.base_vectors import Encode
from training.encoder.base_weights import BaseEncoder, check_tokenizer, open_base
from training.encoder.blending import blend, choose_blend
from training.encoder.checkpoints import Checkpoint, read_checkpoint
from training.encoder.curves_page import curves_page
from training.encoder.devices import guarded_training, open_device, precision_of_run, surroundings
from training.encoder.export import export_model
from training.encoder.hard_negatives import check_searchable
from training.encoder.installing import (
    check_not_installed,
    encoder_card,
    install_encoder,
    installed_model,
    validation_queries,
)
from training.encoder.options import FineTuningOptions, Resources
from training.encoder.planning import Outline, outline_task, plan_task
from training.encoder.run_folder import Metrics, RunFolder
from training.encoder.train import encode_with, train
from training.encoder.validation import Score, validate
from training.pairs.pair import Pair, hash_pairs, read_pairs

# For asking whether the tokenizer knows the language, and for comparing exported vectors with trained ones.
_MAX_TITLES_FOR_TOKENIZER, _EXPORT_TITLES = 2_000, 64


@dataclass(frozen=True, slots=True)
class Result:
    """What training came to. Figures are mean reciprocal ranks on validation."""

    steps: int
    best_step: int
    """The latest that validation does not tell from the one with the highest MRR."""
    best_mrr: float
    base_mrr: float
    blend: float
    """Share of the trained weights; 0 where each share is worse than the base, and nothing is installed."""
    mrr: float
    """Of the blend."""
    tried: Mapping[str, float]
    """MRR by share."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to train, from what, and on what."""

    pairs_file: Path
    base: str
    name: str
    """Of the run, and of the model that comes of it."""
    options: FineTuningOptions
    resources: Resources


def fine_tune(
    request: Request, settings: Settings, log: Callable[[str], None]
) -> tuple[Result, RegisteredModel | None]:
    """Train a run to its end, from where it was interrupted, and install what is not worse than its base.

    Raises
    ------
    UnusableInput
        There are no pairs or too few products, the base cannot be used, the name is taken, or the run was
        begun otherwise.
    WeightsUnavailable
        The weights of the base are not in the home.
    TrainingFailed
        Memory runs out, the disk is full, the device fails. What was trained is kept.
    """
    import torch

    resources = request.resources
    run = RunFolder(settings.home, request.name)
    pairs = list(read_pairs(request.pairs_file))
    if not pairs:
        raise UnusableInput(f'{request.pairs_file} holds no pairs; make them with "shangsou train pairs"')
    with run.locked():
        torch.set_num_threads(resources.threads)
        device = open_device(resources.device)
        precision = precision_of_run(request.options.precision, device, run)
        options = replace(request.options, precision=precision)
        request = replace(request, options=options)
        result = run.read_result(Result)
        if result is None:
            check_not_installed(settings.home, request.name)
        model = installed_model(settings.home, request.name)
        base = open_base(request.base, settings)
        parameters = _parameters(request, base)
        ran_on = surroundings(device, resources) | {"pairs": request.pairs_file.name}
        if result is None:
            # Before the run is begun: what is refused may be given again otherwise.
            check_tokenizer(base, [pair.title for pair in pairs[:_MAX_TITLES_FOR_TOKENIZER]])
            outline = outline_task(pairs, options)
            if options.hard_negatives and not run.is_begun:
                check_searchable(settings)
            run.begin(parameters, ran_on)
            with guarded_training(run, resources, options.batch_size, device, log):
                base.model.to(device)
                result = _train(base, pairs, outline, request, settings, run, parameters, log)
            run.write_result(result)
        else:
            run.begin(parameters, ran_on)
            if model is not None or not result.blend:
                log(f"the run {run.name} is complete already; choose another --out-name to train once more")
        if result.blend and model is None:
            model = _install(base, pairs, result, request, run, settings, parameters)
    return result, model


def _train(  # noqa: PLR0913, PLR0917 - what was opened, and where to write
    base: BaseEncoder,
    pairs: Sequence[Pair],
    outline: Outline,
    request: Request,
    settings: Settings,
    run: RunFolder,
    parameters: Mapping[str, object],
    log: Callable[[str], None],
) -> Result:
    """Train, and choose the share of the trained weights on validation."""
    task = plan_task(outline, pairs, _untrained(base, settings), request.options, run, settings, log)
    untrained = copy.deepcopy(base.model)
    base_weights = untrained.state_dict()

    def write_page(result: Mapping[str, object] | None = None) -> None:
        run.write_text(
            "curves.html", curves_page(request.name, run.metrics(Metrics), parameters, result or {})
        )

    outcome = train(base.model, untrained, task, request.resources, run, log=log, after_evaluation=write_page)

    def evaluate(weights: Mapping[str, Any]) -> Score:
        base.model.load_state_dict(weights)
        return validate(encode_with(base.model), task.validation)

    log(f"step {outcome.best_step:,} is taken; validation chooses how much of its weights")
    trained = _best_weights(base, run, outcome.best_step)
    chosen = choose_blend(base_weights, trained, evaluate, outcome.base, only=request.options.blend)
    base.model.load_state_dict(base_weights)
    result = Result(
        outcome.steps,
        outcome.best_step,
        outcome.best_mrr,
        outcome.base.mrr,
        chosen.share,
        chosen.mrr,
        {f"{share:g}": mrr for share, mrr in chosen.tried.items()},
    )
    log(
        "MRR by share of the trained weights: "
        + ", ".join(f"{share} {mrr:.4f}" for share, mrr in result.tried.items())
        + f"; less than the standard error of {outcome.base.error:.4f} is no difference"
    )
    write_page(asdict(result))
    return result


def _untrained(base: BaseEncoder, settings: Settings) -> Encode:
    """Return the encoder of the base: as it serves, ten times as fast as torch, where it is one that can.

    Its vectors of titles are in the home already, if it is that of the index.
    """
    if base.graph is None:
        return encode_with(base.model)
    return CachedEncoder(open_encoder(settings, base.name), settings.home / "vectors").encode


def _install(  # noqa: PLR0913, PLR0917 - what was trained, and where it goes
    base: BaseEncoder,
    pairs: Sequence[Pair],
    result: Result,
    request: Request,
    run: RunFolder,
    settings: Settings,
    parameters: Mapping[str, object],
) -> RegisteredModel:
    trained = _best_weights(base, run, result.best_step)
    base.model.load_state_dict(blend(base.model.state_dict(), trained, result.blend))
    base.model.to("cpu")
    files = export_model(base, run.export, [pair.title for pair in pairs[:_EXPORT_TITLES]])
    figures = {
        "validation MRR of the base": round(result.base_mrr, 4),
        "validation MRR": round(result.mrr, 4),
        "share of the trained weights": result.blend,
        "steps": result.best_step,
    }
    card = encoder_card(parameters, pairs, figures, run, settings.home)
    model = install_encoder(files, card, validation_queries(pairs), request.name, settings)
    shutil.rmtree(run.export, ignore_errors=True)
    return model


def _best_weights(base: BaseEncoder, run: RunFolder, step: int) -> dict[str, Any]:
    weights = read_checkpoint(run.checkpoints, step, Checkpoint).weights
    return {name: tensor.to(base.model.device) for name, tensor in weights.items()}


def _parameters(request: Request, base: BaseEncoder) -> dict[str, object]:
    return {
        "base": base.name,
        "base_hash": base.model_hash,
        "pairs_hash": hash_pairs(request.pairs_file),
        **asdict(request.options),
    }
