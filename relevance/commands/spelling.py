"""`shangsou evaluate spelling`: corrections against the intended queries."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.searchers import open_full_searcher
from shangsou.errors import NoIndex
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from shangsou.lexicon.lexicon import Lexicon
    from shangsou.search.service.searcher import Searcher


@click.command()
@click.option(
    "--cases",
    "cases_path",
    type=click.Path(path_type=Path),
    required=True,
    help="TSV with a header: query, as typed, and corrected, as it was meant.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def spelling(cases_path: Path, *, as_json: bool) -> None:
    """Measure how well mistyped queries are corrected, and right ones left alone."""
    from relevance.spelling import measure_spelling, read_cases, spelling_table, spelling_to_json
    from shangsou.search.ranking.recipe import read_ranking

    cases = read_cases(cases_path)
    # Nothing is searched, so the encoder may be missing.
    with open_full_searcher("lexical") as searcher:
        scores = measure_spelling(cases, read_ranking(read_settings().home), require_lexicon(searcher))
    if as_json:
        click.echo(json.dumps(spelling_to_json(scores), ensure_ascii=False))
    else:
        click.echo(spelling_table(scores))


def require_lexicon(searcher: "Searcher") -> "Lexicon":
    """Return the lexicon of the index; raises `NoIndex` if there is none."""
    lexicon = searcher.lexicon()
    if lexicon is None:
        raise NoIndex('there is no lexicon to correct by; run "shangsou index FILE" again')
    return lexicon
