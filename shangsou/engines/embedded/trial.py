"""Temporary copies of a generation with other values of k1 and b, for tuning."""

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from shangsou.engines.embedded.catalog import Catalog
from shangsou.engines.embedded.postings import FILES, PostingsBuilder
from shangsou.engines.embedded.store import STAMP, EmbeddedStore
from shangsou.engines.recipe import recipe_from_json
from shangsou.errors import IndexBusy
from shangsou.manifest import MANIFEST, write_manifest

# Products analysed at a time, the same as in indexing.
_BATCH = 1_024


class TrialIndexes:
    """Builds index folders that hold one generation with other values of k1 and b.

    Only the postings are rewritten; everything else is a hard link to the generation's own files. One trial
    exists at a time. Used as a context manager; leftovers of a killed process are removed by the next one.
    """

    def __init__(self, index: Path, name: str, folder: Path) -> None:
        self._generation = index / name
        self._folder = folder
        self._lock: BinaryIO | None = None
        self._builder: PostingsBuilder | None = None
        self._rows = 0

    def __enter__(self) -> "TrialIndexes":
        self._folder.mkdir(exist_ok=True)
        self._lock = (self._folder / "LOCK").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise IndexBusy(f"another trial of k1 and b is at work in {self._folder}; wait for it") from None
        return self

    def __exit__(self, *exc: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def open_store(self, k1: float, b: float) -> EmbeddedStore:
        """Return an index whose only generation has this k1 and b, replacing the previous trial.

        The first call reads and analyses all products, which takes as long as indexing them without
        encoding.
        """
        index = self._folder / "index"
        shutil.rmtree(index, ignore_errors=True)
        copy = index / self._generation.name
        copy.mkdir(parents=True)
        for path in self._generation.iterdir():
            if path.name not in (*FILES, STAMP, MANIFEST):
                os.link(path, copy / path.name)
        builder = self._builder = self._builder or self._build_postings()
        builder.write(copy, rows=self._rows, k1=k1, b=b)
        stamp = json.loads((self._generation / STAMP).read_text("utf-8"))
        stamp["recipe"] |= {"k1": k1, "b": b}
        (copy / STAMP).write_text(json.dumps(stamp, ensure_ascii=False), "utf-8")
        write_manifest(copy)
        (index / "CURRENT").write_text(self._generation.name + "\n", "utf-8")
        return EmbeddedStore(index)

    def _build_postings(self) -> PostingsBuilder:
        recipe = json.loads((self._generation / STAMP).read_text("utf-8"))["recipe"]
        catalog, builder = Catalog(self._generation), PostingsBuilder(recipe_from_json(recipe).segmenter)
        self._rows = len(catalog.ids)
        for start in range(0, self._rows, _BATCH):
            rows = range(start, min(start + _BATCH, self._rows))
            builder.add_products(start, catalog.products(rows))
        return builder
