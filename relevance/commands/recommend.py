"""`shangsou evaluate recommend`: recommendations against the products that shoppers chose next."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.options import FILE
from relevance.lines import numbered_lines
from shangsou.behaviour.commands.options import ACTION
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from relevance.offline.recommendations import MethodComparison
    from shangsou.behaviour.event import Event

_MEASURES = ("hit", "recall", "ndcg")


@click.command()
@click.option("--events", "events_path", type=FILE, help="Events as `shangsou events import` reads them.")
@click.option(
    "--by", help="Recommend the values of this column instead of products, as category_id; TSV alone."
)
@click.option("--baskets", "baskets_path", type=FILE, help="TSV with a header: basket_id, goods.")
@ACTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def recommend(
    events_path: Path | None,
    by: str | None,
    baskets_path: Path | None,
    *,
    actions: Sequence[str],
    as_json: bool,
) -> None:
    """Measure recommendations against the products that shoppers chose next.

    Events are split by time, baskets by cross-validation; popularity and item-kNN are the baselines.
    """
    from relevance.offline.recommendations import compare_by_basket, compare_by_time
    from shangsou.recommend.model import select_preference_events

    if events_path is None and baskets_path is None:
        raise click.UsageError('missing option "--events" or "--baskets": name a file to measure on')
    if by is not None and events_path is None:
        raise click.UsageError("--by names a column of --events, which is missing")
    comparisons: dict[str, MethodComparison] = {}
    if events_path is not None:
        comparison = compare_by_time(select_preference_events(_read_events(events_path, by, actions)))
        if comparison is None:
            raise UnusableInput(
                f"{events_path}: no shopper has products both before the split and new ones in the last "
                "fifth of the events, which is to be predicted; give a longer log"
            )
        comparisons["events"] = comparison
    if baskets_path is not None:
        comparison = compare_by_basket(_read_baskets(baskets_path))
        if comparison is None:
            raise UnusableInput(f"{baskets_path}: no basket holds two items, so there is nothing to predict")
        comparisons["baskets"] = comparison
    if as_json:
        click.echo(
            json.dumps(
                {name: _to_json(comparison) for name, comparison in comparisons.items()}, ensure_ascii=False
            )
        )
    else:
        click.echo("\n\n".join(_table(name, comparison) for name, comparison in comparisons.items()))


def _read_events(path: Path, by: str | None, actions: Sequence[str]) -> "list[Event]":
    from shangsou.behaviour.commands.event_log import read_event_log

    return list(read_event_log([path], actions)) if by is None else _read_column(path, by, actions)


def _read_column(path: Path, by: str, actions: Sequence[str]) -> "list[Event]":
    """Return the events with the values of a column as their products."""
    from shangsou.behaviour.actions import read_action_options
    from shangsou.behaviour.columns import flatten
    from shangsou.behaviour.parse import hash_row, parse_event

    own_names = read_action_options(actions)
    lines = numbered_lines(path)
    header = next(lines, (1, ""))[1].split("\t")
    if by not in header:
        raise UnusableInput(f"{path}: has no column {by!r}; its header names {', '.join(header)}")
    events = []
    for _, line in lines:
        values = dict(zip(header, line.split("\t"), strict=False))
        row = flatten({**values, "product_id": values.get(by, "")})
        event = parse_event(row, lambda line=line: hash_row(line), own_names).event  # type: ignore[misc]
        if event is not None:
            events.append(event)
    return events


def _read_baskets(path: Path) -> list[list[str]]:
    lines = numbered_lines(path)
    header = next(lines, (1, ""))[1].split("\t")
    missing = [name for name in ("basket_id", "goods") if name not in header]
    if missing:
        raise UnusableInput(
            f"{path}:1: the header names no column {' and no '.join(missing)}; baskets are TSV with a header "
            "`basket_id goods`"
        )
    basket_at, goods_at = header.index("basket_id"), header.index("goods")
    baskets: defaultdict[str, list[str]] = defaultdict(list)
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) <= max(basket_at, goods_at):
            raise UnusableInput(f"{path}:{number}: has {len(cells)} columns of {len(header)}")
        baskets[cells[basket_at]].append(cells[goods_at])
    return list(baskets.values())


def _to_json(comparison: "MethodComparison") -> dict[str, object]:
    return {
        "split": "baskets, five folds" if comparison.split_at is None else "time",
        "split_at": comparison.split_at and comparison.split_at.isoformat(),
        "cases": comparison.cases,
        "things": comparison.items,
        "methods": {
            name: {f"{measure}@10": result.mean(measure) for measure in _MEASURES}
            | {"coverage": result.coverage, "novelty": result.novelty}
            for name, result in comparison.methods.items()
        },
        "gains": {
            baseline: {
                f"{measure}@10": comparison.difference(baseline, measure)._asdict() for measure in _MEASURES
            }
            for baseline in _other_methods(comparison)
        },
    }


def _table(name: str, comparison: "MethodComparison") -> str:
    split = (
        "five folds of baskets, one item of each taken out"
        if comparison.split_at is None
        else f"known before {comparison.split_at:%F %R} UTC, predicted after"
    )
    lines = [
        f"{name}: {comparison.cases:,} cases over {comparison.items:,} things; {split}",
        f"{'':20} hit@10  recall@10  ndcg@10  coverage  novelty (bits)",
    ]
    lines += [
        f"{method:20} {result.mean('hit'):6.4f}  {result.mean('recall'):9.4f}  {result.mean('ndcg'):7.4f}  "
        f"{result.coverage:8.3f}  {result.novelty:7.2f}"
        for method, result in comparison.methods.items()
    ]
    for other in _other_methods(comparison):
        for measure in ("hit", "ndcg"):
            gain = comparison.difference(other, measure)
            lines.append(
                f"shangsou less {other}: {measure}@10 {gain.mean:+.4f}  [{gain.low:+.4f}, {gain.high:+.4f}]  "
                f"p {gain.p:.4f}"
            )
    return "\n".join(lines)


def _other_methods(comparison: "MethodComparison") -> Sequence[str]:
    from relevance.offline.recommendations import OURS

    return [name for name in comparison.methods if name != OURS]
