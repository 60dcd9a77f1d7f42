"""Tables of Parquet files, with polars (the extra `parquet`)."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shangsou.errors import UnusableInput
from shangsou.reading.files import SourceFile
from shangsou.reading.panics import is_panic

if TYPE_CHECKING:
    import polars

# Rows in memory at a time: a batch of products with long descriptions stays under 100 MB.
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A Parquet file as a table; see `indexer.shapes.shape.Table`."""

    source: SourceFile
    header: Sequence[str]
    max_rows: int
    note: str = ""

    def rows(self) -> Iterator[tuple[int, list[object] | str]]:
        """Yield the rows with their numbers from 1."""
        with _frame(self.source) as frame:
            number = 0
            while True:
                batch = frame.slice(number, _BATCH).collect()
                for row in batch.iter_rows():
                    number += 1
                    yield number, list(row)
                if batch.height < _BATCH:
                    return


def open_parquet(file: SourceFile) -> ParquetTable:
    """Return a Parquet file as a table; raises `UnusableInput`."""
    with _frame(file) as frame:
        import polars

        names = frame.collect_schema().names()
        return ParquetTable(file, names, int(frame.select(polars.len()).collect().item()))


@contextmanager
def _frame(file: SourceFile) -> Iterator["polars.LazyFrame"]:
    try:
        import polars
    except ImportError:
        raise UnusableInput(
            f"{file.name}: reading Parquet needs polars; run: pip install 'shangsou[parquet]'"
        ) from None
    try:
        if file.compressed:
            with tempfile.NamedTemporaryFile(suffix=".parquet") as unpacked, file.binary() as packed:
                shutil.copyfileobj(packed, unpacked)
                unpacked.flush()
                yield polars.scan_parquet(Path(unpacked.name))
        else:
            yield polars.scan_parquet(file.path)
    except polars.exceptions.PolarsError as problem:
        raise UnusableInput(f"{file.name}: the Parquet file cannot be read: {problem}") from None
    except OSError as problem:
        raise UnusableInput(f"{file.path}: cannot be read: {problem}; nothing was indexed") from None
    except BaseException as problem:
        if not is_panic(problem):
            raise
        raise UnusableInput(
            f"{file.name}: the Parquet file is damaged or cut off; make or fetch it again"
        ) from None
