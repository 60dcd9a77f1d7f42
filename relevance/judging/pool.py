"""Pooling: products that runs rank near the top and that are not judged yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from relevance.judgements import DEFAULT_SET, Qrels, Query, read_table
from relevance.judging.formats.tsv import tsv_cell
from relevance.runs import Run
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text

# Depth of judged@k: that of nDCG@10, which judgements are used for.
JUDGED_DEPTH = 10
_COLUMNS = ("qid", "set", "query", "note", "doc_id")
_POOL_FORMAT = (
    "a header line with the columns qid, query and doc_id (and set, note), as `judgements pool` writes"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A product to judge for a query."""

    query: Query
    doc_id: str


def pool_runs(queries: Sequence[Query], runs: Mapping[str, Run], qrels: Qrels, *, depth: int) -> list[Pair]:
    """Return the unjudged products among the first `depth` of any run, the most useful ones first.

    Depth-k pooling (Spärck Jones and van Rijsbergen, 1975). Queries with the fewest judged products in the
    top ten come first, ties in the order of the queries; within a query the runs are interleaved: all first
    ranks, then all second ranks, with the products that more runs rank that high first.
    """
    ordered = sorted(queries, key=lambda query: mean_judged_share(query.qid, runs, qrels))
    return [
        Pair(query, doc_id)
        for query in ordered
        for doc_id in _interleaved(query.qid, runs, depth)
        if doc_id not in qrels.get(query.qid, {})
    ]


def mean_judged_share(qid: str, runs: Mapping[str, Run], qrels: Qrels) -> float:
    """Return the mean judged@10 of the runs for a query: the share of their first ten that is judged.

    A run with fewer than ten hits counts those it has; one without hits has nothing left to judge.
    """
    return fmean(_judged_at(qid, run, qrels) for run in runs.values())


def judged_by_run(queries: Sequence[Query], runs: Mapping[str, Run], qrels: Qrels) -> dict[str, float]:
    """Return the mean judged@10 over queries, by run: a run far below the others is measured unfairly."""
    return {name: fmean(_judged_at(query.qid, run, qrels) for query in queries) for name, run in runs.items()}


def write_pool(pairs: Sequence[Pair], path: Path) -> None:
    """Write a pool as TSV with the columns `qid set query note doc_id`."""
    lines = ["\t".join(_COLUMNS)]
    for pair in pairs:
        query = pair.query
        cells = (query.qid, query.set, " ".join(query.text.split()), query.note, pair.doc_id)
        lines.append("\t".join(tsv_cell(value, path) for value in cells))
    write_text(path, "\n".join(lines) + "\n")


def read_pool(path: Path) -> list[Pair]:
    """Read a pool written by `write_pool` or by a person; duplicate pairs count once.

    Raises `UnusableInput` that names the line: a missing column or value, a qid with two texts.
    """
    queries: dict[str, Query] = {}
    pairs: dict[Pair, None] = {}
    for where, row in read_table(path, ("qid", "query", "doc_id"), _POOL_FORMAT):
        query = Query(row["qid"], row.get("set") or DEFAULT_SET, row["query"], note=row.get("note", ""))
        if queries.setdefault(query.qid, query) != query:
            raise UnusableInput(f"{where}: qid {query.qid!r} is another query above; give each its own qid")
        pairs[Pair(query, row["doc_id"])] = None
    if not pairs:
        raise UnusableInput(f"{path}: holds nothing to judge; wanted is {_POOL_FORMAT}")
    return list(pairs)


def _judged_at(qid: str, run: Run, qrels: Qrels) -> float:
    top_hits = run.get(qid, ())[:JUDGED_DEPTH]
    judged = qrels.get(qid, {})
    return sum(hit.product_id in judged for hit in top_hits) / len(top_hits) if top_hits else 1.0


def _interleaved(qid: str, runs: Mapping[str, Run], depth: int) -> Iterator[str]:
    """Yield the distinct products of the first `depth` ranks of all runs."""
    ranks: dict[str, list[int]] = {}
    for run in runs.values():
        for rank, hit in enumerate(run.get(qid, ())[:depth], start=1):
            ranks.setdefault(hit.product_id, []).append(rank)
    # Sorting is stable: ties stay in the order of the runs.
    yield from sorted(ranks, key=lambda doc_id: (min(ranks[doc_id]), -len(ranks[doc_id])))
