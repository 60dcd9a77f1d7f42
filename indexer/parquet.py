"""Read the rows of a Parquet file, with polars (the extra `parquet`)."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shangsou.errors import UnusableInput
from shangsou.reading.files import SourceFile

if TYPE_CHECKING:
    import polars

# Rows in memory at a time: a batch of products with long descriptions stays under 100 MB.
_BATCH = 10_000


def parquet_shape(file: SourceFile) -> tuple[list[str], int]:
    """Return the column names and the number of rows; raises `UnusableInput`."""
    with _frame(file) as frame:
        import polars

        return frame.collect_schema().names(), int(frame.select(polars.len()).collect().item())


def read_parquet(file: SourceFile) -> Iterator[tuple[int, tuple[object, ...]]]:
    """Yield the rows with their numbers from 1."""
    with _frame(file) as frame:
        number = 0
        while True:
            batch = frame.slice(number, _BATCH).collect()
            for row in batch.iter_rows():
                number += 1
                yield number, row
            if batch.height < _BATCH:
                return


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
