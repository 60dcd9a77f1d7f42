"""The generations of an index in Elasticsearch: `NAME-N`, read by the alias `NAME`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.engine import ElasticEngine
from shangsou.engines.elastic.index_reader import IndexReader
from shangsou.engines.elastic.lock import WriterLock
from shangsou.engines.elastic.mapping import DEFAULT_OPTIONS, IndexOptions
from shangsou.engines.elastic.ownership import refuse_foreign
from shangsou.engines.elastic.writer import (
    FORMAT,
    ElasticWriter,
    current_index,
    generation_name,
    read_metas,
)
from shangsou.engines.engine import Generation
from shangsou.engines.generations import find_superseded, pass_over, read_stamp
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import NoIndex, RecipeMismatch, UnusableInput


class ElasticStore:
    """A `GenerationStore` in Elasticsearch. Safe to use from many threads.

    Searches read the alias `name`, live changes write to `name-write`; both point to the current generation.
    """

    def __init__(self, access: ElasticAccess, options: IndexOptions = DEFAULT_OPTIONS) -> None:
        """`access` is closed with the store."""
        self._access, self._name, self._client = access, access.name, access.client
        self._options = options

    def current(self) -> str | None:
        """Return the name of the current generation."""
        current = current_index(self._access)
        return generation_name(self._name, current[0]) if current else None

    def current_key(self) -> str | None:
        """Return what tells the current generation from every other: its index has a UUID."""
        current = current_index(self._access)
        return " ".join(current) if current else None

    def is_marked(self, name: str) -> bool:
        """Return False: Elasticsearch itself has checksums of what it holds."""
        return False

    def generations(self) -> list[Generation]:
        """Return all complete generations that this version can read, newest first."""
        current = self.current()
        with self._access.translate_errors():
            metas = read_metas(self._client, self._name)
        readable = []
        for index, meta in reversed(metas.items()):
            if not meta.get("complete"):
                continue
            try:
                generation = self._generation(index, meta)
            except RecipeMismatch as problem:
                pass_over(index, str(problem))
            else:
                readable.append(replace(generation, current=generation.name == current))
        return readable

    def open(self, name: str | None = None) -> ElasticEngine:
        """Open a generation, by default the current one."""
        current = self.current()
        name = name or current
        if name is None:
            raise self._no_index("no index")
        index = self._index(name)
        with self._access.translate_errors():
            metas = read_metas(self._client, self._name)
        if not metas.get(index, {}).get("complete"):
            raise self._no_index(f"no generation {name}")
        generation = replace(self._generation(index, metas[index]), current=name == current)
        reader = IndexReader(self._access, index, metas[index]["shards"])
        return ElasticEngine(reader, generation, reader.state())

    def writer(
        self, recipe: IndexRecipe, source: str, *, sequence: int = 0, merges: str = ""
    ) -> ElasticWriter:
        """Begin a new generation."""
        draft = Generation("", "", 0, recipe, source, sequence=sequence, merges=merges)
        return ElasticWriter(self._access, draft, self._options)

    def check_writable(self) -> None:
        """Raise `UnusableInput` for a wrong version, and if others have an index under one of our names."""
        self._access.check_version()
        refuse_foreign(self._access)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the writer lock, or raise `IndexBusy`."""
        lock = WriterLock(self._access)
        lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def remove(self, name: str) -> None:
        """Remove a generation, which must not be the current one, with the lock held."""
        with self._access.translate_errors():
            self._client.indices.delete(index=self._index(name), ignore_unavailable=True)

    def switch(self, name: str) -> None:
        """Make a generation current, atomically, and remove the oldest ones."""
        index = self._index(name)
        previous = self.current()
        with self._access.translate_errors():
            metas = read_metas(self._client, self._name)
            if not metas.get(index, {}).get("complete"):
                raise UnusableInput(
                    f'{name} is no generation of {self._location()}; see "shangsou generations"'
                )
            aliases = [self._name, f"{self._name}-write"]
            complete = [name_of_index for name_of_index, meta in metas.items() if meta.get("complete")]
            removals = [
                {"remove": {"index": other, "aliases": aliases, "must_exist": False}}
                for other in complete
                if other != index
            ]
            self._client.indices.update_aliases(
                actions=[*removals, {"add": {"index": index, "aliases": aliases}}]
            )
            names = [generation_name(self._name, name_of_index) for name_of_index in complete]
            for old in find_superseded(names, self.generations(), name, previous):
                self._client.indices.delete(index=self._index(old), ignore_unavailable=True)

    def close(self) -> None:
        """Close the connections; engines opened here cannot search afterwards."""
        self._access.close()

    def _index(self, name: str) -> str:
        return f"{self._name}-{name.removeprefix('gen-')}"

    def _location(self) -> str:
        return f"{self._name} at {self._access.address}"

    def _no_index(self, subject: str) -> NoIndex:
        return NoIndex(f'{subject} of {self._location()}; run "shangsou index FILE" or "shangsou demo"')

    def _generation(self, index: str, meta: dict[str, Any]) -> Generation:
        name = generation_name(self._name, index)
        generation = read_stamp(meta, name, file_format=FORMAT, location=f"of {self._location()}")
        return replace(generation, uid=meta["uid"])
