"""Fetch the weights that a server needs before it starts."""

import click

from shangsou.encoding.weights import fetch_weights, find_weights
from shangsou.engines.generations import current_generation
from shangsou.engines.stores import open_store
from shangsou.errors import ShangsouError
from shangsou.settings import DEFAULT_MODEL, Settings


def fetch_missing_weights(settings: Settings) -> None:
    """Fetch the default model's weights if searches will need them and they are missing.

    Raises `WeightsUnavailable`, which names `shangsou model fetch`.
    """
    if (settings.model or _stamped_model(settings)) == DEFAULT_MODEL and find_weights(settings) is None:
        click.echo(f"fetching the weights of {DEFAULT_MODEL} …", err=True)
        fetch_weights(settings)


def _stamped_model(settings: Settings) -> str:
    try:
        current = current_generation(open_store(settings))
    except ShangsouError:
        # An engine that is down or an index of another version: the server starts anyway, and
        # /readyz says what is wrong.
        return DEFAULT_MODEL
    return DEFAULT_MODEL if current is None else current.recipe.model
