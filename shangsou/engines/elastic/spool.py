"""Documents that wait in a file until what is learned from all of them is known."""

import pickle
from array import array
from tempfile import TemporaryFile

from shangsou.engines.elastic.documents import Source


class Spool:
    """Sources of documents in a temporary file, read again by row."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._starts = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, source: Source) -> None:
        """Append the source of a document."""
        self._starts.append(self._file.tell())
        pickle.dump(source, self._file, pickle.HIGHEST_PROTOCOL)

    def read(self, row: int) -> Source:
        """Return the source of a document; none is added afterwards."""
        self._file.seek(self._starts[row])
        source: Source = pickle.load(self._file)  # noqa: S301 - our own file
        return source

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
