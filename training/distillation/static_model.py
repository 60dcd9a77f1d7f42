"""The files of a distilled model, its card and its installation."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shangsou.atomic_files import atomic_write
from shangsou.encoding.installation import StaticFiles, open_static
from shangsou.encoding.registry import RegisteredModel
from shangsou.encoding.static import VECTORS, WEIGHTS, StaticEncoder
from shangsou.encoding.weights import TOKENIZER
from shangsou.settings import Settings
from training.distillation.texts import DistillingTexts
from training.encoder.installing import install_encoder, trained_card
from training.encoder.run_folder import RunFolder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Texts beyond are cut; the longest of 74,362 real titles has 73 tokens of the default model.
_MAX_TOKENS = 256
_LIMITS = (
    "A text is the mean of its words: their order counts nothing, and a negation hardly anything.",
    "Words that neither titles nor queries had are read as single characters.",
)
_NO_QUERIES = "It learned from no queries: its units are as the teacher encodes them."


def write_files(
    folder: Path, vectors: NDArray[np.float32], weights: NDArray[np.float32], tokenizer: "Tokenizer"
) -> tuple[StaticFiles, StaticEncoder]:
    """Write a table of units, each file whole or not at all, and return it with its encoder.

    Vectors are kept in 16 bits. Raises `OSError`.
    """
    folder.mkdir(exist_ok=True)
    files = StaticFiles(folder / VECTORS, folder / WEIGHTS, folder / TOKENIZER, _MAX_TOKENS)
    for path, array in ((files.vectors, vectors.astype(np.float16)), (files.weights, weights)):
        written = io.BytesIO()
        np.save(written, array)
        atomic_write(path, written.getvalue())
    atomic_write(files.tokenizer, tokenizer.to_str().encode())
    return files, open_static(files, folder.parent.name)


def install_static(  # noqa: PLR0913, PLR0917 - what was made, and of what
    run: RunFolder,
    files: StaticFiles,
    texts: DistillingTexts,
    judging: Sequence[tuple[str, str]],
    data: Mapping[str, object],
    parameters: Mapping[str, object],
    figures: Mapping[str, object],
    settings: Settings,
) -> RegisteredModel:
    """Install the files under the name of their run, with a card.

    Parameters
    ----------
    judging
        Queries with titles, by which cosines are brought to the scale of the default model.
    """
    limits = _LIMITS if data["queries"] else (*_LIMITS, _NO_QUERIES)
    card = trained_card(
        str(parameters["teacher"]),
        str(parameters["teacher_hash"]),
        data=data,
        events=texts.events,
        parameters=parameters,
        figures=figures,
        limits=limits,
        pairs_hash=texts.pairs_hash,
        run=run,
        home=settings.home,
    )
    return install_encoder(files, card, judging, run.name, settings)
