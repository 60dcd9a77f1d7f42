"""A vector cache keyed by model and text, so that unchanged text is not encoded again."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from shangsou.atomic_files import enable_wal
from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.errors import IndexingFailed

log = logging.getLogger(__name__)
Vector = NDArray[np.float32]
_Result = TypeVar("_Result")

# Texts encoded before their vectors are written: a killed run loses a few seconds, and the
# encoder still finds texts of one length for its batches.
_WRITE_BATCH = 1_024
# Keys in one statement: below the 999 parameters that the oldest SQLite accepts.
_READ_BATCH = 900
# A vector takes a little over 2 KB: in SQLite's default pages of 4 KB each would waste half a page.
_PAGE_BYTES = 32_768
_MMAP_BYTES = 1 << 30  # read without copies; 74,362 lookups took 1.5 s instead of 2.4 on busy cores
_KEY_BYTES = 16  # two of a billion texts share a key with a probability of 1e-21
_BUSY_TIMEOUT_S = 60.0  # how long to wait while another process writes its vectors


class VectorCache:
    """A cache of the vectors of one model in one precision, in an SQLite file that processes may share.

    A damaged file is deleted with a warning: all of it can be recomputed. Raises `IndexingFailed` if the
    file cannot be written.
    """

    def __init__(self, folder: Path, stamp: ModelStamp) -> None:
        self.path = folder / f"{stamp.model_hash}-{stamp.precision}.sqlite3"
        self._vector_bytes = 4 * stamp.dimensions
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise self._write_error(problem) from problem
        self._run(lambda _: None)

    def get(self, texts: Sequence[str]) -> dict[str, Vector]:
        """Return the cached vectors of texts, by text."""
        return self._run(lambda database: self._read(database, texts))

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Store vectors, all or none."""
        rows = [(_key(text), vector.astype(np.float32).tobytes()) for text, vector in vectors.items()]
        self._run(lambda database: database.executemany("REPLACE INTO vectors VALUES (?, ?)", rows))

    def _read(self, database: sqlite3.Connection, texts: Sequence[str]) -> dict[str, Vector]:
        by_key = {_key(text): text for text in texts}
        keys = list(by_key)
        vectors = {}
        for start in range(0, len(keys), _READ_BATCH):
            batch = keys[start : start + _READ_BATCH]
            placeholders = ",".join("?" * len(batch))
            for key, stored in database.execute(
                f"SELECT key, vector FROM vectors WHERE key IN ({placeholders})",  # noqa: S608 (placeholders alone)
                batch,
            ):
                if len(stored) == self._vector_bytes:
                    vectors[by_key[key]] = np.frombuffer(stored, np.float32)
        return vectors

    def _run(self, operation: Callable[[sqlite3.Connection], _Result]) -> _Result:
        try:
            try:
                with self._open() as database:
                    return operation(database)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as damage:
                log.warning(
                    "%s is damaged (%s); it is begun anew, all texts are encoded again", self.path, damage
                )
                self._remove()
                with self._open() as database:
                    return operation(database)
        except (sqlite3.Error, OSError) as problem:
            raise self._write_error(problem) from problem

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_BUSY_TIMEOUT_S)) as database:
            database.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            database.execute(f"PRAGMA mmap_size = {_MMAP_BYTES}")
            # Concurrent readers and a writer in several processes; consistent after kill -9.
            enable_wal(database, _BUSY_TIMEOUT_S)
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
            )
            with database:
                yield database

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _write_error(self, problem: Exception) -> IndexingFailed:
        return IndexingFailed(
            f"vectors cannot be kept in {self.path}: {problem}; free some space there or set SHANGSOU_HOME "
            "to another disk, and run it again"
        )


class CachedEncoder:
    """An encoder that asks its cache first. `encoded` and `cached` count texts since it was made."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.stamp = encoder.stamp
        self.encoded = 0
        self.cached = 0
        self._encoder = encoder
        self._cache = VectorCache(folder, encoder.stamp)
        self._counts_lock = Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the texts' vectors; each distinct text that is not cached is encoded once and stored."""
        vector_by_text = self._cache.get(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in vector_by_text]
        for start in range(0, len(missing), _WRITE_BATCH):
            batch = missing[start : start + _WRITE_BATCH]
            new_vectors = dict(zip(batch, self._encoder.encode(batch), strict=True))
            self._cache.put(new_vectors)
            vector_by_text |= new_vectors
        with self._counts_lock:
            self.encoded += len(missing)
            self.cached += len(texts) - len(missing)
        vectors = np.empty((len(texts), self.stamp.dimensions), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = vector_by_text[text]
        return vectors


def _key(text: str) -> bytes:
    # Catalogs may hold lone surrogates, which UTF-8 cannot encode.
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()
