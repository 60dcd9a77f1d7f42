"""`shangsou train`: a subcommand for each model. Heavy imports are deferred until a command runs."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from shangsou.behaviour.commands.options import ACTION
from training.commands.distil import distil
from training.commands.encoder import encoder
from training.commands.export import export
from training.commands.gate import gate
from training.commands.pairs import pairs
from training.commands.pretrain import pretrain


@click.group()
def train() -> None:
    """Train models on the shop's own data."""


train.add_command(pretrain)
train.add_command(encoder)
train.add_command(distil)


@train.command()
@click.option(
    "--events", "events_path", type=click.Path(path_type=Path), required=True, help="TSV or UBI JSON Lines."
)
@ACTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ranker(events_path: Path, *, actions: Sequence[str], as_json: bool) -> None:
    """Train the ranker of personal results on events.

    Held-out shoppers decide whether it replaces the default ranker; if so, it is live within two seconds.
    """
    from shangsou.behaviour.commands.event_log import read_event_log
    from shangsou.search.personal.ranker_store import save_ranker
    from shangsou.search.service.home_sync import shared_home
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings
    from training.ranker import train_ranker

    settings = read_settings()
    searcher = open_searcher(settings)
    try:
        training_result = train_ranker(
            list(read_event_log([events_path], actions)), searcher, lambda line: click.echo(line, err=True)
        )
    finally:
        searcher.close()
    with shared_home(settings):
        path = save_ranker(settings.home, training_result.file, live=training_result.is_better)
    scores = training_result.file.validation or {}
    if as_json:
        click.echo(json.dumps({"ranker": path.stem, "live": training_result.is_better, "validation": scores}))
        return
    click.echo(
        f"{scores['searches']:.0f} searches of held-out shoppers, mrr@10: "
        f"plain {scores['plain']:.4f}, default {scores['default']:.4f}, trained {scores['trained']:.4f} "
        f"(less the default: {scores['low']:+.4f} to {scores['high']:+.4f})"
    )
    click.echo(
        f"{path.stem} is live"
        if training_result.is_better
        else f"{path.stem} is no better: the default serves on"
    )


train.add_command(pairs)
train.add_command(gate)
train.add_command(export)
