"""`shangsou train pretrain`: an encoder learns the words of a shop from its texts."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from shangsou.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from shangsou.engines.engine import LiveEngine
    from training.pretraining.pretrain import Pretrained

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--out-name",
    required=True,
    metavar="NAME",
    help="Name of the model, and of its run in SHANGSOU_HOME/runs.",
)
@click.option(
    "--base",
    default=DEFAULT_MODEL,
    show_default=True,
    help="Model to begin with: the default one, a trained one, or the folder or hub name of a BERT.",
)
@click.option(
    "--queries",
    "query_paths",
    type=_FILE,
    multiple=True,
    help="The shop's query log, beside titles and descriptions of the live index; repeatable.",
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
    "--fill",
    "templates",
    multiple=True,
    default=("这条[MASK][MASK]裙",),
    show_default=True,
    metavar="TEXT",
    help="Text with a [MASK] for each character that is to be filled, before and after; repeatable.",
)
@click.option(
    "--objective",
    type=click.Choice(["retromae", "mlm"]),
    default="retromae",
    show_default=True,
    help="mlm: words that are hidden are predicted from the rest; retromae: the whole text is predicted from "
    "its vector, too.",
)
@click.option(
    "--epochs", type=click.IntRange(1, 100), default=1, show_default=True, help="Rounds over the texts."
)
@click.option(
    "--batch-size", type=click.IntRange(2, 65_536), default=64, show_default=True, help="Texts of a step."
)
@click.option(
    "--mini-batch",
    type=click.IntRange(1, 65_536),
    default=64,
    show_default=True,
    help="Texts that are in memory at a time.",
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=1e-4,
    show_default=True,
    help="At its highest.",
)
@click.option(
    "--mask",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.3,
    show_default=True,
    help="Share of a text that is hidden from the encoder, in whole words.",
)
@click.option(
    "--decoder-mask",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.5,
    show_default=True,
    help="Share that is hidden from the decoder of retromae, anew for each token.",
)
@click.option(
    "--retention",
    type=click.FloatRange(0),
    default=0.1,
    show_default=True,
    help="Weight with which vectors stay where the base has them; 0 for none.",
)
@click.option(
    "--warm-up",
    type=click.IntRange(0),
    default=200,
    show_default=True,
    metavar="STEPS",
    help="Steps in which the heads learn alone, for the encoder has none.",
)
@click.option(
    "--words",
    type=click.IntRange(0, 50_000),
    default=0,
    show_default=True,
    help="Most frequent words of the shop that join the vocabulary.",
)
@click.option(
    "--evaluate-every",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    metavar="STEPS",
    help="Steps between two evaluations, each with a checkpoint.",
)
@click.option(
    "--max-steps",
    type=click.IntRange(0),
    default=0,
    help="Stop after so many steps, the warm-up not counted; 0 for no limit.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one draws others."
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="auto: a GPU where there is one.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "bfloat16", "float32"]),
    default="auto",
    show_default=True,
    help="Of the activations. auto: bfloat16 on a CPU that multiplies it.",
)
@click.option(
    "--keep", type=click.IntRange(1), default=1, show_default=True, help="Last checkpoints that are kept."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def pretrain(  # noqa: PLR0913 - an argument for each option
    *,
    out_name: str,
    base: str,
    query_paths: Sequence[Path],
    query_judgements: Sequence[Path],
    product_judgements: Sequence[Path],
    pairs_file: Path | None,
    templates: Sequence[str],
    device: Literal["auto", "cpu", "cuda"],
    mini_batch: int,
    keep: int,
    as_json: bool,
    **options: Any,
) -> None:
    """Pre-train an encoder on the titles, descriptions and queries of the shop.

    Run the same command again to go on where it was interrupted. Fine-tune the result with `train encoder`.
    """
    from shangsou.cpu import usable_cores
    from shangsou.encoding.registry import check_name
    from shangsou.extras import check_installed
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings
    from training.encoder.options import Resources
    from training.encoder.quiet_libraries import quieten
    from training.pairs.exclusions import read_excluded_products, read_query_texts
    from training.pairs.pair import events_of, hash_pairs, read_pairs
    from training.pretraining.options import PretrainingOptions

    check_name(out_name)
    check_installed("torch", ("torch", "sentence_transformers"))
    settings = read_settings()
    excluded_queries = read_query_texts(query_judgements)
    excluded_products = read_excluded_products(product_judgements)
    log = read_query_texts(query_paths)
    pairs = list(read_pairs(pairs_file)) if pairs_file else []
    # After what is cheap to refuse.
    quieten()
    from training.distillation.texts import learned_queries
    from training.encoder.installing import validation_queries
    from training.pairs.read_products import read_products
    from training.pretraining.pretrain import Request
    from training.pretraining.pretrain import pretrain as pretrain_on
    from training.pretraining.texts import ShopTexts, read_product_texts

    searcher = open_searcher(settings)
    try:
        engine = cast("LiveEngine", searcher.context().engine)
        segmenter = engine.generation.recipe.segmenter
        products = read_product_texts(list(read_products(engine)), excluded_products)
    finally:
        searcher.close()
    texts = ShopTexts(
        products,
        learned_queries(log, pairs, excluded_queries),
        segmenter,
        validation_queries(pairs),
        events_of(pairs),
        hash_pairs(pairs_file) if pairs_file else "",
    )
    resources = Resources(device, mini_batch, settings.threads or usable_cores(), keep)
    request = Request(out_name, base, PretrainingOptions(**options), resources, templates)
    result, model = pretrain_on(request, texts, settings, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(asdict(result) | {"model": model.name, "model_hash": model.model_hash}))
        return
    click.echo(_to_text(result))
    click.echo(
        f'installed as {model.name}, to be fine-tuned: "shangsou train encoder --base {model.name}"; curves: '
        f"{settings.home / 'runs' / out_name / 'curves.html'}"
    )


def _to_text(result: "Pretrained") -> str:
    figure = (
        f"perplexity of masked words in {result.held_out:,} titles held out: {result.perplexity_before:.1f}, "
        f"after {result.steps:,} steps {result.perplexity:.1f}"
    )
    lines = [figure]
    for template, found in result.fills.items():
        before, after = (
            ", ".join(f"{words} {share:.0%}" for words, share in found[when]) for when in ("before", "after")
        )
        lines.append(f"{template}: {before}; after: {after}")
    return "\n".join(lines)
