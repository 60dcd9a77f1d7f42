"""`shangsou train distil`: a static encoder of a teacher, served by numpy alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from shangsou.engines.engine import LiveEngine

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--out-name", required=True, metavar="NAME", help="Name of the run and of the model.")
@click.option(
    "--teacher",
    metavar="MODEL",
    help="The default model or a trained one. By default that of the live index.",
)
@click.option(
    "--queries",
    "query_paths",
    type=_FILE,
    multiple=True,
    help="The shop's query log, beside the titles of the live index; repeatable.",
)
@click.option(
    "--exclude-queries",
    "query_judgements",
    type=_FILE,
    multiple=True,
    help="Queries that judge the encoder, as of `evaluate`, or one a line: not learned from; repeatable.",
)
@click.option(
    "--dimensions", type=click.IntRange(8, 4_096), default=256, show_default=True, help="Of the vectors."
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one draws others."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def distil(  # noqa: PLR0913 - an argument for each option
    *,
    out_name: str,
    teacher: str | None,
    query_paths: Sequence[Path],
    query_judgements: Sequence[Path],
    dimensions: int,
    seed: int,
    as_json: bool,
) -> None:
    """Distil an encoder into a table of words, which numpy alone serves.

    Run the same command again to go on where it was interrupted. `shangsou model use NAME` lets it serve.
    """
    from dataclasses import asdict

    from shangsou.encoding.encoders import open_encoder
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import DEFAULT_MODEL, read_settings
    from training.distillation.distil import DistillingOptions, DistillingTexts
    from training.distillation.distil import distil as distil_texts
    from training.pairs.exclusions import read_excluded_queries
    from training.pairs.private_queries import looks_private
    from training.pairs.read_products import read_products

    excluded = read_excluded_queries(query_judgements)
    queries = {query for query in read_excluded_queries(query_paths) if query and not looks_private(query)}
    settings = read_settings()
    searcher = open_searcher(settings)
    try:
        engine = cast("LiveEngine", searcher.context().engine)
        recipe = engine.generation.recipe
        titles = [product.title for product in read_products(engine)]
    finally:
        searcher.close()
    encoder = open_encoder(settings, teacher or recipe.model)
    default = encoder if encoder.stamp.model == DEFAULT_MODEL else open_encoder(settings, DEFAULT_MODEL)
    result = distil_texts(
        out_name,
        DistillingTexts(titles, sorted(queries - excluded), recipe.segmenter),
        encoder,
        default,
        DistillingOptions(dimensions, seed),
        settings,
        lambda line: click.echo(line, err=True),
    )
    if as_json:
        click.echo(json.dumps(asdict(result)))
        return
    figure = (
        "" if result.cosine is None else f"; cosine with the teacher {result.cosine:.3f} on held-out queries"
    )
    click.echo(
        f"{result.name}: {result.units:,} units of {result.dimensions} dimensions from {result.titles:,} "
        f"titles and {result.queries:,} queries{figure}"
    )
    click.echo(f'"shangsou model use {result.name}" lets it serve')
