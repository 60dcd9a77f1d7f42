"""An encoder without weights whose vectors and cosines are the same, bit by bit, on every processor."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import indexer.encoder
import shangsou.search.service.live_index
from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoder import ModelStamp
from shangsou.engines.engine import GenerationStore
from shangsou.settings import Settings

VECTORS_FOLDER = "vectors"
_DIMENSIONS = 64
# Components are multiples of 1/2048, so a product of two is a multiple of 2**-22, and float32 holds sums of
# 64 of them exactly, in whatever order a processor adds. A vector's length is 1 to within a thousandth.
_STEPS = 2048


class AnswersEncoder:
    """Encodes a text as the sum of one direction for each of its characters and pairs of characters.

    It uses no function of ours, so that its vectors stay the same when our code changes.
    """

    stamp = ModelStamp("answers-encoder", "a0a1a2a3a4a5a6a7", _DIMENSIONS, "float32")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = [_vector(text) for text in texts]
        return np.stack(vectors) if vectors else np.empty((0, _DIMENSIONS), np.float32)


@contextmanager
def use_answers_encoder() -> Iterator[None]:
    """Index and search with this encoder, until the block ends."""

    def open_index_encoder(settings: Settings, store: GenerationStore) -> CachedEncoder:
        return CachedEncoder(AnswersEncoder(), settings.home / VECTORS_FOLDER)

    def open_encoder(*_args: object, **_options: object) -> AnswersEncoder:
        return AnswersEncoder()

    with (
        patch.object(indexer.encoder, "open_index_encoder", open_index_encoder),
        patch.object(shangsou.search.service.live_index, "open_encoder", open_encoder),
    ):
        yield


def _vector(text: str) -> NDArray[np.float32]:
    chars = [char for char in text.lower() if not char.isspace()]
    grams = [*chars, *map("".join, pairwise(chars))] or [""]
    total = np.sum([_direction(gram) for gram in grams], axis=0)
    steps: NDArray[np.float32] = np.rint(total * (_STEPS / math.sqrt(int(total @ total)))).astype(np.float32)
    return steps / np.float32(_STEPS)


@cache
def _direction(gram: str) -> NDArray[np.int64]:
    digest = blake2b(gram.encode("utf-8", "replace"), digest_size=_DIMENSIONS).digest()
    return np.frombuffer(digest, np.int8).astype(np.int64)
