"""BM25 postings as arrays: the rows that hold a term, and its impact in each.

The impacts are computed when the index is built (BM25 as Lucene has it; "eager scoring", Lù 2024), so
that a search only adds them up, over every product, without pruning.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.field_terms import (
    CoverageBuilder,
    FieldBuilder,
    FieldTerms,
    GramsBuilder,
    WordsBuilder,
)
from shangsou.engines.fields import COVERAGE_FIELD, COVERAGE_K1, TEXTS, analysed_texts, document_terms
from shangsou.mmap_arrays import NpyWriter, load_npy_mmap
from shangsou.product import Product
from shangsou.text.segmenter import Segmenter

# Postings of which the impacts are computed at a time; some ten megabytes.
_BLOCK_POSTINGS = 1 << 18
FILES = ("terms.npy", "starts.npy", "ends.npy", "rows.npy", "impacts.npy", "fields.json")


Rows = NDArray[np.int32]
Impacts = NDArray[np.float32]


class FieldStatistics(NamedTuple):
    """What BM25 needs to know of a field besides a document."""

    documents: int
    """That have the field."""
    mean_length: float
    """In terms, of these documents."""
    k1: float
    b: float


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
        keys_of_fields, doc_freq_of_fields = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
        statistics_of_fields = {}
        with (
            NpyWriter(folder / "rows.npy", np.int32) as row_file,
            NpyWriter(folder / "impacts.npy", np.float32) as impact_file,
        ):
            for field, builder in builders.items():
                terms = builder.terms()
                if len(terms.rows):
                    lengths = _document_lengths(terms, rows)
                    statistics = statistics_of_fields[field] = _statistics(field, lengths, k1=k1, b=b)
                    keys_of_fields.append(_term_keys(field, terms.names))
                    doc_freq_of_fields.append(terms.doc_freq)
                    row_file.append(terms.rows)
                    for impacts in _field_impacts(field, terms, lengths, statistics):
                        impact_file.append(impacts)
        keys, doc_freq = np.concatenate(keys_of_fields), np.concatenate(doc_freq_of_fields)
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
        (folder / "fields.json").write_text(json.dumps(statistics_of_fields), "utf-8")


class Postings:
    """The postings, opened for reading, memory-mapped.

    `with_products` returns postings with further rows over the same files.
    """

    def __init__(self, folder: Path) -> None:
        self._terms: NDArray[np.uint64] = np.load(folder / "terms.npy")
        self._starts: NDArray[np.int64] = load_npy_mmap(folder / "starts.npy")
        self._ends: NDArray[np.int64] = load_npy_mmap(folder / "ends.npy")
        self._rows: Rows = load_npy_mmap(folder / "rows.npy")
        self._impacts: Impacts = load_npy_mmap(folder / "impacts.npy")
        self._statistics = {
            field: FieldStatistics(*numbers)
            for field, numbers in json.loads((folder / "fields.json").read_text("utf-8")).items()
        }
        self._further: _FurtherPostings | None = None

    def with_products(self, row: int, products: Sequence[Product], segmenter: Segmenter) -> Self:
        """Return postings with further products, whose rows begin at `row`.

        They are scored by the statistics of the generation: a few products change them hardly.
        """
        keys: list[NDArray[np.uint64]] = []
        rows: list[Rows] = []
        impacts: list[Impacts] = []
        for number, product in enumerate(products, row):
            for field, terms in document_terms(product, segmenter).items():
                field_keys, field_impacts = self._impacts_of(field, terms)
                keys.append(field_keys)
                impacts.append(field_impacts)
                rows.append(np.full(len(field_keys), number, np.int32))
        if not keys:
            return self
        changed = copy(self)
        changed._further = _FurtherPostings.merged(
            self._further, np.concatenate(keys), np.concatenate(rows), np.concatenate(impacts)
        )
        return changed

    def find(self, fields: Sequence[str], terms: Sequence[str]) -> list[list[tuple[Rows, Impacts]]]:
        """Return for each field and each term its rows (ascending) and impacts; none for an unknown term."""
        term_keys = np.fromiter(map(text_key, terms), np.uint64, len(terms))
        field_keys = np.fromiter(map(text_key, fields), np.uint64, len(fields))
        keys = _posting_keys(field_keys[:, None], term_keys)
        starts, ends = (positions.tolist() for positions in self._positions(keys))
        found = [
            [
                (self._rows[start:end], self._impacts[start:end])
                for start, end in zip(field_starts, field_ends, strict=True)
            ]
            for field_starts, field_ends in zip(starts, ends, strict=True)
        ]
        if self._further is not None:
            self._further.append_to(found, keys)
        return found

    def _positions(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the postings of each key begin and end; 0 and 0 for an unknown one."""
        positions = np.searchsorted(self._terms[:-1], keys)
        is_known = self._terms[positions] == keys
        return np.where(is_known, self._starts[positions], 0), np.where(is_known, self._ends[positions], 0)

    def _impacts_of(self, field: str, terms: Sequence[str]) -> tuple[NDArray[np.uint64], Impacts]:
        """Return the keys and impacts of the terms of one field of a document."""
        counts = Counter(terms)
        names = list(counts)
        keys = _term_keys(field, names)
        starts, ends = self._positions(keys)
        frequencies = np.fromiter(counts.values(), np.int64, len(names))
        own_length = np.array([len(terms)])
        # A field that no other product has is as long as this one.
        statistics = self._statistics.get(field, FieldStatistics(1, len(terms), 0.0, 0.0))
        impacts = _impacts(
            field, frequencies, ends - starts, _length_norm(own_length, statistics), statistics
        )
        return keys, impacts


class _FurtherPostings(NamedTuple):
    """Postings of further rows: entries by key, then by row."""

    keys: NDArray[np.uint64]
    rows: Rows
    impacts: Impacts

    @classmethod
    def merged(
        cls, earlier: "_FurtherPostings | None", keys: NDArray[np.uint64], rows: Rows, impacts: Impacts
    ) -> "_FurtherPostings":
        """Return the earlier entries, and those of rows behind them."""
        if earlier is not None:
            keys = np.concatenate([earlier.keys, keys])
            rows = np.concatenate([earlier.rows, rows])
            impacts = np.concatenate([earlier.impacts, impacts])
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], rows[order], impacts[order])

    def append_to(self, found: list[list[tuple[Rows, Impacts]]], keys: NDArray[np.uint64]) -> None:
        """Append the entries of keys, shape (fields, terms), to what was found of them before."""
        starts = np.searchsorted(self.keys, keys, side="left")
        ends = np.searchsorted(self.keys, keys, side="right")
        for field, term in np.argwhere(ends > starts).tolist():
            entries = slice(starts[field, term], ends[field, term])
            rows, impacts = found[field][term]
            found[field][term] = (
                np.concatenate([rows, self.rows[entries]]),
                np.concatenate([impacts, self.impacts[entries]]),
            )


def text_key(text: str) -> int:
    """Return the hash that a term is known by."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _posting_keys(field_keys: NDArray[np.uint64], term_keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the 64-bit keys of the postings of fields' terms."""
    return field_keys ^ term_keys


def _term_keys(field: str, names: Sequence[str]) -> NDArray[np.uint64]:
    """Return the keys of the postings of terms of one field."""
    keys = np.fromiter(map(text_key, names), np.uint64, len(names))
    return _posting_keys(np.array([text_key(field)], np.uint64), keys)


def _blocks(terms: FieldTerms) -> Iterator[slice]:
    """Yield where blocks of the postings of a field stand."""
    for start in range(0, len(terms.rows), _BLOCK_POSTINGS):
        yield slice(start, min(start + _BLOCK_POSTINGS, len(terms.rows)))


def _document_lengths(terms: FieldTerms, rows: int) -> NDArray[np.int64]:
    """Return by row how many terms its document has in a field."""
    lengths = np.zeros(rows, np.int64)
    for block in _blocks(terms):
        counted = np.bincount(terms.rows[block], terms.frequencies[block], minlength=rows)
        lengths += counted.astype(np.int64)
    return lengths


def _statistics(field: str, lengths: NDArray[np.int64], *, k1: float, b: float) -> FieldStatistics:
    """Return the statistics of a field: as in Lucene, they cover the documents that have it."""
    if field == COVERAGE_FIELD:
        k1, b = COVERAGE_K1, 0.0
    stated = lengths[lengths > 0]
    return FieldStatistics(len(stated), float(stated.mean()), k1, b)


def _field_impacts(
    field: str, terms: FieldTerms, lengths: NDArray[np.int64], statistics: FieldStatistics
) -> Iterator[Impacts]:
    """Yield the impacts of the postings of a field, a block after the other."""
    length_norm = _length_norm(lengths, statistics)
    ends = np.cumsum(terms.doc_freq)
    for block in _blocks(terms):
        numbers = np.searchsorted(ends, np.arange(block.start, block.stop), "right")
        frequencies, doc_freq = terms.frequencies[block], terms.doc_freq[numbers]
        yield _impacts(field, frequencies, doc_freq, length_norm[terms.rows[block]], statistics)


def _impacts(
    field: str,
    frequencies: NDArray[np.integer],
    doc_freq: NDArray[np.int64],
    length_norm: NDArray[np.float64],
    statistics: FieldStatistics,
) -> Impacts:
    """Return the BM25 scores of terms, given how often they occur in a document and in how many documents."""
    factor = COVERAGE_K1 + 1 if field == COVERAGE_FIELD else 1.0
    idf = np.log1p((statistics.documents - doc_freq + 0.5) / (doc_freq + 0.5))
    impacts = factor * idf * frequencies
    impacts /= frequencies + length_norm
    return np.asarray(impacts, np.float32)


def _length_norm(lengths: NDArray[np.int64], statistics: FieldStatistics) -> NDArray[np.float64]:
    """Return what BM25 adds to the frequencies of terms, for documents of these lengths."""
    _, mean_length, k1, b = statistics
    return np.asarray(k1 * (1 - b + b * _lucene_lengths(lengths) / mean_length), np.float64)


def _lucene_lengths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return field lengths rounded down as Lucene's one-byte norms are, so that both engines score alike.

    Exact up to 40; above 24, only the four highest bits are kept (Lucene's SmallFloat.intToByte4).
    """
    over = np.maximum(lengths - 24, 1)
    shift = np.maximum(np.floor(np.log2(over)).astype(np.int64) - 3, 0)
    return np.where(lengths < 40, lengths, 24 + (over >> shift << shift))
