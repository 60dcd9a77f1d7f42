"""`shangsou judgements`: import and export grades, pool pairs to judge, measure agreement."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from relevance.commands.books import agreement, export, list_books, open_pool
from relevance.commands.clicks import clicks
from relevance.commands.judgement_options import FILE, FORMAT, JSON, WRITE_QUERIES, write_judgements
from relevance.commands.sample import sample
from relevance.errors import DegradedSearches
from relevance.evaluation import evaluate
from relevance.judgements import Query, read_qrels, read_queries
from relevance.judging.formats import (
    Format,
    format_of,
    read_judgement_set,
)
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
@click.argument("source", metavar="IN", type=FILE)
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--from", "read_as", type=FORMAT, help="Format of IN, where its name does not tell it.")
@click.option("--to", "write_as", type=FORMAT, help="Format of OUT, where its name does not tell it.")
@click.option("--queries", "queries_path", type=FILE, help="TSV with the texts of the queries.")
@WRITE_QUERIES
def convert(  # noqa: PLR0913 - an argument for each option
    source: Path,
    target: Path,
    *,
    read_as: Format | None,
    write_as: Format | None,
    queries_path: Path | None,
    written_path: Path | None,
) -> None:
    """Convert the judgements of IN to another format.

    Formats follow the names: .tsv, .csv (Quepid) and .trec, .qrels or .txt (TREC), unless given as options.
    What the other format cannot hold is listed.
    """
    kind_in, kind_out = read_as or format_of(source), write_as or format_of(target)
    queries = read_queries(queries_path) if queries_path else []
    if kind_in == "quepid" != kind_out and not (queries or written_path):
        raise click.UsageError(
            "Quepid's file names queries by their text: say which qids they have with --queries, or where to "
            "write new ones with --write-queries"
        )
    judgement_set = read_judgement_set(source, kind_in, queries)
    known = {query.qid for query in queries}
    new_queries = [query for query in judgement_set.queries if query.qid not in known]
    if kind_in == "quepid" != kind_out and new_queries and not written_path:
        raise UnusableInput(
            f"{source}: {len(new_queries)} queries, as {new_queries[0].text!r}, are not in {queries_path}; "
            "write all queries with --write-queries"
        )
    write_judgements(judgement_set, target, kind_out, written_path)


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


for _command in (open_pool, list_books, export, agreement, clicks, sample):
    judgements.add_command(_command)
