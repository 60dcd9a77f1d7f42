"""`shangsou suite`: what must be found, and what must not."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.options import ReportOptions, report_options
from relevance.commands.searching import watched, whole_searcher
from relevance.errors import SuiteFailed

if TYPE_CHECKING:
    from relevance.suite_run import Result


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@report_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def suite(files: tuple[Path, ...], *, reports: ReportOptions, as_json: bool) -> None:
    """Check what must be found, and what must not.

    Each FILE is a suite of cases in YAML. Exit 1 when a case fails, when a known failure passes, or when a
    search was degraded.
    """
    from relevance.reports.page import suites_page
    from relevance.reports.suite import counts, suites_junit, suites_markdown, suites_text, suites_to_json
    from relevance.suite import read_suite
    from relevance.suite_run import run_case

    reports.check()
    suites = [read_suite(path) for path in files]
    every = [(place, case) for place, one in enumerate(suites) for case in one.cases]
    by_words = all(case.mode == "lexical" for _, case in every)
    with whole_searcher("lexical" if by_words else "hybrid") as searcher:
        done = [(place, run_case(case, searcher)) for place, case in watched(every, "case")]
    results: dict[str, list[Result]] = {}
    for place, (path, one) in enumerate(zip(files, suites, strict=True)):
        # Two files may well give their suites one name.
        name = f"{one.name} ({path})" if one.name in results else one.name
        results[name] = [result for source, result in done if source == place]
    reports.write(
        html=lambda: suites_page(results),
        junit=lambda: suites_junit(results),
        markdown=lambda: suites_markdown(results),
    )
    click.echo(json.dumps(suites_to_json(results), ensure_ascii=False) if as_json else suites_text(results))
    failing = counts(results)["failing"]
    if failing:
        raise SuiteFailed(f"{failing} of {len(done)} cases fail")
