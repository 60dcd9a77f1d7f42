"""`shangsou merge`."""

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.cpu import calculate_in_one_thread
from shangsou.settings import read_settings


@click.command()
@json_option
def merge(as_json: bool) -> None:
    """Write the changes of products into a new generation.

    A server does so by itself where many texts changed. What is learned from a catalog is learned anew.
    """
    calculate_in_one_thread()
    from indexer.merge import merge_changes
    from shangsou.search.service.home_sync import shared_home

    settings = read_settings()
    with shared_home(settings):
        generation = merge_changes(settings)
    if as_json:
        click.echo(to_json_text({"generation": generation and generation.name}), nl=False)
    elif generation is None and settings.engine == "elastic":
        click.echo("there is nothing to do: Elasticsearch merges changes by itself")
    elif generation is None:
        click.echo("nothing has changed since the index was built")
    else:
        click.echo(f"{generation.documents:,} products serve as {generation.name}")
