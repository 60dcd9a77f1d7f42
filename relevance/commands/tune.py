"""`shangsou tune`: better numbers for the ranking recipe from judged queries."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from relevance.commands.options import FILE
from relevance.metrics import GATED_MEASURE, parse_measure
from shangsou.errors import ShangsouError, UnusableInput

if TYPE_CHECKING:
    from relevance.suites.suite import Suite
    from relevance.tuning.parameters import Group
    from relevance.tuning.result import TuningResult
    from relevance.tuning.target import TuningTarget
    from shangsou.search.ranking.versions import RankingVersion, RankingVersions
    from shangsou.settings import Settings

T = TypeVar("T")
_GROUPS = ("fusion", "fields", "bm25")
_BM25_ADVICE = (
    "Elasticsearch keeps k1 and b in the settings of an index, so each try of them is a reindex: set them in "
    'ranking.json, run "shangsou index" with SHANGSOU_ELASTIC_INDEX naming another index, and compare with '
    '"shangsou evaluate --baseline"; or tune them on the embedded engine, which scores alike'
)


class GainNotSignificant(ShangsouError):
    """The gain of tuning may be chance, so the changes were not applied."""


@click.command()
@click.option(
    "--queries", "queries_path", type=FILE, required=True, help="TSV with a header: qid, query, maybe set."
)
@click.option(
    "--qrels",
    "qrels_path",
    type=FILE,
    required=True,
    help="TSV with a header: qid, doc_id, grade; or TREC qrels.",
)
@click.option(
    "--parameters",
    "groups_text",
    metavar="GROUPS",
    help="What to tune, of fusion, fields and bm25, with commas between; all that the engine can try.",
)
@click.option(
    "--folds",
    type=click.IntRange(2, 20),
    default=5,
    show_default=True,
    help="Parts that are held out in turn.",
)
@click.option("--measure", default=GATED_MEASURE, show_default=True, help="What to gain in, as for evaluate.")
@click.option("--graded", is_flag=True, help="nDCG counts each grade as its gain; else relevant is 1.")
@click.option(
    "--suite",
    "suite_paths",
    type=FILE,
    multiple=True,
    help="No change may break a case of this suite that passes now; repeatable.",
)
@click.option(
    "--ignore-facts",
    is_flag=True,
    help="Show changes too that lose from first pages what queries state exactly, as brands and models.",
)
@click.option("--apply", "applies", is_flag=True, help="Make the changes live, if their gain is sure.")
@click.option("--force", is_flag=True, help="With --apply: also if it is not.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def tune(  # noqa: PLR0913 - an argument for each option
    queries_path: Path,
    qrels_path: Path,
    groups_text: str | None,
    folds: int,
    measure: str,
    *,
    graded: bool,
    suite_paths: tuple[Path, ...],
    ignore_facts: bool,
    applies: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Find better numbers for the ranking recipe in judged queries.

    Shows the changes, and the gain on held-out queries with its interval. No change is shown that breaks a
    case of --suite, or loses from first pages what queries state exactly. Nothing is changed without
    --apply. "shangsou ranking" lists the versions of the recipe and goes back to any.
    """
    from relevance.suites.suite import read_suite
    from relevance.tuning.report import NEEDS_REINDEX, tuning_text, tuning_to_json
    from shangsou.search.ranking.versions import RankingVersions
    from shangsou.search.service.home_sync import shared_home
    from shangsou.settings import read_settings

    settings = read_settings()
    groups = _groups(groups_text, settings.engine)
    suites = {str(path): read_suite(path) for path in suite_paths}
    target = _read(queries_path, qrels_path, _tuned_measure(measure), graded=graded)
    click.get_current_context().with_resource(shared_home(settings))
    versions = RankingVersions(settings.home)
    live = versions.live()
    result = _tune(settings, target, groups, folds, suites, guards_facts=not ignore_facts)
    is_refused = applies and not result.is_significant and not force
    version: RankingVersion | None = None
    if applies and result.changes and not is_refused:
        version = _apply(versions, live, result, (queries_path, qrels_path), groups)
    if as_json:
        click.echo(
            json.dumps(
                tuning_to_json(result) | {"version": version.number if version else None}, ensure_ascii=False
            )
        )
    else:
        click.echo(tuning_text(result))
    if version is not None:
        click.echo(
            f"version {version.number} of the ranking recipe is live within 2 seconds; "
            '"shangsou ranking list" shows those before it',
            err=True,
        )
        if as_json and result.needs_reindex:
            click.echo(NEEDS_REINDEX, err=True)
    if is_refused and result.changes:
        raise GainNotSignificant(_refusal_reason(result))


def _groups(text: str | None, engine: str) -> "list[Group]":
    if text is None:
        if engine == "elastic":
            click.echo(f"bm25 is left out: {_BM25_ADVICE}", err=True)
        return [group for group in _GROUPS if group != "bm25" or engine == "embedded"]  # type: ignore[misc]
    named = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in named if name not in _GROUPS]:
        raise UnusableInput(f"--parameters: there is no {unknown[0]!r}; there are {', '.join(_GROUPS)}")
    if not named:
        raise UnusableInput(f"--parameters: name at least one of {', '.join(_GROUPS)}")
    if engine == "elastic" and "bm25" in named:
        raise UnusableInput(f"--parameters bm25: {_BM25_ADVICE}")
    return [group for group in _GROUPS if group in named]  # type: ignore[misc]


def _tuned_measure(text: str) -> str:
    measure = parse_measure(text)
    if measure.needs_matches or measure.needs_exact or measure.is_error:
        raise UnusableInput(
            f"--measure {measure.name} cannot be maximized: tuning needs a measure that every query and "
            f"ranking has and whose best value is 1, as {GATED_MEASURE}"
        )
    return measure.name


def _read(queries_path: Path, qrels_path: Path, measure: str, *, graded: bool) -> "TuningTarget":
    from relevance.judgements import has_relevant, read_qrels, read_queries
    from relevance.tuning.target import TuningTarget

    queries, qrels = read_queries(queries_path), read_qrels(qrels_path)
    measured = [query for query in queries if has_relevant(qrels, query.qid)]
    if len(measured) < len(queries):
        click.echo(
            f"left out, since no product is relevant: {len(queries) - len(measured)} of "
            f"{len(queries)} queries",
            err=True,
        )
    return TuningTarget(measured, qrels, measure, graded)


def _tune(  # noqa: PLR0913 - what to tune, and what must not break
    settings: "Settings",
    target: "TuningTarget",
    groups: "Sequence[Group]",
    folds: int,
    suites: "Mapping[str, Suite]",
    *,
    guards_facts: bool,
) -> "TuningResult":
    from relevance.suites.unknown_values import refuse_unknown
    from relevance.tuning.evaluator import SettingEvaluator
    from relevance.tuning.parameters import parameters_of
    from relevance.tuning.tuner import tune as run_tuning
    from shangsou.search.ranking.recipe import read_ranking

    live = read_ranking(settings.home)
    with SettingEvaluator(settings, target, parameters_of(groups), live, _with_progress) as evaluator:
        if evaluator.unindexed_changes:
            click.echo(
                f"the ranking recipe has {evaluator.unindexed_changes}: tuned with what the index has",
                err=True,
            )
        if suites:
            with evaluator.searcher(evaluator.recipe(evaluator.start)) as searcher:
                refuse_unknown(suites, searcher, "correct them: such a case guards nothing")
        return run_tuning(
            evaluator,
            folds,
            suites,
            guards_facts=guards_facts,
            with_progress=lambda steps: _with_progress(steps, "choosing"),
        )


def _apply(
    versions: "RankingVersions",
    live: bytes,
    result: "TuningResult",
    files: tuple[Path, Path],
    groups: "Sequence[Group]",
) -> "RankingVersion":
    """Store the changed recipe as the next version and make it live."""
    import hashlib

    from relevance.tuning.report import changes_text, tuning_to_json

    recipe = json.loads(live)
    for change in result.changes:
        recipe = change.parameter.put_json(recipe, change.after)
    judgements = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    command = f"shangsou tune --parameters {','.join(groups)} --measure {result.measure}"
    held_out = result.held_out
    recipe["origin"] = (
        f"{command}, from version {recipe.get('version')}: {changes_text(result.changes)}; on "
        f"{result.queries} queries {result.before:.3f} → {result.after:.3f}, held out {held_out.mean:+.3f} "
        f"[{held_out.low:+.3f}, {held_out.high:+.3f}]"
    )
    figures = tuning_to_json(result) | {"judgements_sha256": judgements}
    return versions.save(recipe, command, figures, instead_of=live)


def _refusal_reason(result: "TuningResult") -> str:
    regressed = [name for name, set_gain in result.sets.items() if set_gain.regressed]
    why = (
        f"{', '.join(regressed)} would fall by more than chance"
        if regressed
        else "on queries held out the gain may be none "
        f"({result.held_out.low:+.3f} to {result.held_out.high:+.3f})"
    )
    return f"nothing was applied: {why}; judge more queries, or use --force"


def _with_progress(items: Sequence[T], what: str) -> Iterable[T]:
    from tqdm import tqdm

    # disable=None: no bar if stderr is not a terminal.
    bar: Iterable[T] = tqdm(items, desc=what, file=sys.stderr, disable=None, leave=False)
    return bar
