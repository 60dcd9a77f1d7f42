"""The lexicons of generations in Elasticsearch, where every server finds that of the index it searches."""

from collections.abc import Sequence
from pathlib import Path

from shangsou.engines.elastic.file_sets import digest_of, open_file_sets
from shangsou.engines.engine import Generation
from shangsou.settings import Settings

# The names of their sets begin with it.
_PREFIX = "lexicon:"


class SharedLexicons:
    """All methods raise `EngineUnavailable`."""

    def __init__(self, settings: Settings) -> None:
        self._sets = open_file_sets(settings)

    def share(self, folder: Path, generation: Generation, kept: Sequence[Generation]) -> None:
        """Store the lexicon of a generation, and remove those of all that are not kept."""
        files = {path.name: path for path in sorted(folder.iterdir())}
        digests = {name: digest_of(path.read_bytes()) for name, path in files.items()}
        name = _set_name(generation)
        self._sets.write(name, digests, lambda file: files[file].read_bytes(), self._sets.read(name))
        names = {_set_name(other) for other in (generation, *kept)}
        self._sets.remove_unused(lambda other: other in names or not other.startswith(_PREFIX))

    def fetch(self, folder: Path, generation: Generation) -> bool:
        """Return whether there is a lexicon of a generation, after copying it into a folder."""
        files = self._sets.read(_set_name(generation))
        for name, digest in files.digests.items() if files else ():
            (folder / name).write_bytes(self._sets.content(digest))
        return files is not None


def _set_name(generation: Generation) -> str:
    # Not by its name, which is given again after an index was deleted by hand.
    return f"{_PREFIX}{generation.uid}"
