"""`shangsou model`: the encoder's weights, and the trained models of a shop."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import DEFAULT_MODEL, Settings, read_settings

if TYPE_CHECKING:
    from shangsou.encoding.registry import RegisteredModel


@click.group()
def model() -> None:
    """List, show and use models of the encoder."""


@model.command()
@json_option
def fetch(as_json: bool) -> None:
    """Download the default model, or verify the one already here."""
    from shangsou.encoding.precision import choose_precision
    from shangsou.encoding.weights import ensure_quantized, fetch_weights

    settings = read_settings()
    with _progress() as progress:
        weights = fetch_weights(settings, progress)
    precision = choose_precision(settings.precision)
    file = ensure_quantized(weights, check=True) if precision == "int8" else weights.float32
    if as_json:
        payload = {
            "model": DEFAULT_MODEL,
            "model_hash": weights.model_hash,
            "precision": precision,
            "folder": str(weights.folder),
            "file": file.name,
        }
        click.echo(to_json_text(payload), nl=False)
    else:
        click.echo(f"{DEFAULT_MODEL} {weights.model_hash} is in {weights.folder}; it encodes in {precision}")


@model.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the default model and the trained ones of this home; `*` marks the one that serves."""
    from indexer.model_listing import list_all

    settings = read_settings()
    listed = list_all(settings)
    if as_json:
        payload = {"models": [one.to_json() for one in listed], "SHANGSOU_MODEL": settings.model}
        click.echo(to_json_text(payload), nl=False)
        return
    for one in listed:
        click.echo(one.to_line())
    _say_setting(settings, [one.name for one in listed if one.current])


@model.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show the model NAME: where it lies, what it was made of, which generations were built with it."""
    from indexer.model_listing import list_all
    from indexer.model_switch import find_usable

    settings = read_settings()
    found = find_usable(settings, name)
    wanted = found.name if found else DEFAULT_MODEL
    listed = next(one for one in list_all(settings, others=[found] if found else []) if one.name == wanted)
    if as_json:
        click.echo(to_json_text(listed.to_json()), nl=False)
        return
    for field, value in listed.to_json().items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{field:24} {shown if shown not in ('', None) else '-'}")


@model.command()
@click.argument("name")
@json_option
def card(name: str, as_json: bool) -> None:
    """Print the card of the trained model NAME: data, parameters, figures, limits, licences."""
    from indexer.model_listing import card_lines
    from indexer.model_switch import find_usable
    from shangsou.encoding.gate_record import read_gate
    from shangsou.encoding.model_card import card_to_json
    from shangsou.errors import UnusableInput

    found = find_usable(read_settings(), name)
    if found is None:
        raise UnusableInput(
            f"{DEFAULT_MODEL} was trained elsewhere and has no card here; its own is published with it"
        )
    payload = {
        "name": found.name,
        "model_hash": found.model_hash,
        **card_to_json(found.card),
        "erased_since": found.erased_since,
        "gate": read_gate(found.folder),
    }
    click.echo(to_json_text(payload) if as_json else card_lines(payload), nl=False)


@model.command()
@click.argument("name")
@json_option
def use(name: str, as_json: bool) -> None:
    """Let the model NAME serve, with a generation of the same products that is built with it.

    It is built while the current one serves, unless it lies there already. "shangsou rollback" takes both
    back.
    """
    from shangsou.cpu import calculate_in_one_thread

    calculate_in_one_thread()
    from indexer.model_switch import find_usable, use_model
    from shangsou.search.service.home_sync import shared_home

    settings = read_settings()
    found = find_usable(settings, name)
    with shared_home(settings):
        switched = use_model(settings, name)
    if as_json:
        payload = {
            "model": switched.model,
            "model_hash": switched.model_hash,
            "generation": switched.generation.name,
            "before": switched.before.name,
            "built": switched.built,
        }
        click.echo(to_json_text(payload), nl=False)
    elif switched.generation.name == switched.before.name:
        click.echo(f"{switched.model} serves already, with {switched.before.name}")
    else:
        click.echo(
            f"{switched.model} serves now, with {switched.generation.documents:,} products as "
            f'{switched.generation.name}; "shangsou rollback" goes back to {switched.before.name} with '
            f"{switched.before.recipe.model}"
        )
    say_what_to_do(settings, found, switched.model_hash)


def say_what_to_do(settings: Settings, found: "RegisteredModel | None", model_hash: str) -> None:
    """Say on stderr what does not fit the model that serves now."""
    from shangsou.errors import RecipeMismatch
    from shangsou.search.personal.ranker_store import open_ranker

    if found is not None and found.erased_since:
        click.echo(_erased(found), err=True)
    try:
        open_ranker(settings.home, model_hash)
    except RecipeMismatch as problem:
        click.echo(f"{problem}; until then the default ranker serves", err=True)


def _erased(found: "RegisteredModel") -> str:
    return (
        f"{found.name} was trained on events of shoppers of whom at least one has been erased since "
        f"{found.erased_since}: train it again without them"
    )


def _say_setting(settings: Settings, serving: Sequence[str]) -> None:
    from shangsou.encoding.registry import is_name_of

    setting = settings.model
    if setting is not None and not any(is_name_of(settings.home, setting, name) for name in serving):
        click.echo(
            f"SHANGSOU_MODEL is {setting} and wins: a process that has it searches no index that was "
            "built with another model",
            err=True,
        )


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    from tqdm import tqdm

    with tqdm(
        desc=DEFAULT_MODEL, unit="B", unit_scale=True, disable=not sys.stderr.isatty(), file=sys.stderr
    ) as bar:

        def advance(count: int, total: int) -> None:
            bar.total = total
            bar.update(count)

        yield advance
