"""Static encoders: a text is the weighted mean of the vectors of its units, by numpy alone."""

import json
from collections.abc import Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.encoder import ModelStamp
from shangsou.errors import EncoderUnavailable, WeightsUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

VECTORS, WEIGHTS = "vectors.npy", "weights.npy"
# Texts whose rows are looked up together: those of 64 titles, 1 MB of 256 dimensions, stay in the processor's
# cache. 256 texts together took 4 % longer, one by one 40 %.
_BLOCK = 64
# Texts that are cut into units together, by all threads of the tokenizer.
_BATCH = 8_192


class StaticEncoder:
    """An encoder that looks its units up in a table (Model2Vec, Tulkens and van Dongen 2024).

    A text without any known unit gets the vector that all such texts have, the same in every dimension: rows
    have length 1, which nothing that is encoded to zeros could have.

    Parameters
    ----------
    folder
        Holds `tokenizer.json`, whose ids are rows; `vectors.npy`, shape (units, dimensions), float32 or
        float16; and `weights.npy`, shape (units,).
    max_tokens
        Texts are truncated here.

    Raises
    ------
    WeightsUnavailable
        A file is missing, or the table does not fit tokenizer, weights or stamp.
    """

    def __init__(self, folder: Path, stamp: ModelStamp, *, max_tokens: int) -> None:
        from tokenizers import Tokenizer

        self.stamp = stamp
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            # Mapped, so that the processes of a server share one copy.
            self._vectors: NDArray[np.floating] = np.load(folder / VECTORS, mmap_mode="r")
            self._weights = _read_weights(folder / WEIGHTS, len(self._vectors))
        except Exception as problem:  # tokenizers raises bare Exceptions
            raise WeightsUnavailable(
                f"{folder} cannot be read: {problem}; copy the model's folder again, or train it again"
            ) from problem
        self._check_table(folder)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._unknown = _unknown_unit(self._tokenizer)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the texts' vectors, shape (len(texts), dimensions), rows of length 1."""
        vectors = np.zeros((len(texts), self.stamp.dimensions), np.float32)
        try:
            for first in range(0, len(texts), _BATCH):
                self._write_sums(list(texts[first : first + _BATCH]), vectors[first : first + _BATCH])
        except Exception as problem:  # see above
            raise EncoderUnavailable(f"{self.stamp.model} failed: {problem}") from problem
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[lengths[:, 0] == 0] = 1
        lengths[lengths == 0] = np.sqrt(self.stamp.dimensions)
        vectors /= lengths
        return vectors

    def _write_sums(self, texts: list[str], vectors: NDArray[np.float32]) -> None:
        """Write the weighted sums of units into the rows of texts; each sum is calculated by itself."""
        units, starts = cut_into_units(self._tokenizer, texts, self._unknown)
        for first in range(0, len(texts), _BLOCK):
            bounds = starts[first : first + _BLOCK + 1].tolist()
            of_block = units[bounds[0] : bounds[-1]]
            rows = self._vectors[of_block].astype(np.float32, copy=False)
            weights = self._weights[of_block]
            places = [bound - bounds[0] for bound in bounds]
            for row, (begin, end) in enumerate(pairwise(places), first):
                # Not one sum over the block, whose rounding would depend on the other texts.
                np.matmul(weights[begin:end], rows[begin:end], out=vectors[row])

    def _check_table(self, folder: Path) -> None:
        shape, units = self._vectors.shape, self._tokenizer.get_vocab_size()
        if shape != (units, self.stamp.dimensions) or self._vectors.dtype.kind != "f":
            raise WeightsUnavailable(
                f"{folder / VECTORS} holds {self._vectors.dtype} of shape {shape}; the tokenizer and "
                f"encoder.json say floats of shape {(units, self.stamp.dimensions)}"
            )


def cut_into_units(
    tokenizer: "Tokenizer", texts: list[str], unknown: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the units of all texts, one after another without unknown ones, and where each text begins.

    Where the last one ends is the last of the beginnings, which are one more than texts.
    """
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    starts = np.cumsum([0, *map(len, ids)])
    units = np.fromiter(chain.from_iterable(ids), np.int64, starts[-1])
    known = units != (-1 if unknown is None else unknown)
    return units[known], np.concatenate([np.zeros(1, np.int64), np.cumsum(known)])[starts]


def _read_weights(path: Path, units: int) -> NDArray[np.float32]:
    weights: NDArray[np.float32] = np.load(path).astype(np.float32)
    if weights.shape != (units,) or not np.isfinite(weights).all():
        raise ValueError(f"{path.name} has shape {weights.shape} instead of {(units,)}, or is not finite")
    return weights


def _unknown_unit(tokenizer: "Tokenizer") -> int | None:
    """Return the id of what the tokenizer does not know, which says nothing about a text."""
    model = json.loads(tokenizer.to_str())["model"]
    if model.get("unk_id") is not None:  # Unigram
        return int(model["unk_id"])
    name = model.get("unk_token")  # WordPiece, BPE and WordLevel
    return tokenizer.token_to_id(name) if name else None
