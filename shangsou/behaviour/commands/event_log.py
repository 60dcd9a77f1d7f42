"""Event files as the commands read that measure or learn from them, and what they say of rejected rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from shangsou.behaviour.actions import ACTIONS_ADVICE, read_action_options
from shangsou.behaviour.event import Event
from shangsou.behaviour.event_files import read_events
from shangsou.behaviour.report import EventReport


def read_event_log(paths: Sequence[Path], actions: Sequence[str]) -> Iterator[Event]:
    """Yield the events of files, and say on stderr after the last how many rows were none.

    Parameters
    ----------
    paths
        As `read_events` reads them.
    actions
        The values of the option `--action`.

    Raises
    ------
    UnusableInput
        As `read_events` and `read_action_options`.
    EventsRejected
        As `read_events`.
    """
    report = EventReport()
    yield from read_events(paths, report, read_action_options(actions))
    print_rejected(report)


def print_rejected(report: EventReport) -> None:
    """Say on stderr how many rows were rejected, and which names of actions are not known; else nothing."""
    if report.rejected:
        click.echo(
            f"{report.rejected:,} of {report.read:,} rows could not be read as events; "
            '"shangsou events import" says why',
            err=True,
        )
    if report.unknown_actions:
        click.echo(f"{', '.join(report.unknown_actions)}: {ACTIONS_ADVICE}", err=True)
