"""The `shangsou` program with its own encoders, and with the faults of `tests.indexer.program` to order.

At `encode-N` (the Nth time that texts are encoded), `finish`, `verify`, `lexicon` (before that of the
generation is complete), `switch` and `switched`, and `update` (before the index that serves changes).
"""

from typing import Any

import indexer.build
from shangsou.cli import main
from shangsou.encoding.static import StaticEncoder
from shangsou.engines.embedded.store import EmbeddedStore, EmbeddedWriter
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.service.live_index import LiveIndex
from tests.indexer.program import before, strike

encoded = 0
encode_texts, switch = StaticEncoder.encode, EmbeddedStore.switch


def encode(encoder: StaticEncoder, texts: Any) -> Any:
    global encoded  # noqa: PLW0603 - of the process, as its faults are
    encoded += 1
    strike(f"encode-{encoded}")
    return encode_texts(encoder, texts)


def strike_after_switch(store: EmbeddedStore, name: str) -> None:
    strike("switch")
    switch(store, name)
    strike("switched")


if __name__ == "__main__":
    StaticEncoder.encode = encode  # type: ignore[method-assign]
    EmbeddedWriter.finish = before("finish", EmbeddedWriter.finish)  # type: ignore[method-assign]
    EmbeddedStore.switch = strike_after_switch  # type: ignore[method-assign]
    LexiconStore.complete = before("lexicon", LexiconStore.complete)  # type: ignore[method-assign]
    LiveIndex.update = before("update", LiveIndex.update)  # type: ignore[method-assign]
    indexer.build.verify = before("verify", indexer.build.verify)  # type: ignore[attr-defined]
    main()
