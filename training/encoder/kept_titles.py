"""The titles that queries are told from, as the untrained encoder has them, kept in a run."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np

from shangsou.errors import TrainingFailed
from training.encoder.base_vectors import BaseVectors, EncodedTexts
from training.encoder.batches import Example
from training.encoder.run_folder import RunFolder
from training.pairs.pair import Pair

# Beside those that are learned from. A step with so many of 512 dimensions takes .1 s and 200 MB more.
_MAX_OTHERS = 100_000
_FILE = "titles.npz"


@dataclass(frozen=True, slots=True)
class FixedTitles:
    """Titles as the untrained encoder has them, which training does not move."""

    titles: EncodedTexts
    known_cosine: float
    """Mean cosine of queries that it knows with the titles that they mean."""


def choose_titles(
    pairs: Sequence[Pair], examples: Sequence[Example], base: BaseVectors, *, seed: int
) -> FixedTitles:
    """Return the titles that are learned from, with a sample of the others."""
    wanted = {one.title for one in examples}
    others = np.array([row for row, title in enumerate(base.titles.texts) if title not in wanted], np.int64)
    if len(others) > _MAX_OTHERS:
        others = np.random.default_rng(seed).choice(others, _MAX_OTHERS, replace=False)
    titles = base.titles.take(np.union1d(others, base.titles.rows(sorted(wanted))))
    return FixedTitles(titles, _known_cosine(pairs, base))


def keep_titles(fixed: FixedTitles, run: RunFolder) -> None:
    """Write titles into their run. Raises `TrainingFailed` where the disk is full."""
    written = io.BytesIO()
    titles = fixed.titles
    np.savez(written, texts=np.array(titles.texts), vectors=titles.vectors, known_cosine=fixed.known_cosine)
    run.write_bytes(_FILE, written.getvalue())


def read_titles(run: RunFolder) -> FixedTitles | None:
    """Return the titles of a run; None before it has any. Raises `TrainingFailed` for a damaged file."""
    path = run.path / _FILE
    try:
        with np.load(io.BytesIO(path.read_bytes())) as kept:
            titles = EncodedTexts(kept["texts"].tolist(), kept["vectors"])
            return FixedTitles(titles, float(kept["known_cosine"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        raise TrainingFailed(f"{path} cannot be read: {problem}; remove it") from None


def _known_cosine(pairs: Sequence[Pair], base: BaseVectors) -> float:
    """Return the mean cosine of queries in words of the catalog with their titles.

    Without such queries, of those that shoppers typed; without these, of all.
    """
    training = [pair for pair in pairs if pair.split == "train"]
    # The others are titles themselves, which lie nearer to each other than queries to titles.
    queries_alone = [pair for pair in training if pair.query_group is None]
    known = [pair for pair in queries_alone if not pair.shopper_hash] or queries_alone or training
    queries = base.queries.vectors[base.queries.rows([pair.query for pair in known])]
    titles = base.titles.vectors[base.titles.rows([pair.title for pair in known])]
    return float((queries * titles).sum(axis=1).mean())
