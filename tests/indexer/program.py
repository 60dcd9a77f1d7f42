"""The `shangsou` program with an encoder that needs no weights, and with faults to order.

FAULT in the environment is `STAGE:WHAT`: at `encode-N` (the Nth batch), `finish`, `switch`, `update` (before
the index that serves changes) or `state` (before that of an attached index is written) the process kills
itself (`kill`), waits for a line on stdin (`wait`), or may write no larger files any more (`full`).
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

import indexer.attached.state
import indexer.build
import indexer.encoder
from shangsou.cli import main
from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoder import ModelStamp
from shangsou.engines.embedded.store import EmbeddedStore, EmbeddedWriter
from shangsou.engines.engine import GenerationStore
from shangsou.search.service import live_index
from shangsou.search.service.live_index import LiveIndex
from shangsou.settings import Settings

STAGE, _, WHAT = os.environ.get("FAULT", "").partition(":")


def strike(stage: str) -> None:
    if stage != STAGE:
        return
    if WHAT == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif WHAT == "wait":
        sys.stderr.write("waiting\n")
        sys.stderr.flush()
        sys.stdin.readline()
    elif WHAT == "full":
        # A file over the limit fails with EFBIG, as a full disk does with ENOSPC.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


class StrikingEncoder:
    """Encodes a text as a direction of its own."""

    stamp = ModelStamp("offline", "0123456789abcdef", 8, "float32")
    batches = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches += 1
        strike(f"encode-{self.batches}")
        digests = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts)
        vectors = np.frombuffer(digests, np.uint8).reshape(len(texts), 8).astype(np.float32) - 127.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def open_striking_encoder(settings: Settings, store: GenerationStore) -> CachedEncoder:
    return CachedEncoder(StrikingEncoder(), settings.home / "vectors")


def before(stage: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def struck(*arguments: object) -> object:
        strike(stage)
        return method(*arguments)

    return struck


if __name__ == "__main__":
    indexer.build.BATCH_SIZE = 2
    indexer.encoder.open_index_encoder = open_striking_encoder
    EmbeddedWriter.finish = before("finish", EmbeddedWriter.finish)  # type: ignore[method-assign]
    EmbeddedStore.switch = before("switch", EmbeddedStore.switch)  # type: ignore[method-assign]
    LiveIndex.update = before("update", LiveIndex.update)  # type: ignore[method-assign]
    live_index.open_encoder = lambda *_, **__: StrikingEncoder()
    indexer.attached.state.write_state = before("state", indexer.attached.state.write_state)
    main()
