"""`shangsou evaluate history`: what was measured over time."""

import json
from pathlib import Path

import click

from relevance.history import MAX_SLOWER, Drifted, Entry, find_drift, read_history
from relevance.provenance import describe
from shangsou.output_files import check_folders, write_text

# Lines shown in a terminal.
_SHOWN = 10


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--html", "html_path", type=click.Path(path_type=Path), help="Write a page with a line a set.")
@click.option("--alert", is_flag=True, help="Exit 1 where the last entry is worse than those before.")
@click.option(
    "--max-slower",
    type=click.FloatRange(1),
    default=MAX_SLOWER,
    show_default=True,
    metavar="TIMES",
    help="How many times as long the 95th percentile of times may be; nights on other machines differ.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def history(folder: Path, html_path: Path | None, max_slower: float, *, alert: bool, as_json: bool) -> None:
    """Show the history that --history DIR of evaluate, compare and suite has kept in FOLDER.

    An entry is worse where a figure of a set, the share of searches without a match, or the 95th percentile
    of times is worse than the median of up to ten entries before it.
    """
    from relevance.reports.history import history_page

    check_folders({"--html": html_path})
    entries = read_history(folder)
    drift = find_drift(entries, max_slower)
    if html_path is not None:
        write_text(html_path, history_page(entries, drift))
    if as_json:
        payload = {
            "entries": [_to_json(entry) for entry in entries],
            "drift": [reason.text for reason in drift],
        }
        click.echo(json.dumps(payload, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(entries)) or "no entries yet")
        for reason in drift:
            click.echo(f"worse: {reason.text}", err=True)
    if alert and drift:
        raise Drifted(f"{len(drift)} figures are worse than before")


def _lines(entries: list[Entry]) -> list[str]:
    shown = entries[-_SHOWN:]
    lines = []
    for entry in shown:
        figures = ", ".join(
            f"{name} {measure} {value:.3f}"
            for name, values in entry.figures.items()
            for measure, value in list(values.items())[:1]
        )
        lines.append(f"{entry.command}  {describe(entry.provenance)}  {figures}")
        lines += [f"    closed: {reason.text}" for reason in entry.reasons or ()]
    return lines


def _to_json(entry: Entry) -> dict[str, object]:
    return {
        "command": entry.command,
        "at": entry.provenance.at,
        "commit": entry.provenance.commit,
        "generation": entry.provenance.generation,
        "ranking": entry.provenance.ranking,
        "figures": {name: dict(values) for name, values in entry.figures.items()},
        "empty_share": entry.empty_share,
        "p50_ms": entry.p50_ms,
        "p95_ms": entry.p95_ms,
        "reasons": None if entry.reasons is None else [reason.text for reason in entry.reasons],
    }
