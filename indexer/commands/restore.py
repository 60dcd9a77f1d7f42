"""`shangsou restore`."""

from pathlib import Path

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import read_settings


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def restore(folder: Path, as_json: bool) -> None:
    """Bring back what a backup in DIR holds.

    A server that serves switches to it within 2 seconds. Events and the shop's own files take the place of
    those that there are; `shangsou rollback` brings the products back that served before.
    """
    from indexer.restore import restore as bring_back

    generation = bring_back(read_settings(), folder)
    if as_json:
        click.echo(to_json_text({"generation": generation.name}), nl=False)
    else:
        click.echo(f"{generation.documents:,} products serve as {generation.name}")
