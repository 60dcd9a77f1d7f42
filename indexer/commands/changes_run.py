"""One pass of `shangsou attach` that changes the index that serves."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from shangsou.errors import IndexingFailed, ShangsouError
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from indexer.attached.reading import Reading
    from indexer.attached.source import Source
    from indexer.attached.state import AttachedState, Choices
    from indexer.catalog import Catalog
    from indexer.report import Report
    from indexer.survey import Survey
    from shangsou.product import Product
    from shangsou.search.service.live_index import LiveIndex

# Of the few documents that changed lately, single ones without a title, such as drafts, are a larger share
# than of all; more of them mean that a field has another name.
_MAX_SINGLE = 10


class ChangesRun:
    """One pass over documents that changes the index that serves, with its report.

    Parameters
    ----------
    report
        What is found in the documents.
    reading
        What was read of them.
    source, choices
        Where, and how.
    state
        What the pass before left.
    started
        When it began, by the monotonic clock.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each a part of a pass
        self,
        report: "Report",
        reading: "Reading",
        source: "Source",
        choices: "Choices",
        state: "AttachedState",
        started: float,
    ) -> None:
        from indexer.updates import UpdateCounts

        self.report = report
        self._reading, self._source, self._choices, self._state = reading, source, choices, state
        self._started = started
        self._counts: UpdateCounts = UpdateCounts()
        self._opened: tuple[Catalog, Survey] | None = None

    def read(self, max_rejected: float) -> None:
        """Only read the documents; raises errors of ours."""
        for _ in self._products(max_rejected):
            pass
        self._refuse_all_rejected(max_rejected)

    def apply(self, index: "LiveIndex", max_rejected: float, allow_fewer: bool) -> "AttachedState":
        """Write what was read into the index, and return the state that it leaves; raises errors of ours."""
        from tqdm import tqdm

        from indexer.attached.changes import ChangeWriter
        from indexer.attached.documents import new_state, open_documents, product_ids, stated_fields

        reading, state, choices = self._reading, self._state, self._choices
        rejected: list[str] = []
        products = self._products(max_rejected, rejected.append)
        stated = {*state.fields, *(stated_fields(self._opened[0]) if self._opened else ())}
        writer = ChangeWriter(index, stated, self._counts)
        with tqdm(total=len(reading.documents), desc="updating", unit=" products", disable=None) as bar:
            writer.write(products, lambda written: bar.update(written - bar.n))
        self._refuse_all_rejected(max_rejected)
        # Of a draft the product stays, as where only changes are read.
        for product_id in rejected:
            writer.keep(product_id)
        if reading.kind == "full":
            writer.delete(index.require().engine.product_ids(), allow_fewer=allow_fewer, source=self._label)
        elif len(reading.deleted):
            marked = open_documents(
                reading.deleted, self._source.name, choices.map, state.names, needs_title=False
            )
            writer.delete(product_ids(marked, state), allow_fewer=allow_fewer, source=self._label)
        return new_state(self._source, choices, reading, state, *(self._opened or (None, None)))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing of what was read is new."""
        counts = self._counts
        return not (counts.updated or counts.inserted or counts.deleted or self.report.rejected)

    def text(self) -> str:
        """Return what was found in the documents, without the description of the shop."""
        from indexer.report import HEADINGS

        return "\n".join(self.report.issues.lines(HEADINGS))

    def outcome(self, failure: ShangsouError | None) -> dict[str, object]:
        """Return the outcome as plain JSON values."""
        counts, report, reading = self._counts, self.report, self._reading
        outcome: dict[str, object] = {} if failure is None else {"error": str(failure)}
        return outcome | {
            "pass": reading.kind,
            "documents": len(reading.documents) + len(reading.deleted),
            "read": report.read,
            "updated": counts.updated,
            "inserted": counts.inserted,
            "deleted": counts.deleted,
            "unchanged": counts.unchanged,
            "rejected": report.rejected,
            "last": reading.last,
            "seconds": round(time.monotonic() - self._started, 3),
            "report": report.to_json(),
        }

    def summary(self) -> str:
        """Return the outcome in a line."""
        counts, reading = self._counts, self._reading
        documents = len(reading.documents) + len(reading.deleted)
        scope = f"{documents:,} documents of {self._label} read, " + (
            "which are all" if reading.kind == "full" else f"the last by {self._choices.follow}"
        )
        return (
            f"{scope}: {counts.updated:,} products updated, {counts.inserted:,} inserted, "
            f"{counts.deleted:,} deleted, {counts.unchanged:,} as they were, {self.report.rejected:,} rows "
            f"rejected, {time.monotonic() - self._started:.1f} s"
        )

    def _refuse_all_rejected(self, max_rejected: float) -> None:
        """Raise `IndexingFailed` where no document that changed is a product: a field has another name."""
        report = self.report
        if report.rejected > max_rejected * report.read and not report.accepted:
            raise IndexingFailed(
                f"{report.rejected:,} of {report.read:,} rows were rejected, all that changed in "
                f"{self._label}; their products stay as they are; correct the documents, or --map where a "
                "field has another name, or allow it with --max-rejected 100%"
            )

    @property
    def _label(self) -> str:
        return self._source.label

    def _products(
        self, max_rejected: float, on_rejected: "Callable[[str], None] | None" = None
    ) -> "Iterable[Product]":
        """Return the products of the documents that are not marked as deleted; there may be none.

        `on_rejected` is called with the ids of those that cannot be read.
        """
        from indexer.attached.documents import open_documents, survey_documents
        from indexer.products import read_products
        from shangsou.lexicon.fact_tables import read_fact_table

        if not len(self._reading.documents):
            return ()
        # All documents tell by themselves what they hold; a few are like those that there were.
        known = self._state if self._reading.kind == "changes" else None
        names = known.names if known else ()
        if known:
            max_rejected = max(max_rejected, min(1.0, _MAX_SINGLE / len(self._reading.documents)))
        catalog = open_documents(self._reading.documents, self._source.name, self._choices.map, names)
        facts = survey_documents(catalog, known)
        self._opened = catalog, facts
        return read_products(
            [catalog],
            self.report,
            max_rejected,
            read_fact_table(read_settings().home),
            derive_groups=False,
            currency=self._choices.currency,
            facts=facts,
            on_rejected=on_rejected,
        )
