"""The titles that queries are told from, with the vectors that the untrained encoder had, kept in a run."""

import io
from collections.abc import Collection
from zipfile import BadZipFile

import numpy as np

from shangsou.errors import TrainingFailed
from training.encoder.base_vectors import EncodedTexts
from training.encoder.run_folder import RunFolder

# Beside those that are learned from. A step with so many of 512 dimensions takes .1 s and 200 MB more.
_MAX_OTHERS = 100_000
_FILE = "titles.npz"


def choose_titles(titles: EncodedTexts, learned: Collection[str], *, seed: int) -> EncodedTexts:
    """Return the titles that are learned from, with a sample of the others."""
    wanted = set(learned)
    others = np.array([row for row, title in enumerate(titles.texts) if title not in wanted], np.int64)
    if len(others) > _MAX_OTHERS:
        others = np.random.default_rng(seed).choice(others, _MAX_OTHERS, replace=False)
    return titles.take(np.union1d(others, titles.rows(sorted(wanted))))


def keep_titles(titles: EncodedTexts, run: RunFolder) -> None:
    """Write titles into their run. Raises `TrainingFailed` where the disk is full."""
    written = io.BytesIO()
    np.savez(written, texts=np.array(titles.texts), vectors=titles.vectors)
    run.write_bytes(_FILE, written.getvalue())


def read_titles(run: RunFolder) -> EncodedTexts | None:
    """Return the titles of a run; None before it has any. Raises `TrainingFailed` for a damaged file."""
    path = run.path / _FILE
    try:
        with np.load(io.BytesIO(path.read_bytes())) as kept:
            return EncodedTexts(kept["texts"].tolist(), kept["vectors"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        raise TrainingFailed(f"{path} cannot be read: {problem}; remove it") from None
