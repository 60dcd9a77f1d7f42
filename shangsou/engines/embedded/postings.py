"""BM25 postings as arrays: the rows that hold a term, and its impact in each.

The impacts are computed when the index is built (BM25 as Lucene has it; "eager scoring", Lù 2024), so
that a search only adds them up, over every product, without pruning.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.field_terms import (
    CoverageBuilder,
    FieldBuilder,
    FieldTerms,
    GramsBuilder,
    WordsBuilder,
)
from shangsou.engines.fields import COVERAGE_FIELD, COVERAGE_K1, TEXTS, analysed_texts
from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import Product
from shangsou.text.segmenter import Segmenter

FILES = ("terms.npy", "starts.npy", "ends.npy", "rows.npy", "impacts.npy")


class PostingsBuilder:
    """Collects the terms of documents, row by row."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._words: defaultdict[str, WordsBuilder] = defaultdict(WordsBuilder)
        self._grams: defaultdict[str, GramsBuilder] = defaultdict(GramsBuilder)
        self._coverage = CoverageBuilder()

    def add_products(self, row: int, products: Iterable[Product]) -> None:
        """Add all terms of products, those of `document_terms`, whose rows begin at `row`."""
        for product_row, product in enumerate(products, row):
            texts = analysed_texts(product, self._segmenter)
            for name, text in texts.items():
                self.add(product_row, f"{name}.words", text.words)
                self._grams[f"{name}.grams"].add(product_row, text.normalized)
            title, *others = (texts[name].normalized if name in texts else "" for name in TEXTS)
            self._coverage.add(product_row, title, "".join(others))

    def add(self, row: int, field: str, terms: Sequence[str]) -> None:
        """Add the terms of one field of the document at `row`, with repetitions. Rows ascend."""
        self._words[field].add(row, terms)

    def write(self, folder: Path, *, rows: int, k1: float, b: float) -> None:
        """Write the postings of all fields into a folder."""
        builders: dict[str, FieldBuilder] = {COVERAGE_FIELD: self._coverage, **self._grams, **self._words}
        parts = [
            _field_postings(field, terms, rows=rows, k1=k1, b=b)
            for field, builder in builders.items()
            if len((terms := builder.terms()).rows)
        ]
        keys = np.concatenate([part[0] for part in parts] or [np.empty(0, np.uint64)])
        doc_freq = np.concatenate([part[1] for part in parts] or [np.empty(0, np.int64)])
        by_key = np.argsort(keys, kind="stable")
        if np.any(np.diff(keys[by_key]) == 0):
            # 64 bits: for a million terms a collision has odds of one in 37 million.
            raise ValueError("two terms share a hash; change text_key")
        # Postings stay in field order; the sorted keys point into them. One extra entry, without
        # postings, serves lookups past the end.
        ends = np.cumsum(doc_freq)
        np.save(folder / "terms.npy", np.append(keys[by_key], np.uint64(0)))
        np.save(folder / "starts.npy", np.append((ends - doc_freq)[by_key], 0))
        np.save(folder / "ends.npy", np.append(ends[by_key], 0))
        np.save(folder / "rows.npy", np.concatenate([part[2] for part in parts] or [np.empty(0, np.int32)]))
        np.save(
            folder / "impacts.npy", np.concatenate([part[3] for part in parts] or [np.empty(0, np.float32)])
        )


class Postings:
    """The postings, opened for reading, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._terms: NDArray[np.uint64] = np.load(folder / "terms.npy")
        self._starts: NDArray[np.int64] = load_npy_mmap(folder / "starts.npy")
        self._ends: NDArray[np.int64] = load_npy_mmap(folder / "ends.npy")
        self._rows: NDArray[np.int32] = load_npy_mmap(folder / "rows.npy")
        self._impacts: NDArray[np.float32] = load_npy_mmap(folder / "impacts.npy")

    def find(
        self, fields: Sequence[str], terms: Sequence[str]
    ) -> list[list[tuple[NDArray[np.int32], NDArray[np.float32]]]]:
        """Return for each field and each term its rows (ascending) and impacts; none for an unknown term."""
        term_keys = np.fromiter(map(text_key, terms), np.uint64, len(terms))
        field_keys = np.fromiter(map(text_key, fields), np.uint64, len(fields))
        keys = _posting_keys(field_keys[:, None], term_keys)
        positions = np.searchsorted(self._terms[:-1], keys)
        is_known = self._terms[positions] == keys
        starts = np.where(is_known, self._starts[positions], 0).tolist()
        ends = np.where(is_known, self._ends[positions], 0).tolist()
        return [
            [
                (self._rows[start:end], self._impacts[start:end])
                for start, end in zip(field_starts, field_ends, strict=True)
            ]
            for field_starts, field_ends in zip(starts, ends, strict=True)
        ]


def text_key(text: str) -> int:
    """Return the hash that a term is known by."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _posting_keys(field_keys: NDArray[np.uint64], term_keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the 64-bit keys of the postings of fields' terms."""
    return field_keys ^ term_keys


def _field_postings(
    field: str, terms: FieldTerms, *, rows: int, k1: float, b: float
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Return the keys, document frequencies, rows and impacts of a field."""
    factor = 1.0
    if field == COVERAGE_FIELD:
        k1, b, factor = COVERAGE_K1, 0.0, COVERAGE_K1 + 1
    doc_freq = np.bincount(terms.numbers, minlength=len(terms.names)).astype(np.int64)
    lengths_by_row = np.bincount(terms.rows, terms.frequencies, minlength=rows).astype(np.int64)

    # As in Lucene, the statistics of a field cover the documents that have the field.
    doc_rows = np.flatnonzero(lengths_by_row)
    lengths = lengths_by_row[doc_rows]
    length_norm = np.zeros(rows)
    length_norm[doc_rows] = k1 * (1 - b + b * _lucene_lengths(lengths) / lengths.mean())
    idf = np.log1p((len(doc_rows) - doc_freq + 0.5) / (doc_freq + 0.5))
    impacts = factor * idf[terms.numbers] * terms.frequencies
    impacts /= terms.frequencies + length_norm[terms.rows]

    term_keys = np.fromiter(map(text_key, terms.names), np.uint64, len(terms.names))
    keys = _posting_keys(np.array([text_key(field)], np.uint64), term_keys)
    return keys, doc_freq, terms.rows.astype(np.int32), impacts.astype(np.float32)


def _lucene_lengths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return field lengths rounded down as Lucene's one-byte norms are, so that both engines score alike.

    Exact up to 40; above 24, only the four highest bits are kept (Lucene's SmallFloat.intToByte4).
    """
    over = np.maximum(lengths - 24, 1)
    shift = np.maximum(np.floor(np.log2(over)).astype(np.int64) - 3, 0)
    return np.where(lengths < 40, lengths, 24 + (over >> shift << shift))
