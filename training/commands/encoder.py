"""`shangsou train encoder`: fine-tune an encoder on pairs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import click

from shangsou.settings import DEFAULT_MODEL


@click.command()
@click.option(
    "--pairs",
    "pairs_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Pairs of `shangsou train pairs`.",
)
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
    "--loss",
    type=click.Choice(["catalog", "gist", "ranking"]),
    default="catalog",
    show_default=True,
    help="catalog: each query is told from all titles, which stay where they are; ranking: from the products "
    "of its batch; gist: from those that the untrained encoder finds less near than what is meant.",
)
@click.option(
    "--epochs", type=click.IntRange(1, 100), default=2, show_default=True, help="Rounds over the pairs."
)
@click.option(
    "--batch-size", type=click.IntRange(2, 65_536), default=64, show_default=True, help="Pairs of a step."
)
@click.option(
    "--mini-batch",
    type=click.IntRange(1, 65_536),
    default=64,
    show_default=True,
    help="Pairs that are in memory at a time.",
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=3e-4,
    show_default=True,
    help="At its highest.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.02,
    show_default=True,
    help="Cosines are divided by it: a lower one looks at the nearest products alone.",
)
@click.option(
    "--nearness",
    type=click.FloatRange(0),
    default=0.2,
    show_default=True,
    help="By the loss catalog: weight with which queries are drawn to their products, until they lie as near "
    "as queries that the base knows: else searches cut off what is learned.",
)
@click.option(
    "--draw",
    type=click.Choice(["difficulty", "weight"]),
    default="difficulty",
    show_default=True,
    help="How often pairs are drawn: by their weight alone, or more often where the base finds badly what "
    "their query means.",
)
@click.option(
    "--retention",
    type=click.FloatRange(0),
    default=0.1,
    show_default=True,
    help="Weight with which titles, and queries that are written from them, stay where the base has them: "
    "only pairs of shoppers are learned then. 0 for none, and to learn all pairs.",
)
@click.option(
    "--hard-negatives",
    is_flag=True,
    help="Give each pair a product that the live index shows for its query, but not on top. Not with "
    "--loss catalog.",
)
@click.option(
    "--evaluate-every",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    metavar="STEPS",
    help="Steps between two evaluations, each with a checkpoint.",
)
@click.option(
    "--patience",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Stop after so many evaluations in a row that are worse than the best.",
)
@click.option(
    "--max-steps", type=click.IntRange(0), default=0, help="Stop after so many steps; 0 for no limit."
)
@click.option(
    "--blend",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Share of the trained weights in the result. By default the largest that validation does not tell "
    "from the best.",
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
    "--keep",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Last checkpoints that are kept, beside the best.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def encoder(  # noqa: PLR0913 - an argument for each option
    *,
    pairs_file: Path,
    out_name: str,
    base: str,
    device: Literal["auto", "cpu", "cuda"],
    mini_batch: int,
    keep: int,
    as_json: bool,
    **options: Any,
) -> None:
    """Fine-tune an encoder on pairs of a query and a product.

    Run the same command again to go on where it was interrupted. The result serves nobody yet.
    """
    from shangsou.cpu import usable_cores
    from shangsou.extras import check_installed
    from shangsou.settings import read_settings
    from training.encoder.options import FineTuningOptions, Resources

    check_installed("torch", ("torch", "sentence_transformers"))
    from training.encoder.fine_tuning import Request, fine_tune
    from training.encoder.quiet_libraries import quieten

    quieten()
    settings = read_settings()
    resources = Resources(device, mini_batch, settings.threads or usable_cores(), keep)
    request = Request(pairs_file, base, out_name, FineTuningOptions(**options), resources)
    result, model = fine_tune(request, settings, lambda line: click.echo(line, err=True))
    if as_json:
        installed = model and {"model": model.name, "model_hash": model.model_hash}
        click.echo(json.dumps(asdict(result) | {"installed": installed}))
        return
    figures = (
        f"MRR on validation {result.base_mrr:.4f}, after {result.best_step:,} steps {result.best_mrr:.4f}"
    )
    if model is None:
        click.echo(f"{figures}: worse than the base, so no model was installed")
        return
    click.echo(f"{figures}, {result.mrr:.4f} with {result.blend:.0%} of the trained weights")
    click.echo(
        f'installed as {model.name}; it serves nobody before "shangsou model use {model.name}"; curves: '
        f"{settings.home / 'runs' / out_name / 'curves.html'}"
    )
