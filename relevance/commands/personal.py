"""`shangsou evaluate personal`: the order for the shopper who searched, against one for everyone."""

import json
from pathlib import Path
from typing import Any

import click

from relevance.commands.searching import watched, whole_searcher

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--events", "events_path", type=_FILE, required=True, help="Events, TSV or UBI JSON Lines.")
@click.option(
    "--targets",
    "targets_path",
    type=_FILE,
    required=True,
    help="TSV with a header: user_id, timestamp, user_query, product_id and maybe indifferent.",
)
@click.option(
    "--runs", "runs_folder", type=_FILE, help="Write plain.trec, popular.trec, personal.trec there."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def personal(events_path: Path, targets_path: Path, runs_folder: Path | None, *, as_json: bool) -> None:
    """Measure the personal order on searches whose purchase is known.

    Each search sees only what happened before it. Nothing is imported, nothing is changed.
    """
    from relevance.offers import Offers
    from relevance.personal import choose_weight, evaluate_personal, evaluation_to_json, read_targets
    from relevance.replay import in_time_order
    from relevance.runs import write_run
    from shangsou.behaviour.read import read_events

    targets = read_targets(targets_path)
    events = in_time_order(read_events([events_path]))
    if runs_folder is not None:
        runs_folder.mkdir(parents=True, exist_ok=True)
    with whole_searcher("hybrid") as searcher:
        offers = Offers(searcher.parts())
        weight = choose_weight(events, offers)
        evaluation = evaluate_personal(events, watched(targets, "search"), offers, weight=weight)
    if runs_folder is not None:
        for order, run in evaluation.runs.items():
            write_run(run, runs_folder / f"{order}.trec")
    plain = evaluation_to_json(evaluation)
    click.echo(json.dumps(plain, ensure_ascii=False) if as_json else _table(plain))


def _table(plain: dict[str, Any]) -> str:
    lines = [f"{'shoppers':12} {'searches':>8} {'order':9} {'mrr@10':>7} {'recall@10':>9} {'ndcg@10':>8}"]
    for segment, count in plain["targets"].items():
        for order, found in plain.get(segment, {}).items():
            lines.append(
                f"{segment:12} {count:>8} {order:9} {found['mrr@10']:7.4f} {found['recall@10']:9.4f} "
                f"{found['ndcg@10']:8.4f}"
            )
    lines.append("\npersonal less another order, mrr@10 with the 95 % interval of the paired difference")
    for segment, differences in plain["differences"].items():
        for name, one in differences.items():
            lines.append(
                f"{segment:12} {name:18} {one['mrr@10']:+.4f}  [{one['low']:+.4f}, {one['high']:+.4f}]"
            )
    lines.append(f"\nranker {plain['ranker']}; popularity weighs {plain['popular_weight']:g}")
    return "\n".join(lines)
