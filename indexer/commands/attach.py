"""`shangsou attach`."""

import signal
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from indexer.commands.index_options import (
    check_report_folder,
    indexing_options,
    kept_mapping,
    mapping_options,
)
from indexer.commands.json_output import json_option
from shangsou.cpu import calculate_in_one_thread
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from indexer.commands.attach_run import Attachment

_SECONDS_AN_HOUR = 3_600


@click.command()
@click.option(
    "--index",
    "name",
    required=True,
    metavar="NAME",
    help="The index of the shop's own system, or an alias or a pattern of several.",
)
@click.option(
    "--url",
    metavar="URL",
    envvar="SHANGSOU_ATTACH_URL",
    help="Its Elasticsearch, SHANGSOU_ELASTIC_URL unless set.",
)
@mapping_options
@click.option(
    "--follow",
    metavar="FIELD",
    help="From the second time on read only what changed, by this field: a time, or a number that counts up.",
)
@click.option("--deleted", metavar="FIELD", help="Leave out documents of which this field says so.")
@click.option(
    "--full", is_flag=True, help="Read all documents, and remove the products of those that are gone."
)
@click.option(
    "--full-every",
    type=click.FloatRange(min=0, min_open=True),
    metavar="HOURS",
    help="Do so when the last time is as long ago.",
)
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="Keep running, and wait as long between two readings.",
)
@indexing_options
@json_option
def attach(  # noqa: PLR0913, PLR0917 - click passes each option
    name: str,
    url: str | None,
    pairs: tuple[str, ...],
    map_file: Path | None,
    currency: str | None,
    follow: str | None,
    deleted: str | None,
    full: bool,
    full_every: float | None,
    every: float | None,
    dry_run: bool,
    max_rejected: float,
    allow_fewer: bool,
    no_derive_groups: bool,
    report_file: Path | None,
    as_json: bool,
) -> None:
    """Index an Elasticsearch index that the shop has, and follow it.

    That index is only read. The first time all documents become a new index; with --follow only what changed
    since is read from then on, and changes the index that serves.
    """
    calculate_in_one_thread()
    from indexer.attached.source import Source
    from indexer.attached.state import Choices
    from indexer.column_mapping import read_mapping
    from indexer.commands.attach_run import Attachment, PassOptions

    if (every is not None or full_every is not None) and not follow:
        raise UnusableInput(
            f"--{'every' if every is not None else 'full-every'} needs --follow FIELD: without it all "
            "documents become a new index each time"
        )
    check_report_folder(report_file)
    settings = read_settings()
    context = click.get_current_context()
    stopped = _stopped_by_signals(context)
    choices = Choices(
        {**kept_mapping(map_file), **read_mapping(pairs)},
        follow,
        deleted,
        (currency or settings.currency).upper(),
    )
    options = PassOptions(
        max_rejected,
        allow_fewer,
        derive_groups=not no_derive_groups,
        dry_run=dry_run,
        report_file=report_file,
        as_json=as_json,
        only_changes=every is not None,
    )
    source = Source(settings, name, url or "")
    attachment = Attachment(settings, source, choices, options)
    context.call_on_close(attachment.close)
    full_after_s = None if full_every is None else full_every * _SECONDS_AN_HOUR
    if every is None:
        attachment.run(full=full, full_after_s=full_after_s)
    else:
        _keep_running(attachment, stopped, every, full=full, full_after_s=full_after_s)


@dataclass(slots=True)
class _Stop:
    """Whether a signal has stopped the program.

    No `threading.Event`: a handler that sets one waits for a lock that the thread which it interrupts may
    hold, as it waits for the event, and never gets it.
    """

    is_set: bool = False


def _keep_running(
    attachment: "Attachment", stopped: _Stop, every_s: float, *, full: bool, full_after_s: float | None
) -> None:
    """Read again and again until the program is stopped; what fails later than at first is tried again."""
    try:
        attachment.run(full=full, full_after_s=full_after_s)
        while not stopped.is_set:
            time.sleep(every_s)
            try:
                attachment.run(full=False, full_after_s=full_after_s)
            except ShangsouError as problem:
                click.echo(f"shangsou: {problem}", err=True)
    except KeyboardInterrupt:
        pass
    click.echo("stopped; what was read in full is applied", err=True)


def _stopped_by_signals(context: click.Context) -> _Stop:
    """Let SIGTERM end the program as Ctrl-C does, so that what is open is closed; return what they set."""
    stopped = _Stop()

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Not only raised: Python drops what is raised while an object is destroyed.
        stopped.is_set = True
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        context.call_on_close(partial(signal.signal, number, signal.signal(number, stop)))
    return stopped
