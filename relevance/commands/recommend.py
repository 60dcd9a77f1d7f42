"""`shangsou evaluate recommend`: recommendations against what shoppers turned to next."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.lines import numbered_lines
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from relevance.recommending import Comparison
    from shangsou.behaviour.event import Event

_FILE = click.Path(path_type=Path)
_MEASURES = ("hit", "recall", "ndcg")


@click.command()
@click.option("--events", "events_path", type=_FILE, help="Events as `shangsou events import` reads them.")
@click.option(
    "--by", help="Recommend the values of this column instead of products, as category_id; TSV alone."
)
@click.option("--baskets", "baskets_path", type=_FILE, help="TSV with a header: basket_id, goods.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def recommend(events_path: Path | None, by: str | None, baskets_path: Path | None, *, as_json: bool) -> None:
    """Measure recommendations against what shoppers turned to next.

    Events are split by time, baskets by cross-validation; popularity and item-kNN stand beside.
    """
    from relevance.recommending import compare_by_basket, compare_by_time
    from shangsou.recommend.model import telling_events

    if events_path is None and baskets_path is None:
        raise click.UsageError('missing option "--events" or "--baskets": name a file to measure on')
    if by is not None and events_path is None:
        raise click.UsageError("--by names a column of --events, which is missing")
    compared: dict[str, Comparison] = {}
    if events_path is not None:
        found = compare_by_time(telling_events(_read_events(events_path, by)))
        if found is None:
            raise UnusableInput(
                f"{events_path}: no shopper has products both before the split and new ones in the last "
                "fifth of the events, which is to be foretold; give a longer log"
            )
        compared["events"] = found
    if baskets_path is not None:
        found = compare_by_basket(_read_baskets(baskets_path))
        if found is None:
            raise UnusableInput(
                f"{baskets_path}: no basket holds two things, so there is nothing to foretell"
            )
        compared["baskets"] = found
    if as_json:
        click.echo(json.dumps({name: _to_json(one) for name, one in compared.items()}, ensure_ascii=False))
    else:
        click.echo("\n\n".join(_table(name, one) for name, one in compared.items()))


def _read_events(path: Path, by: str | None) -> "list[Event]":
    from shangsou.behaviour.read import read_events

    return list(read_events([path])) if by is None else _read_column(path, by)


def _read_column(path: Path, by: str) -> "list[Event]":
    """Return events with the values of a column in place of products."""
    from shangsou.behaviour.accept import accept_event, hash_of_row
    from shangsou.behaviour.columns import flatten

    lines = numbered_lines(path)
    header = next(lines, (1, ""))[1].split("\t")
    if by not in header:
        raise UnusableInput(f"{path}: has no column {by!r}; its header names {', '.join(header)}")
    events = []
    for _, line in lines:
        values = dict(zip(header, line.split("\t"), strict=False))
        row = flatten({**values, "product_id": values.get(by, "")})
        event = accept_event(row, lambda line=line: hash_of_row(line)).event  # type: ignore[misc]
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


def _to_json(compared: "Comparison") -> dict[str, object]:
    return {
        "split": "baskets, five folds" if compared.split_at is None else "time",
        "split_at": compared.split_at and compared.split_at.isoformat(),
        "cases": compared.cases,
        "things": compared.things,
        "methods": {
            name: {f"{measure}@10": one.mean(measure) for measure in _MEASURES}
            | {"coverage": one.coverage, "novelty": one.novelty}
            for name, one in compared.methods.items()
        },
        "gains": {
            other: {f"{measure}@10": compared.difference(other, measure)._asdict() for measure in _MEASURES}
            for other in _others(compared)
        },
    }


def _table(name: str, compared: "Comparison") -> str:
    split = (
        "five folds of baskets, one thing of each taken out"
        if compared.split_at is None
        else f"known before {compared.split_at:%F %R} UTC, foretold after"
    )
    lines = [
        f"{name}: {compared.cases:,} cases over {compared.things:,} things; {split}",
        f"{'':20} hit@10  recall@10  ndcg@10  coverage  novelty (bits)",
    ]
    lines += [
        f"{method:20} {one.mean('hit'):6.4f}  {one.mean('recall'):9.4f}  {one.mean('ndcg'):7.4f}  "
        f"{one.coverage:8.3f}  {one.novelty:7.2f}"
        for method, one in compared.methods.items()
    ]
    for other in _others(compared):
        for measure in ("hit", "ndcg"):
            gain = compared.difference(other, measure)
            lines.append(
                f"shangsou less {other}: {measure}@10 {gain.mean:+.4f}  [{gain.low:+.4f}, {gain.high:+.4f}]  "
                f"p {gain.p:.4f}"
            )
    return "\n".join(lines)


def _others(compared: "Comparison") -> Sequence[str]:
    from relevance.recommending import OURS

    return [name for name in compared.methods if name != OURS]
