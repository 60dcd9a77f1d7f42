"""`shangsou train gate`: whether a trained encoder may serve."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangsou.behaviour.commands.options import ACTION
from shangsou.output_files import check_folders, write_text

if TYPE_CHECKING:
    from shangsou.encoding.registry import RegisteredModel
    from shangsou.settings import Settings
    from training.gate.gate import GateResult

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="NEW")
@click.option(
    "--queries",
    "queries_paths",
    type=_FILE,
    multiple=True,
    help="Judged queries, as of `shangsou evaluate`; repeatable, each with its --qrels.",
)
@click.option(
    "--qrels", "qrels_paths", type=_FILE, multiple=True, help="Their judgements, in the same order."
)
@click.option(
    "--judgements",
    "judgements_paths",
    type=_FILE,
    multiple=True,
    help="Queries and judgements in one file: query, product_id, grade; repeatable.",
)
@click.option(
    "--pairs",
    "pairs_path",
    type=_FILE,
    help="Those of `shangsou train pairs` that NEW was trained on: their split test judges.",
)
@click.option(
    "--events",
    "events_paths",
    type=_FILE,
    multiple=True,
    help="TSV or UBI JSON Lines: personal searches, and which products are new; repeatable.",
)
@ACTION
@click.option(
    "--targets",
    "targets_path",
    type=_FILE,
    help="Personal searches, as of `shangsou evaluate personal`. Unset: from the last fifth of the events.",
)
@click.option(
    "--figure",
    default="hybrid.ndcg",
    show_default=True,
    help="What has to rise: ndcg, mrr or recall of encoder, hybrid or personal, or pairs.accuracy.",
)
@click.option("--graded", is_flag=True, help="nDCG counts each grade as its gain; else relevant is 1.")
@click.option("--auto-tags", is_flag=True, help="Tag queries by length, script and what they hold too.")
@click.option(
    "--max-emptied",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Queries that may find nothing though they found something before.",
)
@click.option(
    "--max-lost",
    type=click.IntRange(0),
    help="Queries that may lose their last best answer among 100. Unset: none with the tag head, and 2 % of "
    "the others.",
)
@click.option(
    "--max-absent",
    type=click.FloatRange(0, 100),
    default=20.0,
    show_default=True,
    metavar="PERCENT",
    help="Judged products that the index may lack; exit 1 where it lacks more.",
)
@click.option("--dry-run", is_flag=True, help="Measure, and switch nothing.")
@click.option("--html", "html_path", type=_FILE, help="Write a page for people, in Chinese: one file.")
@click.option(
    "--to-judge",
    "to_judge_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the first hits that nobody judged, for `shangsou judgements open`, in sets where NEW has "
    "more of them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def gate(  # noqa: PLR0913 - an argument for each option
    name: str,
    *,
    queries_paths: Sequence[Path],
    qrels_paths: Sequence[Path],
    judgements_paths: Sequence[Path],
    pairs_path: Path | None,
    events_paths: Sequence[Path],
    actions: Sequence[str],
    targets_path: Path | None,
    figure: str,
    graded: bool,
    auto_tags: bool,
    max_emptied: int,
    max_lost: int | None,
    max_absent: float,
    dry_run: bool,
    html_path: Path | None,
    to_judge_path: Path | None,
    as_json: bool,
) -> None:
    """Let the trained model NEW serve if nothing falls and one figure rises, by more than chance.

    It is measured with a generation that is built beside the one that serves. Exit 1: refused, and what
    serves is unchanged.
    """
    inputs = [*queries_paths, *qrels_paths, *judgements_paths, *events_paths]
    inputs += [path for path in (pairs_path, targets_path) if path is not None]
    check_folders({"--html": html_path, "--to-judge": to_judge_path}, inputs)
    from shangsou.cpu import calculate_in_one_thread

    calculate_in_one_thread()
    from indexer.model_switch import check_setting
    from relevance.errors import ModelRefused
    from relevance.gate import Limits
    from relevance.model_gate import parse_figure
    from relevance.offline.event_replay import in_time_order
    from relevance.offline.personal import read_targets
    from shangsou.behaviour.commands.event_log import read_event_log
    from shangsou.search.service.home_sync import shared_home
    from shangsou.settings import read_settings
    from training.gate.gate import measure_model
    from training.gate.gate_input import GateInput
    from training.gate.judged_sets import read_judged_sets
    from training.gate.report import result_page, result_to_json, result_to_text
    from training.pairs.pair import hash_pairs, read_pairs

    if targets_path is not None and not events_paths:
        raise click.UsageError("--targets needs --events, of which the histories are")
    settings = read_settings()
    model = _find(settings, name)
    if not dry_run:
        check_setting(settings, model.name)
    figures = _figures_named(model, parse_figure(figure))
    wanted = GateInput(
        figure,
        read_judged_sets(queries_paths, qrels_paths, judgements_paths),
        [] if pairs_path is None else list(read_pairs(pairs_path)),
        "" if pairs_path is None else hash_pairs(pairs_path),
        in_time_order(read_event_log(events_paths, actions)) if events_paths else (),
        None if targets_path is None else read_targets(targets_path),
        graded=graded,
        auto_tags=auto_tags,
        max_absent_percent=max_absent,
        limits=Limits(max_emptied, max_lost),
        figures_named=len(figures),
    )
    with shared_home(settings):
        result = measure_model(settings, model, wanted, lambda line: click.echo(line, err=True))
        live = not (result.verdict.reasons or dry_run)
        if live:
            _switch(settings, result)
    payload = result_to_json(result, live=live, dry_run=dry_run)
    _keep(model, {**payload, "figures_named": figures})
    if html_path is not None:
        write_text(html_path, result_page(result, live=live, dry_run=dry_run))
    click.echo(json.dumps(payload, ensure_ascii=False) if as_json else result_to_text(result))
    if to_judge_path is not None:
        click.echo(_write_to_judge(result, to_judge_path), err=True)
    for remark in result.remarks:
        click.echo(remark.text, err=True)
    if result.verdict.reasons:
        reasons = "; ".join(reason.text for reason in result.verdict.reasons)
        raise ModelRefused(f"{model.name} was refused: {reasons}. {result.before.name} serves on unchanged")
    if not as_json:
        click.echo(_passed(result, live=live))


def _find(settings: "Settings", name: str) -> "RegisteredModel":
    from indexer.model_switch import find_usable
    from shangsou.errors import UnusableInput

    model = find_usable(settings, name)
    if model is None:
        raise UnusableInput(
            f'{name} is the default model, and no gate is before it: "shangsou model use {name}" goes '
            "back to it"
        )
    return model


def _figures_named(model: "RegisteredModel", figure: str) -> list[str]:
    """Return the figures that were named for a model so far, and this one."""
    from shangsou.encoding.gate_record import read_gate

    record = read_gate(model.folder)
    before = record.get("figures_named", []) if record.get("model_hash") == model.model_hash else []
    return list(dict.fromkeys([*map(str, before), figure]))


def _write_to_judge(result: "GateResult", path: Path) -> str:
    """Write the hits to judge, and return what to do with them."""
    from relevance.judging.pool import write_pool

    if not result.to_judge:
        return f"nothing to judge in sets where most was judged, so {path} was not written"
    write_pool(result.to_judge, path)
    return f"{len(result.to_judge)} hits to judge, in {path}; on the page: shangsou judgements open {path}"


def _switch(settings: "Settings", result: "GateResult") -> None:
    """Let the generation that was measured serve."""
    from indexer.commands.model import say_what_to_do
    from indexer.model_switch import use_beside

    use_beside(settings, result.after)
    say_what_to_do(settings, result.model, result.model.model_hash)


def _keep(model: "RegisteredModel", payload: "Mapping[str, object]") -> None:
    """Write what was found beside the card of the model."""
    from shangsou.encoding.gate_record import write_gate

    at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        write_gate(model.folder, {"at": at, **payload})
    except OSError as problem:
        click.echo(f"what was found was not written beside the card: {problem}", err=True)


def _passed(result: "GateResult", *, live: bool) -> str:
    from relevance.significance import p_text

    rise = result.verdict.rise
    change = f"{rise.figure} {rise.before:.3f} → {rise.after:.3f} (one-sided p {p_text(rise.p)})"
    passed = f"passed: {change}, nothing fell"
    if not live:
        return (
            f'{passed}; not switched, since it was measured alone: "shangsou model use {result.model.name}"'
        )
    return (
        f'{passed}; {result.model.name} serves now, as {result.after.name}; "shangsou rollback" goes back to '
        f"{result.before.name} with {result.before.recipe.model}"
    )
