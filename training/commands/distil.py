"""`shangsou train distil`: a static encoder of a teacher, served by numpy alone."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from shangsou.engines.engine import LiveEngine
    from training.distillation.distil import Distilled

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--out-name", required=True, metavar="NAME", help="Name of the run and of the model.")
@click.option(
    "--teacher",
    metavar="MODEL",
    help="The default model or a trained one, by name or folder. By default that of the live index.",
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
    "--pairs",
    "pairs_file",
    type=_FILE,
    help="Pairs of `shangsou train pairs`: more queries, and what the scale of cosines is fitted on.",
)
@click.option(
    "--exclude-products",
    "product_judgements",
    type=_FILE,
    multiple=True,
    help="Judged products, as qrels or an id a line: not learned from, nor their variants; repeatable.",
)
@click.option(
    "--dimensions", type=click.IntRange(8, 4_096), default=256, show_default=True, help="Of the vectors."
)
@click.option(
    "--epochs", type=click.IntRange(1, 100), default=2, show_default=True, help="Rounds over the queries."
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
    product_judgements: Sequence[Path],
    pairs_file: Path | None,
    dimensions: int,
    epochs: int,
    seed: int,
    as_json: bool,
) -> None:
    """Distil an encoder into a table of words, which numpy alone serves.

    Run the same command again to go on where it was interrupted. `shangsou model use NAME` lets it serve.
    """
    from shangsou.encoding.encoders import open_encoder
    from shangsou.encoding.registry import check_name
    from shangsou.extras import check_installed
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings
    from training.pairs.exclusions import read_excluded_products, read_query_texts
    from training.pairs.pair import events_of, hash_pairs, read_pairs

    check_name(out_name)
    check_installed("torch", ("torch",))
    settings = read_settings()
    if teacher is not None:
        _check_teacher(teacher, settings.home)
    excluded_queries = read_query_texts(query_judgements)
    excluded_products = read_excluded_products(product_judgements)
    log = read_query_texts(query_paths)
    pairs = list(read_pairs(pairs_file)) if pairs_file else []
    # After what is cheap to refuse.
    from training.distillation.distil import DistillingOptions
    from training.distillation.distil import distil as distil_texts
    from training.distillation.texts import DistillingTexts, learned_queries, learned_titles
    from training.encoder.installing import validation_queries
    from training.pairs.read_products import read_products

    searcher = open_searcher(settings)
    try:
        engine = cast("LiveEngine", searcher.context().engine)
        recipe = engine.generation.recipe
        titles = learned_titles(list(read_products(engine)), excluded_products)
    finally:
        searcher.close()
    texts = DistillingTexts(
        titles,
        learned_queries(log, pairs, excluded_queries),
        recipe.segmenter,
        validation_queries(pairs),
        events_of(pairs),
        hash_pairs(pairs_file) if pairs_file else "",
    )
    result, model = distil_texts(
        out_name,
        texts,
        open_encoder(settings, teacher or recipe.model, is_trained=not teacher and recipe.is_trained),
        DistillingOptions(dimensions, epochs, seed),
        settings,
        lambda line: click.echo(line, err=True),
    )
    click.echo(json.dumps(asdict(result) | {"model_hash": model.model_hash}) if as_json else _to_text(result))


def _check_teacher(teacher: str, home: Path) -> None:
    """Raise `UnusableInput` for a name that would be looked for on a model hub."""
    from shangsou.encoding.registry import find_model
    from shangsou.errors import UnusableInput
    from shangsou.settings import DEFAULT_MODEL

    if teacher != DEFAULT_MODEL and find_model(home, teacher) is None and not Path(teacher).is_dir():
        raise UnusableInput(
            f'--teacher {teacher}: there is no such model; "shangsou model list" shows the trained ones, and '
            f"{DEFAULT_MODEL} is the default one"
        )


def _to_text(result: "Distilled") -> str:
    shared = result.shared_neighbours
    figure = ""
    if shared is not None:
        figure = (
            f"; {shared:.0%} of the ten titles nearest to {result.held_out:,} other queries are its teacher's"
        )
    return (
        f"{result.name}: {result.units:,} units of {result.dimensions} dimensions from {result.titles:,} "
        f"titles and {result.queries:,} queries{figure}\n"
        f'it serves nobody before "shangsou model use {result.name}"'
    )
