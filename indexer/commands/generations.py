"""`shangsou generations`."""

from typing import TYPE_CHECKING

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from shangsou.engines.engine import Generation


@click.command()
@json_option
def generations(as_json: bool) -> None:
    """List the generations of the index."""
    from shangsou.engines.stores import open_store
    from shangsou.lexicon.dictionary_file import describe_changed_dictionary
    from shangsou.lexicon.lexicon_store import LexiconStore

    settings = read_settings()
    existing = open_store(settings).generations()
    lexicons = LexiconStore(settings)
    changes = {
        generation.name: {
            "changed_facts": lexicons.changed_facts(generation),
            "changed_dictionary": describe_changed_dictionary(settings.home, generation),
        }
        for generation in existing
    }
    if as_json:
        listed = [_generation_to_json(generation) | changes[generation.name] for generation in existing]
        click.echo(to_json_text({"generations": listed}), nl=False)
    elif not existing:
        click.echo('There is no index yet; run "shangsou index FILE" or "shangsou demo".')
    for generation in [] if as_json else existing:
        recipe = generation.recipe
        click.echo(
            f"{'*' if generation.current else ' '} {generation.name:8} {generation.created_at}  "
            f"{generation.documents:>10,} products  {recipe.model} ({recipe.precision})  {generation.source}"
        )
        for change in changes[generation.name].values() if generation.current else ():
            if change:
                click.echo(f"  {change}")


def _generation_to_json(generation: "Generation") -> dict[str, object]:
    from shangsou.engines.recipe import recipe_to_json

    recipe = recipe_to_json(generation.recipe)
    # Up to a megabyte, from a file that the shop has; its hash tells whether it is the same.
    del recipe["dictionary"]
    return {
        "name": generation.name,
        "current": generation.current,
        "created_at": generation.created_at,
        "documents": generation.documents,
        "source": generation.source,
        "recipe": recipe,
    }
