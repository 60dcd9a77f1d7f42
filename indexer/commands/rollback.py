"""`shangsou rollback`."""

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import read_settings


@click.command()
@click.option("--to", "name", metavar="gen-N", help="Go to this one, whether it served before or not.")
@json_option
def rollback(name: str | None, as_json: bool) -> None:
    """Go back to the generation that served before."""
    from indexer.model_switch import describe_missing_model
    from shangsou.encoding.registry import is_name_of
    from shangsou.engines.engine import Generation
    from shangsou.engines.generations import roll_back
    from shangsou.engines.stores import open_store
    from shangsou.lexicon.dictionary_file import describe_changed_dictionary
    from shangsou.lexicon.lexicon_store import LexiconStore

    settings = read_settings()

    def warn(target: Generation) -> None:
        if problem := describe_missing_model(settings, target.recipe):
            click.echo(f"{target.name} will find by words alone: {problem}", err=True)

    after, previous = roll_back(open_store(settings), name, before_switch=warn)
    if as_json:
        payload = {
            "generation": after.name,
            "before": previous and previous.name,
            "model": after.recipe.model,
        }
        click.echo(to_json_text(payload), nl=False)
    else:
        is_other_model = previous is not None and previous.recipe.model_hash != after.recipe.model_hash
        with_model = f", with the model {after.recipe.model}" if is_other_model else ""
        click.echo(f"{after.name} serves now, {after.documents:,} products of {after.created_at}{with_model}")
        for change in (
            LexiconStore(settings).changed_facts(after),
            describe_changed_dictionary(settings.home, after),
        ):
            if change:
                click.echo(change)
    if settings.model is not None and not is_name_of(settings.home, settings.model, after.recipe.model):
        click.echo(
            f"SHANGSOU_MODEL is {settings.model} and wins: a process that has it does not search "
            f"{after.name}, which was built with {after.recipe.model}; unset it and restart the server",
            err=True,
        )
