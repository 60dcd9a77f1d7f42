"""`shangsou model compare`: the figures of all models on one page, beside the plain baselines."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from shangsou.behaviour.commands.options import ACTION
from shangsou.output_files import check_folders, write_text

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
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
    help="Those of `shangsou train pairs` that models were trained on: their split test judges.",
)
@click.option(
    "--events",
    "events_paths",
    type=_FILE,
    multiple=True,
    help="TSV or UBI JSON Lines: personal searches, shelves, clicks and purchases; repeatable.",
)
@ACTION
@click.option(
    "--targets",
    "targets_path",
    type=_FILE,
    help="Personal searches, as of `shangsou evaluate personal`. Unset: from the last fifth of the events.",
)
@click.option(
    "--served-by",
    "served_by",
    metavar="COLUMN",
    help="Column of the events, or field of their event_attributes, that says which model served.",
)
@click.option(
    "--max-absent",
    type=click.FloatRange(0, 100),
    default=20.0,
    show_default=True,
    metavar="PERCENT",
    help="Judged products that the index may lack; judged queries are not measured where it lacks more.",
)
@click.option("--html", "html_path", type=_FILE, help="Write a page for people, in Chinese: one file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(  # noqa: PLR0913 - an argument for each option
    names: tuple[str, ...],
    *,
    queries_paths: Sequence[Path],
    qrels_paths: Sequence[Path],
    judgements_paths: Sequence[Path],
    pairs_path: Path | None,
    events_paths: Sequence[Path],
    actions: Sequence[str],
    targets_path: Path | None,
    served_by: str | None,
    max_absent: float,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Compare all models, or those named, beside plain baselines: what each finds, and what is clicked.

    Nothing is switched. Each figure has its 95 % interval; what cannot be measured is named with the reason.
    """
    inputs = [*queries_paths, *qrels_paths, *judgements_paths, *events_paths]
    inputs += [path for path in (pairs_path, targets_path) if path is not None]
    check_folders({"--html": html_path}, inputs)
    from shangsou.cpu import calculate_in_one_thread

    calculate_in_one_thread()
    from relevance.offline.event_replay import in_time_order
    from relevance.offline.personal import read_targets
    from shangsou.behaviour.commands.event_log import read_event_log
    from shangsou.errors import UnusableInput
    from shangsou.settings import read_settings
    from training.comparison.comparison import compare_models
    from training.comparison.comparison_input import ComparisonInput
    from training.comparison.installed import check_names
    from training.comparison.report import comparison_page, comparison_to_json, comparison_to_text
    from training.comparison.served_by import read_served
    from training.gate.judged_sets import read_judged_sets
    from training.pairs.pair import hash_pairs, read_pairs

    if (targets_path is not None or served_by is not None) and not events_paths:
        raise click.UsageError("--targets and --served-by need --events")
    if not inputs:
        raise click.UsageError(
            "there is nothing to measure on: give --pairs, --queries with --qrels, --judgements or --events"
        )
    settings = read_settings()
    check_names(settings, names)
    pairs = [] if pairs_path is None else list(read_pairs(pairs_path))
    events = in_time_order(read_event_log(events_paths, actions)) if events_paths else []
    for option, paths, rows in (("--pairs", [pairs_path], pairs), ("--events", events_paths, events)):
        if any(paths) and not rows:
            raise UnusableInput(f"{option} {', '.join(map(str, paths))}: holds nothing to measure on")
    wanted = ComparisonInput(
        names,
        read_judged_sets(queries_paths, qrels_paths, judgements_paths),
        pairs,
        "" if pairs_path is None else hash_pairs(pairs_path),
        events,
        None if targets_path is None else read_targets(targets_path),
        {} if served_by is None else read_served(events_paths, served_by, actions),
        max_absent,
    )
    comparison = compare_models(settings, wanted, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(comparison_to_json(comparison), ensure_ascii=False))
    else:
        click.echo(comparison_to_text(comparison))
    for remark in comparison.remarks:
        click.echo(remark.text, err=True)
    # Last: where it cannot be written, minutes of work are at least printed.
    if html_path is not None:
        write_text(html_path, comparison_page(comparison))
