"""Read the events of files; unusable rows are counted in a report."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from shangsou.behaviour.actions import ACTIONS_ADVICE, LEFT_OUT, action_kind
from shangsou.behaviour.columns import is_query_record
from shangsou.behaviour.event import Event
from shangsou.behaviour.event_rows import EventRow, read_rows
from shangsou.behaviour.parse import UNKNOWN_ACTION, FieldIssue, hash_row, parse_event
from shangsou.behaviour.report import EventReport
from shangsou.behaviour.ubi_queries import UbiQueries
from shangsou.errors import EventsRejected
from shangsou.reading.files import SourceFile, inspect
from shangsou.reading.issue import Issue
from shangsou.reading.issue_counts import IssueCounts
from shangsou.text.plurals import quantity

# Reasons in the message on a file without an event.
_MAX_REASONS = 3


def read_events(
    paths: Sequence[Path], report: EventReport | None = None, own_names: Mapping[str, str] | None = None
) -> Iterator[Event]:
    """Yield the events of files in order, reading lazily; those of UBI's index of queries come first.

    No event is dropped for its age, and a duplicate comes twice: that is for the event store to decide. An
    event that names its search by `query_id` alone gets the text from the record of UBI's index of queries,
    if that was read before it (`UbiQueries`).

    Parameters
    ----------
    paths
        TSV or CSV with a header (`timestamp user_id session_id action_name user_query product_id position`,
        in any order, and `event_id query_id price quantity order_id` where there are any), or JSON: one event
        or hit a line, one object, an array, a bulk request, or answers of `_search`; plain or gzip, UTF-8 or
        GB18030.
    report
        Counts rows and their issues, as `file:line`.
    own_names
        Names of actions and what they stand for, from `actions.read_action_options`. Others are known by
        `actions.action_kind`, or their rows rejected.

    Raises
    ------
    UnusableInput
        A file is missing, is not text, or has no known columns.
    EventsRejected
        After all files: one has rows, and none of them is an event.
    """
    report = EventReport() if report is None else report
    names = [path.name for path in paths]
    # All of them first: a mistake in the last name is reported before hours of work, not after it.
    files = [inspect(path, path.name if names.count(path.name) == 1 else str(path)) for path in paths]
    queries = UbiQueries()
    rejected_files: list[tuple[str, str]] = []
    for file in sorted(files, key=lambda file: not _begins_with_query(file)) if len(files) > 1 else files:
        rejections = yield from _read_file(file, report, own_names or {}, queries)
        if rejections:
            rejected_files.append(rejections)
    if rejected_files:
        raise EventsRejected(
            "; ".join(f"{summary}: {reasons}" for summary, reasons in rejected_files),
            summary="; ".join(summary for summary, _ in rejected_files),
        )


def _begins_with_query(file: SourceFile) -> bool:
    row = next(read_rows(file), None)
    return row is not None and isinstance(row.raw, Mapping) and is_query_record(row.raw)


def _read_file(
    file: SourceFile, report: EventReport, own_names: Mapping[str, str], queries: UbiQueries
) -> Generator[Event, None, tuple[str, str] | None]:
    """Yield the events of a file, and return that all of its rows were rejected, and why; None otherwise."""
    rejections, accepted = IssueCounts(), 0
    for row in map(queries.complete, read_rows(file)):
        report.read += 1
        if action_kind(_action_name(row), own_names) == LEFT_OUT:
            report.left_out += 1
            accepted += 1
            continue
        event, issues = _parse_row(row, own_names)
        if event is None:
            rejections.add("rejected", file.name, row.line, report.reject(file.name, row.line, issues[-1]))
            continue
        accepted += 1
        report.repaired += bool(issues)
        for field_issue in issues:
            report.issues.add("repaired", file.name, row.line, field_issue.issue)
        report.count(event, _action_name(row))
        yield event
    return None if accepted else _describe(file, rejections)


def _parse_row(row: EventRow, own_names: Mapping[str, str]) -> tuple[Event | None, list[FieldIssue]]:
    if isinstance(row.values, str):
        return None, [FieldIssue("", Issue("cannot be read", row.values, "row left out"))]
    return parse_event(row.values, partial(hash_row, row.raw), own_names, keeps_unknown=False)


def _action_name(row: EventRow) -> str:
    name = "" if isinstance(row.values, str) else row.values.get("action_name")
    return name.strip() if isinstance(name, str) else ""


def _describe(file: SourceFile, rejections: IssueCounts) -> tuple[str, str] | None:
    reasons = rejections.of("rejected")
    if not reasons:
        return None
    total = sum(issue_count.count for _, issue_count in reasons)
    texts = [f"{name}: {counted.count:,} ({counted.examples[0]})" for name, counted in reasons[:_MAX_REASONS]]
    if len(reasons) > _MAX_REASONS:
        texts.append(quantity(len(reasons) - _MAX_REASONS, "other reason"))
    if any(name.startswith(UNKNOWN_ACTION) for name, _ in reasons):
        texts.append(ACTIONS_ADVICE)
    summary = "its one row is no event" if total == 1 else f"none of its {total:,} rows is an event"
    return f"{file.name}: {summary}", "; ".join(texts)
