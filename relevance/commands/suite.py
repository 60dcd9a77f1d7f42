"""`shangsou suite`: relevance cases that must hold."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.options import ReportOptions, history_option, report_options
from relevance.errors import SuiteFailed
from relevance.history import append_entry
from relevance.provenance import provenance_of
from relevance.searchers import RecipeSearcher, open_full_searcher, with_progress
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from relevance.suites.run import CaseResult
    from shangsou.search.ranking.recipe import RankingRecipe
    from shangsou.search.request import Mode


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@report_options
@history_option
@click.option(
    "--allow-unknown",
    is_flag=True,
    help="Check cases too that name ids or brands which the index lacks.",
)
@click.option("--recipe", "recipe_path", type=click.Path(path_type=Path), help="Rank with this recipe.")
@click.option("--tag", "tags", multiple=True, help="Check the cases with this tag; repeatable.")
@click.option("--case", "texts", multiple=True, help="Check the cases with this text; repeatable.")
@click.option("--generation", metavar="gen-N", help="Check this generation, not the one that serves.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def suite(  # noqa: PLR0913 - an argument for each option
    files: tuple[Path, ...],
    *,
    reports: ReportOptions,
    history_folder: Path | None,
    allow_unknown: bool,
    recipe_path: Path | None,
    tags: tuple[str, ...],
    texts: tuple[str, ...],
    generation: str | None,
    as_json: bool,
) -> None:
    """Check suites of products that must, or must not, be found.

    Each FILE is a suite of cases in YAML. Exit 1 when a case fails, when a known failure passes, or when a
    search was degraded.
    """
    from relevance.reports.page import suites_page
    from relevance.reports.suite import (
        counts,
        history_entry,
        suites_junit,
        suites_markdown,
        suites_text,
        suites_to_json,
    )
    from relevance.suites.run import run_case
    from relevance.suites.suite import choose_cases, read_suite
    from relevance.suites.unknown_values import refuse_unknown

    reports.check()
    suites = [choose_cases(read_suite(path), tags, texts) for path in files]
    if not any(loaded_suite.cases for loaded_suite in suites):
        raise UnusableInput("no case has such a tag or text; leave out --tag and --case to check all")
    cases = [(index, case) for index, loaded_suite in enumerate(suites) for case in loaded_suite.cases]
    lexical_only = all(case.mode == "lexical" for _, case in cases)
    mode: Mode = "lexical" if lexical_only else "hybrid"
    with open_full_searcher(mode, generation=generation) as searcher:
        if not allow_unknown:
            refuse_unknown(
                dict(zip(map(str, files), suites, strict=True)),
                searcher,
                "correct them, or give --allow-unknown to check the cases all the same",
            )
        recipe = _read_recipe(recipe_path)
        provider = searcher if recipe is None else RecipeSearcher(searcher, recipe)
        provenance = provenance_of(searcher, mode, recipe)
        finished = [(index, run_case(case, provider)) for index, case in with_progress(cases, "case")]
    results: dict[str, list[CaseResult]] = {}
    for index, (path, loaded_suite) in enumerate(zip(files, suites, strict=True)):
        # Two files may give their suites the same name.
        name = f"{loaded_suite.name} ({path})" if loaded_suite.name in results else loaded_suite.name
        results[name] = [result for source, result in finished if source == index]
    reports.write(
        html=lambda: suites_page(results),
        junit=lambda: suites_junit(results),
        markdown=lambda: suites_markdown(results),
    )
    click.echo(json.dumps(suites_to_json(results), ensure_ascii=False) if as_json else suites_text(results))
    if history_folder is not None:
        append_entry(history_folder, history_entry(results, provenance))
    failing = counts(results)["failing"]
    if failing:
        raise SuiteFailed(
            f"{failing} of {quantity(len(finished), 'case')} {'fails' if failing == 1 else 'fail'}"
        )


def _read_recipe(path: Path | None) -> "RankingRecipe | None":
    if path is None:
        return None
    from shangsou.search.ranking.recipe import read_ranking_file
    from shangsou.settings import read_settings

    return read_ranking_file(path, read_settings().home)
