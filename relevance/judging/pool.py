"""What to judge next: the products that runs show near the top and that nobody has judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from relevance.judgements import DEFAULT_SET, Qrels, Query, read_table
from relevance.judging.formats import tsv_cell, write_text
from relevance.runs import Run
from shangsou.errors import UnusableInput

# Depth of judged@k: that of nDCG@10, which a judgement is to serve.
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
    """Return the unjudged products among the first `depth` of any run, what is most worth judging first.

    Depth-k pooling (Spärck Jones and van Rijsbergen, 1975). Queries of which the least is judged among the
    first ten come first, ties as the queries stand; within a query the runs are interleaved: all their
    first places, then all their second ones, those before the others that more runs show there or above.
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

    A run that found fewer than ten counts what it found; one that found nothing has nothing left to judge.
    """
    return fmean(_judged_at(qid, run, qrels) for run in runs.values())


def judged_by_run(queries: Sequence[Query], runs: Mapping[str, Run], qrels: Qrels) -> dict[str, float]:
    """Return the mean judged@10 over queries, by run: one far below the others is measured unfairly."""
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
    """Return a pool that `write_pool` wrote, or somebody by hand; the same pair twice counts once.

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
    """Yield the distinct products of the first `depth` places of all runs."""
    ranks: dict[str, list[int]] = {}
    for run in runs.values():
        for rank, hit in enumerate(run.get(qid, ())[:depth], start=1):
            ranks.setdefault(hit.product_id, []).append(rank)
    # Sorting is stable: what ties stays in the order of the runs.
    yield from sorted(ranks, key=lambda doc_id: (min(ranks[doc_id]), -len(ranks[doc_id])))
