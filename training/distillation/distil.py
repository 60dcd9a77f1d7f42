"""Distilling from texts to a static model in the registry, in a run folder that can be gone on with."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from shangsou.atomic_files import disk_problem
from shangsou.encoding.cosine_fit import MIN_PAIRS
from shangsou.encoding.encoder import Encoder
from shangsou.encoding.registry import RegisteredModel
from shangsou.errors import TrainingFailed, UnusableInput
from shangsou.settings import Settings
from training.distillation.bags import cut_into_bags
from training.distillation.contrastive import ContrastiveOptions, TaughtTexts, contrast
from training.distillation.initial_table import initial_vectors, sif_weights
from training.distillation.static_model import install_static, write_files
from training.distillation.student_figures import nearest_titles, shared_neighbours
from training.distillation.teacher_vectors import teacher_vectors
from training.distillation.texts import DistillingTexts, hash_texts
from training.distillation.units import build_tokenizer, count_units
from training.encoder.installing import check_not_installed, installed_model
from training.encoder.run_folder import RunFolder

# Queries that are not learned from, for the figure and the scale of cosines: its standard error is .005.
_HELD_OUT = 1_000


@dataclass(frozen=True, slots=True)
class DistillingOptions:
    """What determines the result, with teacher and texts."""

    dimensions: int = 256
    epochs: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Distilled:
    """A model that was made."""

    name: str
    units: int
    dimensions: int
    titles: int
    queries: int
    """That were learned from."""
    held_out: int
    """Queries that were not."""
    shared_neighbours: float | None
    """Of the ten titles that the teacher holds nearest to a query held out, the share that the student has
    among its ten; None without any."""


def distil(  # noqa: PLR0913, PLR0917 - what is learned, from whom, and where to
    name: str,
    texts: DistillingTexts,
    teacher: Encoder,
    options: DistillingOptions,
    settings: Settings,
    log: Callable[[str], None],
) -> tuple[Distilled, RegisteredModel]:
    """Make a static model of a teacher and install it in the registry of the home.

    Interrupted and run again it goes on: the teacher's vectors are kept in the run folder as they come, and
    what follows takes a minute or two.

    Parameters
    ----------
    name
        Of the run, and of the model.

    Raises
    ------
    UnusableInput
        The name cannot be one or is taken, the run was begun otherwise, or there are too few titles.
    IndexingFailed, TrainingFailed
        The disk is full.
    EncoderUnavailable
        The teacher fails.
    """
    run = RunFolder(settings.home, name)
    if len(texts.titles) < 2:
        raise UnusableInput(
            f"{len(texts.titles)} different titles to learn from: there is nothing to tell a product from; "
            "index a catalog with more products, or exclude fewer"
        )
    if options.dimensions > teacher.stamp.dimensions:
        raise UnusableInput(
            f"--dimensions {options.dimensions} is more than the {teacher.stamp.dimensions} of "
            f"{teacher.stamp.model}"
        )
    with run.locked():
        parameters = {
            "teacher": teacher.stamp.model,
            "teacher_hash": teacher.stamp.model_hash,
            "titles": len(texts.titles),
            "queries": len(texts.queries),
            "texts_hash": hash_texts(texts.titles, texts.queries),
            **asdict(options),
        }
        result = run.read_result(Distilled)
        if result is None:
            check_not_installed(settings.home, name)
        run.begin(parameters, {})
        model = installed_model(settings.home, name)
        if result is not None and model is not None:
            log(f"the run {name} is complete already; choose another --out-name to distil once more")
            return result, model
        try:
            return _make(run, texts, teacher, options, settings, parameters, log)
        except OSError as problem:
            raise TrainingFailed(
                f"the model was not made: {disk_problem(problem) or problem}; what was encoded is kept: run "
                "the same command again"
            ) from problem


def _make(  # noqa: PLR0913, PLR0917 - as `distil`
    run: RunFolder,
    texts: DistillingTexts,
    teacher: Encoder,
    options: DistillingOptions,
    settings: Settings,
    parameters: dict[str, object],
    log: Callable[[str], None],
) -> tuple[Distilled, RegisteredModel]:
    titles, queries = texts.titles, texts.queries
    order = np.random.default_rng(options.seed).permutation(len(queries))
    count = min(_HELD_OUT, len(queries) // 10)
    held_out, learned = ([queries[row] for row in sorted(rows)] for rows in (order[:count], order[count:]))
    units = count_units([*titles, *learned], texts.segmenter)
    if not learned:
        log("there are no queries to learn from: units stay as the teacher encodes them; give --queries")
    log(f"{len(units):,} units of {len(titles):,} titles and {len(learned):,} queries")
    # Titles are in the vectors of the home already where the teacher is the model of the index.
    of_titles = teacher_vectors(teacher, titles, settings.home / "vectors", "titles", log)
    folder = run.path / "vectors"
    of_units = teacher_vectors(teacher, list(units), folder, "units", log)
    of_queries = teacher_vectors(teacher, learned, folder, "queries", log)
    of_held_out = teacher_vectors(teacher, held_out, folder, "queries held out", log)

    tokenizer = build_tokenizer(units)
    # Row 0 is what the tokenizer does not know, and stays without a text.
    vectors = np.vstack(
        [
            np.zeros((1, options.dimensions), np.float32),
            initial_vectors(of_units, of_titles, options.dimensions),
        ]
    )
    vectors, weights = contrast(
        vectors,
        sif_weights([0, *units.values()]),
        TaughtTexts(cut_into_bags(tokenizer, learned), of_queries),
        TaughtTexts(cut_into_bags(tokenizer, titles), of_titles),
        ContrastiveOptions(epochs=options.epochs, seed=options.seed),
        log,
    )
    files, student = write_files(run.export, vectors, weights, tokenizer)
    shared = shared_neighbours(student, held_out, titles, of_held_out, of_titles)
    figures = {"share of the teacher's ten nearest titles, of queries held out": shared}
    judging = texts.judging
    if len(judging) < MIN_PAIRS:
        nearest = nearest_titles(of_held_out, of_titles, 1)[:, 0]
        judging = [(query, titles[place]) for query, place in zip(held_out, nearest.tolist(), strict=True)]
    data = {"titles": len(titles), "queries": len(learned), "units": len(units)}
    result = Distilled(
        run.name,
        len(units),
        options.dimensions,
        len(titles),
        len(learned),
        len(held_out),
        shared,
    )
    # Before the installation: a model of a run without a result would be another's, and its name taken.
    run.write_result(result)
    model = install_static(run, files, texts, judging, data, parameters, figures, settings)
    shutil.rmtree(run.export, ignore_errors=True)
    return result, model
