"""Ranking quality of both engines on the development judgements, and how far they agree."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.engines import engine_settings, environment
from benchmarks.run_program import run


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return the metrics of each engine and the mean overlap of their top 10."""
    judged = data / "relevance"
    results: dict[str, Any] = {}
    tops: dict[str, dict[str, set[str]]] = {}
    engines = engine_settings(data, elastic_url)
    for name, settings in engines.items():
        run_file = settings.home / f"{name}.trec"
        results[name] = run(
            "evaluate",
            "--queries", str(judged / "queries.tsv"),
            "--qrels", str(judged / "qrels.tsv"),
            "--run", str(run_file),
            **environment(settings),
        )  # fmt: skip
        tops[name] = _top_10(run_file)
    overlaps = [
        len(tops["embedded"][qid] & tops["elastic"][qid]) / max(1, len(top))
        for qid, top in tops["embedded"].items()
    ]
    results["mean_overlap_at_10"] = round(sum(overlaps) / len(overlaps), 3)
    return results


def _top_10(run_file: Path) -> dict[str, set[str]]:
    tops: dict[str, set[str]] = defaultdict(set)
    for line in run_file.read_text("utf-8").splitlines():
        qid, _, product_id, rank, *_ = line.split()
        if int(rank) <= 10:
            tops[qid].add(product_id)
    return tops
