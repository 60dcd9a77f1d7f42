"""Queries and products of judgements, which no pair may have."""

from collections.abc import Sequence
from pathlib import Path

from relevance.judgements import read_queries, read_table
from relevance.lines import numbered_lines
from shangsou.text.normalize import normalize

# As judgements and catalogs name the column.
_ID_COLUMNS = ("doc_id", "product_id")


def read_query_texts(paths: Sequence[Path]) -> set[str]:
    """Return the queries of files as `shangsou evaluate` reads them, or of plain lists, normalized.

    Raises `UnusableInput` as `read_queries`.
    """
    return {normalize(query.text) for path in paths for query in read_queries(path, needs_qids=False)}


def read_excluded_products(paths: Sequence[Path]) -> set[str]:
    """Return the ids of files: of a column `doc_id` or `product_id`, or an id a line.

    Raises `UnusableInput` for a file that cannot be read.
    """
    return {product for path in paths for product in _read_products(path)}


def _read_products(path: Path) -> set[str]:
    first = next((line for _, line in numbered_lines(path)), "")
    for column in _ID_COLUMNS:
        if column in [name.strip().lower() for name in first.split("\t")]:
            return {row[column] for _, row in read_table(path, (column,), f"a column {column}")}
    return {line.strip() for _, line in numbered_lines(path) if line.strip()}
