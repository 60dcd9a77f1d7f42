"""`shangsou backup`."""

from pathlib import Path

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import read_settings


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@json_option
def backup(folder: Path, as_json: bool) -> None:
    """Copy the index, its changes, events and own files into DIR.

    A server may serve meanwhile, and products may change. Weights and cached vectors are left out.
    """
    from indexer.backup import back_up

    description = back_up(read_settings(), folder)
    if as_json:
        click.echo(to_json_text(description), nl=False)
    else:
        click.echo(f"{description['generation']} and what changed since are in {folder}")
