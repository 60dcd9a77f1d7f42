"""`shangsou events import`."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangsou.behaviour.commands.options import ACTION
from shangsou.errors import EventsRejected
from shangsou.settings import read_settings
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from shangsou.behaviour.event import Event
    from shangsou.behaviour.ingest import EventIngester
    from shangsou.behaviour.report import EventReport

# Events in one transaction, whose sync to disk costs as much as about a thousand events.
_BATCH_SIZE = 5_000


@click.group()
def events() -> None:
    """Import what shoppers do."""


@events.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@ACTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_events(files: tuple[Path, ...], *, actions: tuple[str, ...], as_json: bool) -> None:
    """Import the events of FILEs.

    TSV or CSV with a header, or JSON as UBI 1.3 has it, dumps of its indices included; plain or gzip. Known
    events are not stored twice.
    """
    from tqdm import tqdm

    from shangsou.behaviour.actions import read_action_options
    from shangsou.behaviour.event_files import read_events
    from shangsou.behaviour.ingest import EventIngester
    from shangsou.behaviour.report import EventReport
    from shangsou.behaviour.stores import open_event_store

    started = time.monotonic()
    own_names = read_action_options(actions)
    settings = read_settings()
    report, failure = EventReport(), None
    store = open_event_store(settings)
    try:
        ingester = EventIngester(store, settings.retention_days)
        batch: list[Event] = []
        with tqdm(desc="importing", unit=" events", disable=None) as bar:
            try:
                for event in read_events(files, report, own_names):
                    batch.append(event)
                    if len(batch) == _BATCH_SIZE:
                        _ingest_batch(batch, ingester, report)
                        bar.update(len(batch))
                        batch.clear()
            except EventsRejected as reason:
                # After the last row: what other files hold is stored.
                failure = reason
            _ingest_batch(batch, ingester, report)
    finally:
        store.close()
    seconds = round(time.monotonic() - started, 3)
    if as_json:
        click.echo(json.dumps(report.to_json() | {"seconds": seconds}, ensure_ascii=False, indent=1))
    else:
        click.echo(report.to_text())
        click.echo(f"{quantity(report.imported, 'event')} kept, {seconds:.1f} s")
    if failure is not None:
        # The report has said why.
        raise failure if as_json else EventsRejected(failure.summary)


def _ingest_batch(batch: "list[Event]", ingester: "EventIngester", report: "EventReport") -> None:
    for outcome in ingester.ingest(batch):
        report.count_outcome(outcome.status, outcome.reason, outcome.detail)
