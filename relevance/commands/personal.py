"""`shangsou evaluate personal`: personalized order against the order for everyone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from relevance.commands.options import FILE
from relevance.searchers import open_full_searcher, with_progress
from shangsou.behaviour.commands.options import ACTION


@click.command()
@click.option("--events", "events_path", type=FILE, required=True, help="Events, TSV or UBI JSON Lines.")
@click.option(
    "--targets",
    "targets_path",
    type=FILE,
    required=True,
    help="TSV with a header: user_id, timestamp, user_query, product_id and maybe indifferent.",
)
@click.option("--runs", "runs_folder", type=FILE, help="Write plain.trec, popular.trec, personal.trec there.")
@ACTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def personal(
    events_path: Path,
    targets_path: Path,
    runs_folder: Path | None,
    *,
    actions: Sequence[str],
    as_json: bool,
) -> None:
    """Measure the personal order on searches whose purchase is known.

    Each search sees only earlier events. Nothing is imported, nothing is changed.
    """
    from relevance.offline.candidates import CandidateCache
    from relevance.offline.event_replay import in_time_order
    from relevance.offline.personal import (
        choose_popularity_weight,
        evaluate_personal,
        evaluation_to_json,
        read_targets,
    )
    from relevance.runs import write_run
    from shangsou.behaviour.commands.event_log import read_event_log

    targets = read_targets(targets_path)
    events = in_time_order(read_event_log([events_path], actions))
    if runs_folder is not None:
        runs_folder.mkdir(parents=True, exist_ok=True)
    with open_full_searcher("hybrid") as searcher:
        candidate_cache = CandidateCache(searcher.context())
        weight = choose_popularity_weight(events, candidate_cache)
        evaluation = evaluate_personal(
            events, with_progress(targets, "search"), candidate_cache, weight=weight
        )
    if runs_folder is not None:
        for order, run in evaluation.runs.items():
            write_run(run, runs_folder / f"{order}.trec")
    payload = evaluation_to_json(evaluation)
    click.echo(json.dumps(payload, ensure_ascii=False) if as_json else _table(payload))


def _table(payload: dict[str, Any]) -> str:
    lines = [f"{'shoppers':12} {'searches':>8} {'order':9} {'mrr@10':>7} {'recall@10':>9} {'ndcg@10':>8}"]
    for segment, count in payload["targets"].items():
        for order, metrics in payload.get(segment, {}).items():
            lines.append(
                f"{segment:12} {count:>8} {order:9} {metrics['mrr@10']:7.4f} {metrics['recall@10']:9.4f} "
                f"{metrics['ndcg@10']:8.4f}"
            )
    lines.append("\npersonal less another order, mrr@10 with the 95 % interval of the paired difference")
    for segment, differences in payload["differences"].items():
        for name, delta in differences.items():
            lines.append(
                f"{segment:12} {name:18} {delta['mrr@10']:+.4f}  [{delta['low']:+.4f}, {delta['high']:+.4f}]"
            )
    lines.append(f"\nranker {payload['ranker']}; popularity weighs {payload['popular_weight']:g}")
    return "\n".join(lines)
