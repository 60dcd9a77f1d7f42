"""The lexicons of generations in Elasticsearch, where every server finds that of the index it searches."""

import json
import logging
from pathlib import Path

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.file_sets import FileSets, digest_of
from shangsou.engines.elastic.writer import read_metas
from shangsou.engines.engine import Generation
from shangsou.errors import EngineUnavailable
from shangsou.settings import Settings

log = logging.getLogger(__name__)
# The names of their sets begin with it.
_PREFIX = "lexicon:"


class SharedLexicons:
    """All methods raise `EngineUnavailable`."""

    def __init__(self, settings: Settings) -> None:
        self._access = ElasticAccess(settings)
        self._sets = FileSets(self._access)

    def share(self, folder: Path, generation: Generation) -> None:
        """Store the lexicon of a generation, and remove those of generations that are gone."""
        files = {path.name: path for path in sorted(folder.iterdir())}
        digests = {name: digest_of(path.read_bytes()) for name, path in files.items()}
        name = _set_name(generation.uid)
        if (
            self._sets.write(name, digests, lambda file: files[file].read_bytes(), self._sets.read(name))
            is None
        ):
            raise EngineUnavailable(
                f"the lexicon of {generation.name} could not be stored at {self._access.address}: its files "
                "were removed or written by another meanwhile; run it again"
            )
        try:
            self._remove_unused()
        except EngineUnavailable as problem:
            # It is tried again with the next one.
            log.warning("old lexicons could not be removed: %s", problem)

    def fetch(self, folder: Path, generation: Generation, stamp_file: str, stamp: object) -> bool:
        """Return whether there is a lexicon of a generation, after copying it into a new folder.

        Not where its stamp is another: a server of another version wrote it.
        """
        files = self._sets.read(_set_name(generation.uid))
        if files is None or stamp_file not in files.digests:
            return False
        if json.loads(self._sets.content(files.digests[stamp_file])) != stamp:
            return False
        folder.mkdir(parents=True, exist_ok=True)
        for name, digest in files.digests.items():
            (folder / name).write_bytes(self._sets.content(digest))
        return True

    def close(self) -> None:
        """Close the connections."""
        self._access.close()

    def _remove_unused(self) -> None:
        with self._access.translate_errors():
            metas = read_metas(self._access.client, self._access.name)
        # Of generations that only another version reads, and of drafts, too.
        names = {_set_name(meta["uid"]) for meta in metas.values()}
        self._sets.remove_unused(lambda name: name in names or not name.startswith(_PREFIX))


def _set_name(uid: str) -> str:
    # Not by its name, which is given again after an index was deleted by hand.
    return f"{_PREFIX}{uid}"
