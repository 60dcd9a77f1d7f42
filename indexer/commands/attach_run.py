"""The passes of `shangsou attach`, one behind the other."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.changes_run import ChangesRun
from indexer.commands.index_run import IndexRun
from indexer.commands.run_report import ReportedRun, report_run
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import Settings

if TYPE_CHECKING:
    from indexer.attached.reading import Reading
    from indexer.attached.source import Source
    from indexer.attached.state import AttachedState, Choices
    from shangsou.search.service.live_index import LiveIndex


@dataclass(frozen=True, slots=True)
class PassOptions:
    """What a pass may do, and what it prints."""

    max_rejected: float
    allow_fewer: bool
    derive_groups: bool
    dry_run: bool
    report_file: Path | None
    as_json: bool
    only_changes: bool
    """Whether nothing is printed of a pass that found nothing new."""


class Attachment:
    """An index of a merchant that is attached: its passes, one behind the other.

    Parameters
    ----------
    settings
        Of this process.
    source
        The index of the merchant.
    choices
        How its documents are read.
    options
        What a pass may do.
    """

    def __init__(
        self, settings: Settings, source: "Source", choices: "Choices", options: PassOptions
    ) -> None:
        from shangsou.engines.stores import open_store
        from shangsou.updates.journals import open_journal

        self._settings, self._source, self._choices, self._options = settings, source, choices, options
        # One for all passes: each one that is opened has connections of its own.
        self._store, self._journal = open_store(settings), open_journal(settings)
        self._live: LiveIndex | None = None

    def run(self, *, full: bool, full_after_s: float | None = None) -> None:
        """Read what there is to read and apply it; raises errors of ours.

        Parameters
        ----------
        full
            Whether all documents are read.
        full_after_s
            Read all of them where the last time is as long ago.
        """
        from tqdm import tqdm

        from indexer.attached.reading import read_source
        from indexer.attached.state import attaching, read_state, state_path

        started = time.monotonic()
        # A dry run writes nothing, not even a lock.
        with nullcontext() if self._options.dry_run else attaching(self._settings.home):
            path = state_path(self._settings.home, self._source.address, self._source.name)
            state = read_state(path)
            if state is not None and full_after_s is not None:
                full = full or time.time() - state.full_at >= full_after_s
            # disable=None: no bar if stderr is not a terminal.
            with tqdm(desc="reading", unit=" documents", disable=None) as bar:
                reading = read_source(
                    self._source,
                    state,
                    self._choices,
                    full=full,
                    progress=lambda read: bar.update(read - bar.n),
                )
            self._warn(reading, state)
            if reading.kind == "index" or state is None:
                self._index(reading, path, started)
            else:
                self._change(reading, state, path, started)

    def close(self) -> None:
        """Close what is open."""
        if self._live is not None:
            self._live.close()
        self._journal.close()
        self._source.close()

    def _index(self, reading: "Reading", path: Path, started: float) -> None:
        """Make a new index of all documents."""
        from indexer.attached.documents import new_state, open_documents, survey_documents
        from indexer.attached.state import write_state
        from indexer.report import Report

        options, label = self._options, self._source.label
        run = IndexRun(
            Report(),
            started,
            allow_fewer=options.allow_fewer,
            derive_groups=options.derive_groups,
            currency=self._choices.currency,
            dry_run=options.dry_run,
        )
        with self._reported(run), self._shared_files():
            table, dictionary = run.read_facts(), run.read_dictionary()
            if not len(reading.documents):
                raise UnusableInput(f"{label}: no document is there to index; nothing was changed")
            catalog = open_documents(reading.documents, self._source.name, self._choices.map)
            facts = survey_documents(catalog, None)
            run.index([catalog], options.max_rejected, table, dictionary, facts=facts, source=label)
            if not options.dry_run:
                # Behind the switch: whoever ends before it begins again.
                state = new_state(self._source, self._choices, reading, None, catalog, facts)
                write_state(path, state)

    def _change(self, reading: "Reading", state: "AttachedState", path: Path, started: float) -> None:
        """Change the index that serves by the documents that were read."""
        from indexer.attached.state import write_state
        from indexer.report import Report

        run = ChangesRun(Report(), reading, self._source, self._choices, state, started)
        with self._reported(run), self._shared_files():
            if self._options.dry_run:
                run.read(self._options.max_rejected)
                return
            self._check_generation()
            next_state = run.apply(self._followed(), self._options.max_rejected, self._options.allow_fewer)
            # Behind the changes, which are durable now: whoever ends before it reads them again.
            write_state(path, next_state)

    @contextmanager
    def _shared_files(self) -> Iterator[None]:
        """Have the files of the shop as they are now, and hand on what a pass changes of them."""
        from shangsou.search.service.home_sync import shared_home

        # A dry run writes nothing.
        if self._options.dry_run:
            yield
            return
        # First: nothing is handed on to where no index may be.
        self._store.check_writable()
        with shared_home(self._settings):
            yield

    @contextmanager
    def _reported(self, run: ReportedRun) -> Iterator[None]:
        failure: ShangsouError | None = None
        try:
            yield
        except ShangsouError as problem:
            failure = problem
        if failure or not (self._options.only_changes and isinstance(run, ChangesRun) and run.is_quiet):
            report_run(run, failure, self._options.report_file, as_json=self._options.as_json)

    def _check_generation(self) -> None:
        """Raise `UnusableInput` where another catalog than this one serves."""
        from shangsou.engines.generations import current_generation

        serving = current_generation(self._store)
        if serving is None or serving.source != self._source.label:
            what = f"{serving.name}, which serves, is of {serving.source}" if serving else "no index serves"
            raise UnusableInput(
                f"{what}, not of {self._source.label}, so that its changes belong nowhere; "
                "run it once without --follow, --full and --every to index all of it"
            )

    def _followed(self) -> "LiveIndex":
        """Return the index that serves, as it is now."""
        from shangsou.search.service.live_index import LiveIndex

        if self._live is None:
            self._live = LiveIndex(self._settings, self._store, self._journal, for_searches=False)
        self._live.follow()
        return self._live

    def _warn(self, reading: "Reading", state: "AttachedState | None") -> None:
        choices, label = self._choices, self._source.label
        if reading.reason:
            click.echo(f"{label}: all documents are read: {reading.reason}", err=True)
        if reading.without > (state.without if state else 0):
            click.echo(
                f"{label}: {reading.without:,} documents have no {choices.follow}; their changes are found "
                "only where all documents are read (--full, --full-every HOURS)",
                err=True,
            )
        if reading.unreadable_marks:
            click.echo(
                f"{label}: {choices.deleted} of {reading.unreadable_marks:,} documents, as of "
                f"{reading.unreadable_mark}, says neither that they are deleted nor that they are not; "
                "they count as there",
                err=True,
            )
