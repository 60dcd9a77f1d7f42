"""The `shangsou` program with the offline encoder, and with accidents to order.

FAULT in the environment is `STAGE:WHAT`: at `encode-N` (the Nth batch), `finish` or `switch` the process
kills itself (`kill`), waits to be told to go on (`wait`), or finds its files limited to a size (`full`).
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import indexer.encoder
from shangsou.cli import main
from shangsou.encoding.cache import CachedEncoder
from shangsou.engines.embedded.store import EmbeddedStore, EmbeddedWriter
from shangsou.engines.engine import GenerationStore
from shangsou.settings import Settings
from tests.fixtures.core import HashEncoder

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
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))


class StrikingEncoder(HashEncoder):
    batches = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches += 1
        strike(f"encode-{self.batches}")
        return super().encode(texts)


def open_striking_encoder(settings: Settings, store: GenerationStore) -> CachedEncoder:
    return CachedEncoder(StrikingEncoder(), settings.home / "vectors")


def before(stage: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def struck(*arguments: object) -> object:
        strike(stage)
        return method(*arguments)

    return struck


if __name__ == "__main__":
    if STAGE != "weights":
        indexer.encoder.open_index_encoder = open_striking_encoder
    EmbeddedWriter.finish = before("finish", EmbeddedWriter.finish)  # type: ignore[method-assign]
    EmbeddedStore.switch = before("switch", EmbeddedStore.switch)  # type: ignore[method-assign]
    main()
