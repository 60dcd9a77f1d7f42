"""Distilling from a live index and a query log to a static model in the registry."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shangsou.atomic_files import disk_problem
from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.cosine_fit import MIN_PAIRS, fit_cosine_scale
from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.encoding.installation import StaticFiles, install_model
from shangsou.encoding.model_card import ModelCard
from shangsou.encoding.registry import RegisteredModel, check_name, find_model
from shangsou.encoding.static import VECTORS, WEIGHTS, StaticEncoder
from shangsou.encoding.weights import TOKENIZER
from shangsou.errors import TrainingFailed, UnusableInput
from shangsou.settings import Settings
from shangsou.text.segmenter import Segmenter
from training.distillation.regression import Matrix, mean_matrix, principal_axes, regress, sif_weights
from training.distillation.units import build_tokenizer, count_units
from training.encoder.run_folder import RunFolder

# Texts beyond are cut; the longest of 74,362 real titles has 73 tokens of the default model.
_MAX_TOKENS = 256
# Queries that are not trained on, for the cosines.
_HELD_OUT = 1_000
_ROUNDS = 12
_RIDGE = 0.3


@dataclass(frozen=True, slots=True)
class DistillingOptions:
    """What determines the result, with teacher and texts."""

    dimensions: int = 256
    seed: int = 0


@dataclass(frozen=True, slots=True)
class DistillingTexts:
    """What a teacher is distilled on."""

    titles: Sequence[str]
    """Normalized; those of one text count once."""
    queries: Sequence[str]
    """Normalized; none of them judges."""
    segmenter: Segmenter


@dataclass(frozen=True, slots=True)
class Distilled:
    """A model that was made and installed."""

    name: str
    model_hash: str
    units: int
    dimensions: int
    titles: int
    """Different ones."""
    queries: int
    cosine: float | None
    """Mean of static vectors with those of the teacher, over queries held out; None without any."""


def distil(  # noqa: PLR0913, PLR0917 - what is learned, from whom, and where to
    name: str,
    texts: DistillingTexts,
    teacher: Encoder,
    default: Encoder,
    options: DistillingOptions,
    settings: Settings,
    log: Callable[[str], None],
) -> Distilled:
    """Make a static model of a teacher and install it in the registry of the home.

    Interrupted and run again it goes on: the teacher's vectors are kept in the run folder as they come, and
    what follows takes a minute.

    Parameters
    ----------
    name
        Of the run, and of the model.
    default
        The default model, to whose cosines the scale is fitted.

    Raises
    ------
    UnusableInput
        The name cannot be one or is taken, the run was begun otherwise, or there are too few titles.
    TrainingFailed
        The disk is full.
    """
    check_name(name)
    if find_model(settings.home, name) is not None:
        raise UnusableInput(f"there is a model {name} already, and none is overwritten: choose another name")
    titles = sorted(set(texts.titles))
    queries = sorted(set(texts.queries))
    if len(titles) < 2:
        raise UnusableInput(
            f"the index has {len(titles)} different titles: there is nothing to tell a product from; index "
            "a catalog with more products"
        )
    if options.dimensions > teacher.stamp.dimensions:
        raise UnusableInput(
            f"--dimensions {options.dimensions} is more than the {teacher.stamp.dimensions} of "
            f"{teacher.stamp.model}"
        )
    run = RunFolder(settings.home, name)
    with run.locked():
        parameters = {
            "teacher": teacher.stamp.model,
            "teacher_hash": teacher.stamp.model_hash,
            "titles": len(titles),
            "queries": len(queries),
            "texts_hash": _hash_texts([*titles, "", *queries]),
            **asdict(options),
        }
        run.begin(parameters, {})
        try:
            return _make(run, titles, queries, texts.segmenter, teacher, default, options, settings, log)
        except OSError as problem:
            raise TrainingFailed(
                f"the model was not made: {disk_problem(problem) or problem}; what was encoded is kept: run "
                "the same command again"
            ) from problem


def _make(  # noqa: PLR0913, PLR0917 - as `distil`
    run: RunFolder,
    titles: list[str],
    queries: list[str],
    segmenter: Segmenter,
    teacher: Encoder,
    default: Encoder,
    options: DistillingOptions,
    settings: Settings,
    log: Callable[[str], None],
) -> Distilled:
    rng = np.random.default_rng(options.seed)
    held_out = set(rng.permutation(len(queries))[: min(_HELD_OUT, len(queries) // 10)].tolist())
    judging = [query for number, query in enumerate(queries) if number in held_out]
    learned = [query for number, query in enumerate(queries) if number not in held_out]
    units = count_units([*titles, *learned], segmenter)
    log(f"{len(units):,} units of {len(titles):,} titles and {len(learned):,} queries")
    # Titles are in the vectors of the home already where the teacher is the model of the index.
    of_titles = CachedEncoder(teacher, settings.home / "vectors").encode(titles)
    log("the teacher has encoded the titles")
    kept = CachedEncoder(teacher, run.path / "vectors")
    of_units, of_queries = kept.encode(list(units)), kept.encode(learned)
    log("the teacher has encoded units and queries")
    targets = np.vstack([of_titles, of_queries])
    # All texts of a shop have much in common; without it what tells them apart counts more: +.006 of mean
    # nDCG@10 (docs/training.md). Weighted means keep it out of texts as well, up to their length.
    centre = of_titles.mean(axis=0)
    axes = principal_axes(of_titles - centre, options.dimensions)
    tokenizer = build_tokenizer(units)
    weights = sif_weights([0, *units.values()])
    initial = np.vstack([np.zeros((1, options.dimensions), np.float32), (of_units - centre) @ axes])
    vectors = regress(
        mean_matrix(tokenizer, [*titles, *learned], weights),
        (targets - centre) @ axes,
        initial,
        ridge=_RIDGE,
        rounds=_ROUNDS,
    )
    run.export.mkdir(exist_ok=True)
    np.save(run.export / VECTORS, vectors.astype(np.float16))
    np.save(run.export / WEIGHTS, weights)
    tokenizer.save(str(run.export / TOKENIZER))
    static = StaticEncoder(
        run.export, ModelStamp(run.name, "", options.dimensions, "float32"), max_tokens=_MAX_TOKENS
    )
    cosine = _mean_cosine(static.encode(judging), (kept.encode(judging) - centre) @ axes) if judging else None
    offset, factor, fitted = _cosine_scale(static, default, judging, titles, kept.encode(judging), of_titles)
    files = StaticFiles(
        run.export / VECTORS, run.export / WEIGHTS, run.export / TOKENIZER, _MAX_TOKENS, offset, factor
    )
    card = _card(run, teacher, settings, options, len(titles), len(learned), len(units), cosine, fitted)
    model: RegisteredModel = install_model(settings.home, run.name, files, card)
    result = Distilled(
        run.name, model.model_hash, len(units), options.dimensions, len(titles), len(learned), cosine
    )
    run.write("result.json", asdict(result))
    return result


def _mean_cosine(static: Matrix, teacher: Matrix) -> float:
    lengths = np.maximum(np.linalg.norm(teacher, axis=1), 1e-9)
    return float(((static * teacher).sum(axis=1) / lengths).mean())


def _cosine_scale(  # noqa: PLR0913, PLR0917 - two encoders and what they are compared by
    static: Encoder,
    default: Encoder,
    queries: list[str],
    titles: list[str],
    of_queries: NDArray[np.float32],
    of_titles: NDArray[np.float32],
) -> tuple[float, float, bool]:
    """Return offset and factor by queries that were held out with the title nearest to each, if enough."""
    if len(queries) < MIN_PAIRS:
        return 0.0, 1.0, False
    nearest = [titles[int(np.argmax(of_titles @ vector))] for vector in of_queries]
    offset, factor = fit_cosine_scale(static, default, queries, nearest)
    return offset, factor, True


def _card(  # noqa: PLR0913, PLR0917 - what the card says
    run: RunFolder,
    teacher: Encoder,
    settings: Settings,
    options: DistillingOptions,
    titles: int,
    queries: int,
    units: int,
    cosine: float | None,
    fitted: bool,
) -> ModelCard:
    registered = find_model(settings.home, teacher.stamp.model)
    teacher_card = registered.card if registered is not None else None
    base_licence = teacher_card.licences["result"] if teacher_card else "MIT"
    limits = [
        "a text is the mean of its words: their order counts nothing, and a negation hardly anything",
        "words that neither titles nor queries had are read as single characters",
    ]
    if not fitted:
        limits.append("the scale of its cosines is not known: too few queries were held out")
    return ModelCard(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        base=teacher.stamp.model,
        base_hash=teacher.stamp.model_hash,
        licences={
            "base": base_licence,
            "data": "the shop's own",
            "result": f"{base_licence}; data of the shop",
        },
        data={"titles": titles, "queries": queries, "units": units},
        # Of a teacher that was trained on events, what they were is in its vectors, and so in these.
        trained_on_events_until=teacher_card.trained_on_events_until if teacher_card else "",
        parameters=json.loads(json.dumps(asdict(options))) | {"ridge": _RIDGE, "rounds": _ROUNDS},
        figures={"cosine_with_teacher_on_held_out_queries": cosine},
        limits=tuple(limits),
        run_folder=str(Path("runs") / run.name),
    )


def _hash_texts(texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
