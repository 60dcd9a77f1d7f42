"""Tables that commands write for other programs: CSV, or TSV, of plain values."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from shangsou.errors import UnusableInput


def check_table_name(option: str, path: Path | None, *, or_workbook: bool = False) -> None:
    """Raise `UnusableInput` where the name of a file says that it is no text, nor a workbook that may be."""
    if or_workbook and path is not None and path.suffix.lower() == ".xlsx":
        return
    if path is not None and [one for one in path.suffixes if one != ".gz"][-1:] not in (
        [".csv"],
        [".tsv"],
        [],
    ):
        workbook = ", or .xlsx" if or_workbook else ""
        raise UnusableInput(
            f"{option} {path}: tables are written as .csv or .tsv, packed with .gz{workbook}; name it so"
        )


def table_text(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as text: TSV where the name of its file says so (`.tsv`, `.tsv.gz`), else CSV."""
    text = io.StringIO()
    is_tsv = ".tsv" in path.suffixes
    writer = csv.writer(text, lineterminator="\n", delimiter="\t" if is_tsv else ",")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
