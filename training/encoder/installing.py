"""Install a trained encoder in the home, with its card and the scale of its cosines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from shangsou.atomic_files import disk_problem
from shangsou.encoding.cosine_fit import MIN_PAIRS, fit_cosine_scale
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.installation import OnnxFiles, StaticFiles, install_model, open_onnx, open_static
from shangsou.encoding.model_card import EventsBehind, ModelCard
from shangsou.encoding.registry import RegisteredModel, events_behind, find_model, model_folder
from shangsou.errors import TrainingFailed, UnusableInput, WeightsUnavailable
from shangsou.settings import DEFAULT_MODEL, Settings
from training.encoder.run_folder import RunFolder
from training.pairs.pair import Pair, events_of

# For the scale of cosines: their mean is known to .003 then.
_MAX_PAIRS = 1_000
# Of the default model, as its card on the model hub states it.
_DEFAULT_LICENCE = "MIT"
_NOT_GATED = "The figures are of the pairs that chose when to stop; what serves was not measured beside it."
_NO_SCALE = "Its cosines count as if they were the default model's"


def install_encoder(
    files: OnnxFiles | StaticFiles,
    card: ModelCard,
    judging: Sequence[tuple[str, str]],
    name: str,
    settings: Settings,
) -> RegisteredModel:
    """Install an exported encoder under a name.

    Its cosines are brought to the scale of the default model by queries with a title each, where there are at
    least 100 of them; the card says so where there are not.

    Parameters
    ----------
    judging
        Queries with the titles that they mean; training saw none of them.

    Raises
    ------
    UnusableInput
        The name is taken, or the encoder has learned nothing.
    TrainingFailed
        The disk is full.
    """
    try:
        scale, limit = _fit_scale(files, judging, name, settings)
        files = replace(files, cosine_offset=scale[0], cosine_factor=scale[1])
        card = replace(card, limits=(*card.limits, *limit))
        return install_model(settings.home, name, files, card)
    except OSError as problem:
        raise TrainingFailed(
            f"{name} was not installed: {disk_problem(problem) or problem}; what was made before is kept in "
            "the folder of the run: run the same command again"
        ) from problem


def installed_model(home: Path, name: str) -> RegisteredModel | None:
    """Return the model of a name; none where its installation was interrupted, which can be done again."""
    return find_model(home, name) if model_folder(home, name).model_hash else None


def check_not_installed(home: Path, name: str) -> None:
    """Raise `UnusableInput` where there is a model of a name."""
    if installed_model(home, name) is not None:
        raise UnusableInput(
            f"there is a model {name} already, and none is overwritten: choose another --out-name"
        )


def validation_queries(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return the queries of the split `validation` with their titles, those that are titles left out."""
    # Training saw nothing of these, and their queries are as shoppers type them.
    return [
        (pair.query, pair.title) for pair in pairs if pair.split == "validation" and pair.query_group is None
    ]


def encoder_card(
    parameters: Mapping[str, object],
    pairs: Sequence[Pair],
    figures: Mapping[str, object],
    run: RunFolder,
    home: Path,
) -> ModelCard:
    """Return the card of an encoder that was fine-tuned on pairs.

    Parameters
    ----------
    parameters
        Of its run, as `params.json` has them.
    figures
        Of its validation.
    run
        With parameters, curves and checkpoints.
    home
        With the base, where that was trained too: the events behind it are behind this one.

    Raises
    ------
    WeightsUnavailable, UnusableInput
        The base is incomplete, or its card cannot be read.
    """
    return trained_card(
        str(parameters["base"]),
        str(parameters["base_hash"]),
        data={
            "pairs by split": dict(sorted(Counter(pair.split for pair in pairs).items())),
            "pairs by source": dict(sorted(Counter(pair.source for pair in pairs).items())),
            "products": len({pair.product_id for pair in pairs}),
        },
        events=events_of(pairs),
        parameters=parameters,
        figures=figures,
        limits=(_NOT_GATED,),
        pairs_hash=str(parameters["pairs_hash"]),
        run=run,
        home=home,
    )


def trained_card(  # noqa: PLR0913 - what the card says
    base: str,
    base_hash: str,
    *,
    data: Mapping[str, object],
    events: EventsBehind,
    parameters: Mapping[str, object],
    figures: Mapping[str, object],
    limits: tuple[str, ...],
    pairs_hash: str,
    run: RunFolder,
    home: Path,
) -> ModelCard:
    """Return the card of a model that was made from another, its base or teacher.

    Parameters
    ----------
    events
        Those that it was trained on itself.

    Raises
    ------
    WeightsUnavailable, UnusableInput
        The base is incomplete, or its card cannot be read.
    """
    behind = events_behind(home, base, events)
    return ModelCard(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        base=base,
        base_hash=base_hash,
        licences={
            "base": _DEFAULT_LICENCE if base == DEFAULT_MODEL else f"that of {base}",
            "data": "the shop's own catalog, queries and events",
            "result": f"that of the shop, within the licence of {base}",
        },
        data=data,
        trained_on_events_until=behind.until,
        erasures_known_until=behind.erasures_known_until,
        parameters=parameters,
        figures=figures,
        limits=limits,
        pairs_hash=pairs_hash,
        run_folder=str(run.path),
    )


def _fit_scale(
    files: OnnxFiles | StaticFiles, judging: Sequence[tuple[str, str]], name: str, settings: Settings
) -> tuple[tuple[float, float], Sequence[str]]:
    """Return offset and factor of the cosines, and why they could not be fitted."""
    if len(judging) < MIN_PAIRS:
        needed = f"{MIN_PAIRS} queries that training did not see are needed, and there were {len(judging)}."
        return (0.0, 1.0), [f"{_NO_SCALE}: {needed}"]
    try:
        default = open_encoder(settings, DEFAULT_MODEL)
    except WeightsUnavailable:
        return (0.0, 1.0), [
            f"{_NO_SCALE}: the weights of that were not in the home, so none could be compared."
        ]
    order = np.random.default_rng(0).permutation(len(judging))[:_MAX_PAIRS]
    queries, titles = zip(*(judging[row] for row in order), strict=True)
    model = open_static(files, name) if isinstance(files, StaticFiles) else open_onnx(files, name)
    return fit_cosine_scale(model, default, queries, titles), ()
