"""`shangsou rollback`."""

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import read_settings


@click.command()
@click.option("--to", "name", metavar="gen-N", help="Go to this one, whether it served before or not.")
@json_option
def rollback(name: str | None, as_json: bool) -> None:
    """Go back to the generation that served before."""
    from shangsou.engines.generations import roll_back
    from shangsou.engines.stores import open_store
    from shangsou.lexicon.dictionary_file import describe_changed_dictionary
    from shangsou.lexicon.lexicon_store import LexiconStore

    settings = read_settings()
    after, previous = roll_back(open_store(settings), name)
    if as_json:
        click.echo(to_json_text({"generation": after.name, "before": previous and previous.name}), nl=False)
    else:
        click.echo(f"{after.name} serves now, {after.documents:,} products of {after.created_at}")
        for change in (
            LexiconStore(settings).changed_facts(after),
            describe_changed_dictionary(settings.home, after),
        ):
            if change:
                click.echo(change)
