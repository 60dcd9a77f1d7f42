"""`shangsou suite`: relevance cases that must hold."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.options import ReportOptions, report_options
from relevance.errors import SuiteFailed
from relevance.searchers import open_full_searcher, with_progress

if TYPE_CHECKING:
    from relevance.suites.run import CaseResult
    from shangsou.search.request import Mode


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@report_options
@click.option("--generation", metavar="gen-N", help="Check this generation, not the one that serves.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def suite(files: tuple[Path, ...], *, reports: ReportOptions, generation: str | None, as_json: bool) -> None:
    """Check suites of products that must, or must not, be found.

    Each FILE is a suite of cases in YAML. Exit 1 when a case fails, when a known failure passes, or when a
    search was degraded.
    """
    from relevance.reports.page import suites_page
    from relevance.reports.suite import counts, suites_junit, suites_markdown, suites_text, suites_to_json
    from relevance.suites.run import run_case
    from relevance.suites.suite import read_suite

    reports.check()
    suites = [read_suite(path) for path in files]
    cases = [(index, case) for index, loaded_suite in enumerate(suites) for case in loaded_suite.cases]
    lexical_only = all(case.mode == "lexical" for _, case in cases)
    mode: Mode = "lexical" if lexical_only else "hybrid"
    with open_full_searcher(mode, generation=generation) as searcher:
        finished = [(index, run_case(case, searcher)) for index, case in with_progress(cases, "case")]
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
    failing = counts(results)["failing"]
    if failing:
        raise SuiteFailed(f"{failing} of {len(finished)} cases fail")
