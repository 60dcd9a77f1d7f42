"""One run of `shangsou index`, with its progress and report."""

import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from shangsou.cli import PROGRAM
from shangsou.errors import IndexingFailed, ShangsouError
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.catalog import Catalog
    from indexer.report import Report
    from indexer.survey import Survey
    from shangsou.encoding.cache import CachedEncoder
    from shangsou.engines.engine import Generation
    from shangsou.lexicon.catalog_learner import TypeSummary
    from shangsou.text.dictionary import Dictionary
    from shangsou.text.facts import FactTable

# As many as a merchant reads.
_MAX_CUT_WORDS = 10


class IndexRun:
    """One run of `shangsou index`, with its progress and report."""

    def __init__(  # noqa: PLR0913 - the choices of whoever runs it
        self,
        report: "Report",
        started: float,
        *,
        allow_fewer: bool,
        derive_groups: bool,
        currency: str | None,
        dry_run: bool,
        suites: "Sequence[Path]" = (),
    ) -> None:
        self.report = report
        self._suites = suites
        self._currency, self._dry_run = currency, dry_run
        self._started = started
        self._allow_fewer = allow_fewer
        self._derive_groups = derive_groups
        self._encoder: CachedEncoder | None = None
        self._generation: Generation | None = None

    def check_writable(self) -> None:
        """Raise errors that can be known before hours of work."""
        from shangsou.engines.stores import open_store

        open_store(read_settings()).check_writable()

    def read_facts(self) -> "FactTable":
        """Return what texts are read by; raises `UnusableInput` for a wrong entry in the shop's own."""
        from shangsou.lexicon.fact_tables import read_fact_table

        return read_fact_table(read_settings().home)

    def read_dictionary(self) -> "Dictionary":
        """Return the shop's own words; raises `UnusableInput` for a wrong line."""
        from shangsou.lexicon.dictionary_completion import complete_dictionary
        from shangsou.lexicon.dictionary_file import read_dictionary

        dictionary, cut_words = complete_dictionary(read_dictionary(read_settings().home))
        for cut_word in cut_words[:_MAX_CUT_WORDS]:
            click.echo(cut_word.describe(), err=True)
        if len(cut_words) > _MAX_CUT_WORDS:
            click.echo(f"and so are {len(cut_words) - _MAX_CUT_WORDS:,} more", err=True)
        return dictionary

    def index(  # noqa: PLR0913 - each a choice of who indexes
        self,
        catalogs: "Sequence[Catalog]",
        max_rejected: float,
        fact_table: "FactTable",
        dictionary: "Dictionary",
        *,
        facts: "Survey | None" = None,
        source: str = "",
    ) -> None:
        """Index catalogs, or only read them; raises errors of ours.

        `facts` are those of the first reading, where it has been done; `source` is what the generation says
        where it comes from, the names of the catalogs unless given.
        """
        from indexer.build import index_products, refuse_fewer
        from indexer.encoder import open_index_encoder
        from indexer.products import read_products
        from indexer.progress import indexing_progress
        from shangsou.engines.stores import open_store
        from shangsou.lexicon.lexicon_store import LexiconStore
        from shangsou.search.ranking.recipe import read_ranking
        from shangsou.text.segmenter import Segmenter
        from shangsou.updates.journals import open_journal

        settings = read_settings()
        store = open_store(settings)
        ranking = read_ranking(settings.home)
        products = read_products(
            catalogs,
            self.report,
            max_rejected,
            fact_table,
            Segmenter(dictionary.words),
            derive_groups=self._derive_groups and settings.derive_groups,
            currency=(self._currency or settings.currency).upper(),
            facts=facts,
        )
        if self._dry_run:
            for _ in products:
                pass
            return
        rows = sum(catalog.max_rows for catalog in catalogs)
        if not self._allow_fewer:
            refuse_fewer(rows, store)
        self._encoder = open_index_encoder(settings, store)
        with closing(open_journal(settings)) as journal, indexing_progress(rows) as say_read:
            self._generation = index_products(
                products,
                store=store,
                encoder=self._encoder,
                source=source or ", ".join(catalog.name for catalog in catalogs),
                lexicons=LexiconStore(settings),
                ranking=ranking,
                fact_table=fact_table,
                dictionary=dictionary,
                journal=journal,
                gate=self._gate if self._suites else None,
                allow_fewer=self._allow_fewer,
                progress=lambda _: say_read(self.report.read),
                on_types=self._keep_types,
            )

    def _gate(self, generation: "Generation") -> None:
        """Run the suites on the new generation; raises `IndexingFailed` where a case fails."""
        # A process of its own: suites are checked by another package, with what searches need.
        command = (*PROGRAM, "suite", "--generation", generation.name, *map(str, self._suites))
        finished = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        if finished.returncode != 0:
            click.echo(finished.stdout, err=True)
            raise IndexingFailed(
                f"{', '.join(map(str, self._suites))} fails on {generation.name}, which was built and is gone"
            )

    def _keep_types(self, types: "TypeSummary") -> None:
        self.report.types = types

    def text(self) -> str:
        """Return the report for people."""
        return self.report.to_text()

    def outcome(self, failure: ShangsouError | None) -> dict[str, object]:
        """Return the outcome as plain JSON values."""
        outcome: dict[str, object] = {} if failure is None else {"error": str(failure)}
        report, generation = self.report, self._generation
        return outcome | {
            "read": report.read,
            "indexed": generation.documents if generation else 0,
            "skipped": report.skipped,
            "rejected": report.rejected,
            "duplicates": report.duplicates,
            "joined": report.joined,
            "repaired": report.repaired,
            "encoded": self._encoder.encoded if self._encoder else 0,
            "generation": generation.name if generation else None,
            "dry_run": self._dry_run,
            "seconds": round(time.monotonic() - self._started, 3),
            "report": report.to_json(),
        }

    def summary(self) -> str:
        """Return the outcome in a line."""
        if self._dry_run:
            return f"{self.report.accepted:,} products would be indexed; nothing was written"
        outcome = self.outcome(None)
        return (
            f"{outcome['indexed']:,} products serve as {outcome['generation']}, "
            f"{outcome['encoded']:,} texts encoded, {time.monotonic() - self._started:.1f} s"
        )
