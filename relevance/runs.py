"""TREC runs: the hits of each query, in the format that trec_eval and similar tools read."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from relevance.lines import numbered_lines
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput

Run = Mapping[str, Sequence[Hit]]
"""Hits by query id, best first."""

TAG = "shangsou"
# Digits that the 32-bit float of trec_eval can distinguish.
_DIGITS = 7
# Two steps of the last of those digits, relative to the score.
_SMALLEST_STEP = 2e-6


def ids_of_run(run: Run) -> dict[str, list[str]]:
    """Return the ids of the hits by query id, best first."""
    return {qid: [hit.product_id for hit in hits] for qid, hits in run.items()}


def write_run(run: Run, path: Path, tag: str = TAG) -> None:
    """Write a run in lines of `qid Q0 doc_id rank score tag`, with ranks from 1.

    trec_eval ignores ranks, orders by score and breaks ties by document id. To preserve the order of the run,
    a score that is not below the previous one is written slightly lower. Raises `UnusableInput` for an id
    with white space, which the format cannot hold, and for a path that cannot be written.
    """
    lines = [line for qid, hits in run.items() for line in _lines(qid, hits, tag, path)]
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as reason:
        raise UnusableInput(f"{path}: cannot be written ({reason.strerror}); name another file") from None


def read_run(path: Path) -> Run:
    """Read a run: the hits of each query by descending score, ties by descending document id, as trec_eval.

    It compares scores as floats of 32 bits, and passes over the ranks (`form_res_rels.c`).

    Raises `UnusableInput` that names the line: not six fields, a rank or score that is not a number, a
    document repeated for a query.
    """
    hits_by_query: dict[str, dict[str, float]] = {}
    for number, line in numbered_lines(path):
        where = f"{path}:{number}"
        values = line.split()
        if len(values) != 6:
            raise UnusableInput(
                f"{where}: {line!r} has {len(values)} fields; wanted is qid Q0 doc_id rank score tag"
            )
        qid, _, doc_id, rank, score, _ = values
        hits = hits_by_query.setdefault(qid, {})
        if doc_id in hits:
            raise UnusableInput(f"{where}: {doc_id!r} is named twice for qid {qid!r}; keep one of the lines")
        _number(rank, "rank", where)
        hits[doc_id] = _number(score, "score", where)
    return {
        qid: [
            Hit(doc_id, score)
            for doc_id, score in sorted(
                hits.items(), key=lambda hit: (np.float32(hit[1]), hit[0]), reverse=True
            )
        ]
        for qid, hits in hits_by_query.items()
    }


def _lines(qid: str, hits: Sequence[Hit], tag: str, path: Path) -> Iterator[str]:
    for name in (qid, *(hit.product_id for hit in hits)):
        if len(name.split()) != 1:
            raise UnusableInput(f"{path}: id {name!r} holds white space, which a TREC run cannot; rename it")
    previous = float("inf")
    for rank, hit in enumerate(hits, start=1):
        score = _round(hit.score)
        if score >= previous:
            score = _round(previous - max(1.0, abs(previous)) * _SMALLEST_STEP)
        previous = score
        yield f"{qid} Q0 {hit.product_id} {rank} {score!r} {tag}"


def _round(score: float) -> float:
    return float(f"{score:.{_DIGITS}g}")


def _number(value: str, name: str, where: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UnusableInput(f"{where}: {name} {value!r} is no number; write the run again") from None
