"""Compare two rankings without judgements, on real queries that nobody has judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from relevance.groups import ProductGroups
from relevance.history import latency
from relevance.judgements import Query
from relevance.rank_overlap import rank_biased_overlap
from relevance.run_records import AskedRun
from shangsou.text.plurals import quantity

FIRST_PAGE = 10
"""Hits of a first page."""


@dataclass(frozen=True, slots=True)
class QueryDifference:
    """How much the answers to one query differ."""

    query: Query
    overlap: float
    """The share of the first page that both have."""
    rbo: float
    """Rank-biased overlap of all hits, 1 for the same order."""
    is_changed: bool
    """Whether the first page differs in anything."""
    before: int
    after: int
    """How many hits there are."""


@dataclass(frozen=True, slots=True)
class Differences:
    """How much two rankings differ over queries."""

    queries: tuple[QueryDifference, ...]
    """The least alike first."""
    latency: tuple[tuple[float | None, float | None], tuple[float | None, float | None]]
    """Median and 95th percentile in ms, before and after; None where they are not known."""

    def to_json(self) -> dict[str, object]:
        """Return the means and each query as plain JSON values."""
        (p50_before, p95_before), (p50_after, p95_after) = self.latency
        return {
            "queries": len(self.queries),
            "overlap@10": round(fmean(one.overlap for one in self.queries), 6),
            "rbo": round(fmean(one.rbo for one in self.queries), 6),
            "changed_first_pages": sum(one.is_changed for one in self.queries),
            "emptied": sum(one.before > 0 and one.after == 0 for one in self.queries),
            "filled": sum(one.before == 0 and one.after > 0 for one in self.queries),
            "latency_ms": {
                "before": {"p50": p50_before, "p95": p95_before},
                "after": {"p50": p50_after, "p95": p95_after},
            },
            "by_query": [
                {
                    "qid": one.query.qid,
                    "query": one.query.text,
                    "overlap@10": round(one.overlap, 6),
                    "rbo": round(one.rbo, 6),
                }
                for one in self.queries
            ],
        }


def find_differences(
    before: AskedRun, after: AskedRun, queries: Sequence[Query], groups: ProductGroups
) -> Differences:
    """Return how much the answers of two rankings differ; variants of a product count as one."""
    differences = []
    for query in queries:
        first, second = (
            groups.distinct(hit.product_id for hit in one.run.get(query.qid, ())) for one in (before, after)
        )
        pages = first[:FIRST_PAGE], second[:FIRST_PAGE]
        differences.append(
            QueryDifference(
                query,
                _overlap(*pages),
                rank_biased_overlap(first, second),
                pages[0] != pages[1],
                len(first),
                len(second),
            )
        )
    ordered = sorted(differences, key=lambda one: (one.rbo, one.overlap))
    return Differences(tuple(ordered), (latency(before.took_ms), latency(after.took_ms)))


def _overlap(first: Sequence[str], second: Sequence[str]) -> float:
    longest = max(len(first), len(second))
    return len({*first} & {*second}) / longest if longest else 1.0


def differences_text(differences: Differences, names: Mapping[str, str], shown: int) -> str:
    """Return the means and the queries that differ most, for a terminal; `names` are `before` and `after`."""
    payload = differences.to_json()
    changed = sum(one.is_changed for one in differences.queries)
    pages = (
        f"{quantity(changed, 'first page')} {'differs' if changed == 1 else 'differ'}, empty now: "
        f"{payload['emptied']}, no longer: {payload['filled']}"
    )
    queries = quantity(len(differences.queries), "query")
    lines = [
        f"{names['after']} against {names['before']}, {queries} without judgements",
        f"overlap@10 {payload['overlap@10']:.3f}, RBO {payload['rbo']:.3f}; {pages}",
    ]
    for name, (p50, p95) in zip(("before", "after"), differences.latency, strict=True):
        if p50 is not None:
            lines.append(f"{names[name]}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    lines += [
        f"{one.rbo:.3f}  {one.query.text}  ({quantity(one.before, 'hit')}, now {one.after})"
        for one in differences.queries[:shown]
        if one.is_changed
    ]
    return "\n".join(lines)
