"""Terms counted batch by batch."""

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.term_counts import TermCounts


def numbers(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def test_entries_of_all_batches_come_by_term_and_then_by_row() -> None:
    counts = TermCounts()
    # Row 0 holds 7 twice and 3; row 1 holds 7.
    counts.count(numbers(7, 3, 7, 7), numbers(0, 0, 0, 1))
    # Row 4 holds 5 and 7.
    counts.count(numbers(7, 5), numbers(4, 4))
    found = counts.finish()
    assert found.terms.tolist() == [3, 5, 7]
    assert found.doc_freq.tolist() == [1, 1, 3]
    assert found.rows.tolist() == [0, 4, 0, 1, 4]
    assert found.frequencies.tolist() == [1, 1, 2, 1, 1]


def test_a_frequency_that_needs_more_room_in_one_batch_is_kept() -> None:
    counts = TermCounts()
    counts.count(numbers(1), numbers(0))
    counts.count(np.full(70_000, 1), np.full(70_000, 1))
    assert counts.finish().frequencies.tolist() == [1, 70_000]


def test_no_documents_have_no_terms() -> None:
    counts = TermCounts()
    counts.count(numbers(), numbers())
    found = counts.finish()
    assert (len(found.terms), len(found.doc_freq), len(found.rows), len(found.frequencies)) == (0, 0, 0, 0)


def test_batches_count_as_one_sort_of_everything() -> None:
    rng = np.random.default_rng(1)
    terms, rows = rng.integers(0, 50, 5_000), np.sort(rng.integers(0, 300, 5_000))
    pairs, frequencies = np.unique(terms * 300 + rows, return_counts=True)
    counts = TermCounts()
    for first in range(0, 300, 70):
        is_of_batch = (rows >= first) & (rows < first + 70)
        counts.count(terms[is_of_batch], rows[is_of_batch])
    found = counts.finish()
    assert (np.repeat(found.terms, found.doc_freq) * 300 + found.rows).tolist() == pairs.tolist()
    assert found.frequencies.tolist() == frequencies.tolist()
