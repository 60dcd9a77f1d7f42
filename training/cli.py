"""`shangsou train`: each kind a subcommand. They import what is heavy only when they run."""

import json
from pathlib import Path

import click


@click.group()
def train() -> None:
    """Train models on the shop's own data."""


@train.command()
@click.option(
    "--events", "events_path", type=click.Path(path_type=Path), required=True, help="TSV or UBI JSON Lines."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ranker(events_path: Path, *, as_json: bool) -> None:
    """Train the ranker of personal results on events.

    Shoppers held apart decide whether it takes the place of the default ranker; if so, it is live within
    two seconds.
    """
    from shangsou.behaviour.read import read_events
    from shangsou.search.personal.rankers import keep_ranker
    from shangsou.search.searcher import open_searcher
    from shangsou.settings import read_settings
    from training.ranker import train_ranker

    settings = read_settings()
    searcher = open_searcher(settings)
    try:
        trained = train_ranker(
            list(read_events([events_path])), searcher, lambda line: click.echo(line, err=True)
        )
    finally:
        searcher.close()
    path = keep_ranker(settings.home, trained.file, live=trained.better)
    found = trained.file.validation or {}
    if as_json:
        click.echo(json.dumps({"ranker": path.stem, "live": trained.better, "validation": found}))
        return
    click.echo(
        f"{found['searches']:.0f} searches of shoppers held apart, mrr@10: "
        f"plain {found['plain']:.4f}, default {found['default']:.4f}, trained {found['trained']:.4f} "
        f"(less the default: {found['low']:+.4f} to {found['high']:+.4f})"
    )
    click.echo(
        f"{path.stem} is live" if trained.better else f"{path.stem} is no better: the default serves on"
    )
