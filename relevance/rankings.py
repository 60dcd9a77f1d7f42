"""The rankings that can be compared: a run, a recipe, the live ranking, another engine."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from relevance.errors import DegradedSearches
from relevance.evaluation import DEPTH, evaluate
from relevance.judgements import Qrels, Query
from relevance.other_engine import OtherEngine, read_other_engine
from relevance.provenance import Provenance, provenance_of
from relevance.reports.scores import degraded_message
from relevance.run_records import AskedRun, Missing, read_asked_run
from relevance.searchers import RecipeSearcher, with_progress
from relevance.unknown_ids import refuse_unknown_ids
from shangsou.search.request import Mode

if TYPE_CHECKING:
    from shangsou.search.ranking.recipe import RankingRecipe
    from shangsou.search.service.searcher import Searcher

PRESENT = "present"
"""The name of the live ranking, on the command line and in reports."""


def read_ranking(
    name: str, queries: Sequence[Query], qrels: Qrels, missing: Missing
) -> "AskedRun | RankingRecipe | OtherEngine | None":
    """Return a run, a recipe (`*.json`), another engine (`*.toml`), or None for the live ranking.

    Raises `UnusableInput` for a file that cannot be used.
    """
    if name == PRESENT:
        return None
    if name.endswith(".toml"):
        return read_other_engine(Path(name))
    if name.endswith(".json"):
        from shangsou.search.ranking.recipe import read_ranking_file
        from shangsou.settings import read_settings

        return read_ranking_file(Path(name), read_settings().home)
    return read_asked_run(Path(name), queries, qrels, missing)


def needs_index(ranking: "AskedRun | RankingRecipe | OtherEngine | None") -> bool:
    """Return whether a ranking is searched in the index that is open."""
    return not isinstance(ranking, AskedRun | OtherEngine)


def ask(
    ranking: "AskedRun | RankingRecipe | OtherEngine | None",
    queries: Sequence[Query],
    mode: Mode,
    searcher: "Searcher",
) -> AskedRun:
    """Return what a ranking finds for queries, those without hits too.

    Raises `DegradedSearches`, `OtherEngineFailed`, and `UnusableInput` where another engine has other ids.
    """
    if isinstance(ranking, AskedRun):
        return ranking
    if isinstance(ranking, OtherEngine):
        answers = {query.qid: ranking.search(query.text, DEPTH) for query in with_progress(queries, "query")}
        found = {qid: hits for qid, (hits, _) in answers.items()}
        refuse_unknown_ids(ranking, found, queries, searcher)
        return AskedRun(
            found,
            frozenset(answers),
            DEPTH,
            Provenance(),
            tuple(took_ms for _, took_ms in answers.values()),
        )
    provider = searcher if ranking is None else RecipeSearcher(searcher, ranking)
    evaluation = evaluate(provider, with_progress(queries, "query"), {}, mode)
    if evaluation.degraded:
        raise DegradedSearches(degraded_message(evaluation))
    provenance = provenance_of(searcher, mode, ranking)
    return AskedRun(evaluation.run, frozenset(evaluation.run), DEPTH, provenance, evaluation.took_ms)
