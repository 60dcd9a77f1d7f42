"""`shangsou model`: the encoder's weights."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from shangsou.settings import DEFAULT_MODEL, read_settings


@click.group()
def model() -> None:
    """Fetch the weights of the encoder."""


@model.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
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
        click.echo(
            json.dumps(
                {
                    "model": DEFAULT_MODEL,
                    "model_hash": weights.model_hash,
                    "precision": precision,
                    "folder": str(weights.folder),
                    "file": file.name,
                },
                ensure_ascii=False,
            )
        )
    else:
        click.echo(f"{DEFAULT_MODEL} {weights.model_hash} is in {weights.folder}; it encodes in {precision}")


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
