"""`shangsou judgements`: convert and export grades, pool pairs to judge, measure agreement."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from relevance.commands.agreement import agreement, import_grades
from relevance.commands.books import list_books, open_pool
from relevance.commands.clicks import clicks
from relevance.commands.convert import convert
from relevance.commands.export import export
from relevance.commands.judgement_options import JSON, check_outputs
from relevance.commands.options import FILE
from relevance.commands.sample import sample
from relevance.errors import DegradedSearches
from relevance.evaluation import evaluate
from relevance.judgements import Query, read_qrels, read_queries
from relevance.reports.scores import degraded_message
from relevance.runs import Run, read_run
from relevance.searchers import RecipeSearcher, open_full_searcher, with_progress
from shangsou.errors import UnusableInput
from shangsou.search.request import Mode

_MODE = click.Choice(get_args(Mode))
_HYBRID: Mode = "hybrid"
# Depth at which people look, and of nDCG@10.
_DEPTH = 10


@click.group()
def judgements() -> None:
    """Collect, convert and compare judgements."""


@judgements.command()
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--queries", "queries_path", type=FILE, required=True, help="TSV: qid, query, maybe set, note.")
@click.option("--run", "run_paths", type=FILE, multiple=True, help="A TREC run to pool; repeatable.")
@click.option(
    "--mode", "modes", type=_MODE, multiple=True, help="Pool what the index finds in this mode; repeatable."
)
@click.option(
    "--recipe",
    "recipe_paths",
    type=FILE,
    multiple=True,
    help="Pool what this ranking recipe finds.",
)
@click.option("--qrels", "qrels_path", type=FILE, help="What is judged already.")
@click.option(
    "--depth", type=click.IntRange(1, 100), default=_DEPTH, show_default=True, help="Places of each run."
)
@click.option("--most", type=click.IntRange(min=1), help="Stop after so many pairs.")
@JSON
def pool(  # noqa: PLR0913 - an argument for each option
    target: Path,
    *,
    queries_path: Path,
    run_paths: Sequence[Path],
    modes: Sequence[Mode],
    recipe_paths: Sequence[Path],
    qrels_path: Path | None,
    depth: int,
    most: int | None,
    as_json: bool,
) -> None:
    """Write the pairs to judge next to OUT.

    The top results of several rankings are pooled, without those judged already, the most useful first. If no
    ranking is named, the index is searched in all three modes.
    """
    from relevance.judging.pool import judged_by_run, pool_runs, write_pool

    check_outputs({"OUT": target}, [queries_path, qrels_path, *run_paths, *recipe_paths])
    queries = read_queries(queries_path)
    qrels = read_qrels(qrels_path) if qrels_path else {}
    runs: dict[str, Run] = {str(path): read_run(path) for path in run_paths}
    is_named = bool(run_paths or modes or recipe_paths)
    runs |= _search_runs(queries, modes if is_named else get_args(Mode), recipe_paths)
    pairs = pool_runs(queries, runs, qrels, depth=depth)[:most]
    if not pairs:
        raise UnusableInput(
            f"nothing to judge: the first {depth} of every run are judged, or the runs are of other qids"
        )
    write_pool(pairs, target)
    judged_shares = judged_by_run(queries, runs, qrels)
    query_count = len({pair.query.qid for pair in pairs})
    if as_json:
        report = {"pairs": len(pairs), "queries": query_count, "depth": depth, "judged@10": judged_shares}
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    for name, share in judged_shares.items():
        click.echo(f"judged@10 {share:.3f}  {name}")
    click.echo(f"{len(pairs):,} pairs of {query_count:,} queries to judge, in {target}")
    click.echo(f"on the page: shangsou judgements open {target}", err=True)


def _search_runs(
    queries: Sequence[Query], modes: Sequence[Mode], recipe_paths: Sequence[Path]
) -> dict[str, Run]:
    """Search the index: with the live ranking in each mode, and with each recipe in hybrid mode."""
    from shangsou.search.ranking.recipe import read_ranking_file
    from shangsou.settings import read_settings

    # Read before the searches, so that an unusable file is reported at once.
    recipes = {str(path): read_ranking_file(path, read_settings().home) for path in recipe_paths}
    by_mode = [(mode, mode, None) for mode in modes]
    runs_by_name: dict[str, Run] = {}
    for name, mode, recipe in [*by_mode, *((name, _HYBRID, recipe) for name, recipe in recipes.items())]:
        with open_full_searcher(mode) as searcher:
            provider = searcher if recipe is None else RecipeSearcher(searcher, recipe)
            evaluation = evaluate(provider, with_progress(queries, f"{name} query"), {}, mode)
        if evaluation.degraded:
            raise DegradedSearches(degraded_message(evaluation))
        runs_by_name[name] = evaluation.run
    return runs_by_name


for _command in (convert, open_pool, list_books, import_grades, export, agreement, clicks, sample):
    judgements.add_command(_command)
