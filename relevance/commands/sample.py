"""`shangsou judgements sample`: queries of a log to judge."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.judgement_options import JSON, check_outputs
from relevance.commands.options import FILE
from shangsou.behaviour.commands.options import ACTION
from shangsou.errors import EngineUnavailable, NoIndex, RecipeMismatch, UnusableInput

if TYPE_CHECKING:
    from relevance.sampling.query_sample import Population, SampledQuery

# 67 of a stratum: as many as show a drop of .02 against a small change (docs/relevance.md, "Gate a release").
_SIZE = 200
# A text of one shopper alone may say who that is.
_MIN_SHOPPERS = 2


@click.command()
@click.argument("files", metavar="FILE…", type=FILE, nargs=-1, required=True)
@click.option("--out", "target", type=FILE, required=True, help="Write the queries there, as TSV.")
@click.option(
    "--size", type=click.IntRange(1, 100_000), default=_SIZE, show_default=True, help="Queries to draw."
)
@click.option(
    "--shares",
    default="1,1,1",
    show_default=True,
    metavar="HEAD,TORSO,TAIL",
    help="How the queries fall to head, torso and tail.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one draws another sample.")
@click.option(
    "--min-shoppers",
    type=click.IntRange(1),
    default=_MIN_SHOPPERS,
    show_default=True,
    help="Leave out queries that fewer shoppers searched for; fewer times, where shoppers are not known.",
)
@click.option(
    "--keep-personal", is_flag=True, help="Draw texts that look like numbers or addresses of people too."
)
@ACTION
@JSON
def sample(  # noqa: PLR0913 - an argument for each option
    files: Sequence[Path],
    *,
    target: Path,
    size: int,
    shares: str,
    seed: int,
    min_shoppers: int,
    keep_personal: bool,
    actions: Sequence[str],
    as_json: bool,
) -> None:
    """Draw queries to judge from event files and logs of queries.

    Head, torso and tail make a third of the searches each; in each, queries are drawn by probability
    proportional to their searches, and tagged by what they hold.
    """
    from relevance.sampling.query_sample import draw_queries, select_population, write_sample
    from relevance.sampling.sample_report import SampleReport, report_to_json, report_to_text, warnings
    from relevance.sampling.search_counts import count_searches
    from shangsou.behaviour.actions import read_action_options
    from shangsou.behaviour.commands.event_log import print_rejected

    shares_of_strata = _read_shares(shares)
    check_outputs({"--out": target}, files)
    counts = count_searches(files, read_action_options(actions))
    print_rejected(counts.events)
    if not counts.queries:
        raise UnusableInput(
            f"{', '.join(map(str, files))}: holds no search with a text; name event files with searches, or "
            "logs with a column `query`"
        )
    population = select_population(counts.queries, min_shoppers, keeps_personal=keep_personal)
    drawn = draw_queries(population, size, seed, shares_of_strata)
    if not drawn:
        raise UnusableInput(
            f"--shares {shares}: no query is in the strata with a share; the log has {_sizes(population)}"
        )
    drawn, missing_tags = _with_tags(drawn)
    write_sample(drawn, target)
    report = SampleReport(drawn, population, counts, seed, min_shoppers, missing_tags)
    if as_json:
        click.echo(json.dumps(report_to_json(report), ensure_ascii=False))
    else:
        click.echo(report_to_text(report))
        click.echo(f"written to {target}")
        for line in warnings(report):
            click.echo(f"beware: {line}", err=True)
    if len(drawn) < size:
        where = "" if all(shares_of_strata) else " in the strata with a share"
        click.echo(f"only {len(drawn):,} of {size:,} queries drawn: there are no more{where}", err=True)


def _read_shares(text: str) -> list[float]:
    try:
        shares = [float(part) for part in text.split(",")]
    except ValueError:
        shares = []
    if len(shares) != 3 or not all(0 <= share < float("inf") for share in shares) or not any(shares):
        raise UnusableInput(
            f"--shares {text!r}: wanted are three numbers from 0 on, of head, torso and tail, as 1,1,2"
        )
    return shares


def _sizes(population: "Population") -> str:
    return ", ".join(f"{len(stratum.queries):,} of the {stratum.name}" for stratum in population.strata)


def _with_tags(drawn: "Sequence[SampledQuery]") -> "tuple[list[SampledQuery], str]":
    """Return the queries with tags of what they hold, and why they have none without an index."""
    from relevance.searchers import open_full_searcher, with_progress
    from relevance.tags import with_content_tags

    try:
        # Words are read without an encoder.
        with open_full_searcher("lexical") as searcher:
            queries = list(with_progress([one.query for one in drawn], "query"))
            tagged = with_content_tags(queries, searcher.understand)
    except (NoIndex, RecipeMismatch, EngineUnavailable) as problem:
        return list(drawn), str(problem)
    return [replace(one, query=query) for one, query in zip(drawn, tagged, strict=True)], ""
