"""Options shared by several commands of the workbench, and their inputs and outputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path

import click

from relevance.gate import Limits
from relevance.judgements import Qrels, Query, has_relevant, read_graded_queries, read_qrels, read_queries
from relevance.metrics import DEFAULT_MEASURES, GATED_MEASURE, Measure, parse_measure, parse_measures
from relevance.provenance import changes
from relevance.run_records import AskedRun, Missing, common_queries
from shangsou.errors import UnusableInput
from shangsou.output_files import check_folders, write_text
from shangsou.search.request import Mode
from shangsou.text.plurals import quantity

FILE = click.Path(path_type=Path)
# Of judged products, in percent: a shop that changes a fifth of its catalog should judge again. Set by hand.
_MAX_ABSENT = 20.0
_JUDGED_OPTIONS = (
    click.option(
        "--queries",
        "queries_path",
        type=FILE,
        help="TSV with a header: qid, query and maybe set and tags; without judgements also a query a line.",
    ),
    click.option(
        "--qrels", "qrels_path", type=FILE, help="TSV with a header: qid, doc_id, grade; or TREC qrels."
    ),
    click.option(
        "--judgements",
        "judgements_path",
        type=FILE,
        help="TSV with a header: query, product_id, grade; in place of --queries and --qrels.",
    ),
    click.option(
        "--measures",
        default=",".join(measure.name for measure in DEFAULT_MEASURES),
        show_default=True,
        help="What to measure: ndcg, mrr, map, precision, recall, f1, hit, err, judged, and of grades 0 to 3 "
        "ndcg_exp, exact, type, junk, unjudged, each @K; first_wrong, matched, none.",
    ),
    click.option("--graded", is_flag=True, help="nDCG counts each grade as its gain; else relevant is 1."),
    click.option(
        "--auto-tags/--no-auto-tags",
        default=None,
        help="Tag queries by length, script and what they hold too. Unset: where a page is written.",
    ),
    click.option(
        "--mode", type=click.Choice(["hybrid", "lexical", "semantic"]), default="hybrid", show_default=True
    ),
)
_REPORT_OPTIONS = (
    click.option("--html", type=FILE, help="Write a page for people: one file, with charts."),
    click.option("--junit", type=FILE, help="Write JUnit XML, for CI."),
    click.option("--markdown", type=FILE, help="Write Markdown, for a comment in CI."),
)


@dataclass(frozen=True, slots=True)
class JudgedOptions:
    """Options for the judged queries to search and the measures to use."""

    queries_path: Path | None
    qrels_path: Path | None
    judgements_path: Path | None
    measures: str
    graded: bool
    auto_tags: bool | None
    mode: Mode

    def tags_automatically(self, *, for_page: bool) -> bool:
        """Return whether queries are tagged by what they are, as they are for pages unless told otherwise."""
        return for_page if self.auto_tags is None else self.auto_tags

    @property
    def is_given(self) -> bool:
        """Whether a file of queries or judgements is given."""
        return any((self.queries_path, self.qrels_path, self.judgements_path))

    @property
    def has_queries_alone(self) -> bool:
        """Whether there are queries without judgements."""
        return self.queries_path is not None and self.qrels_path is None and self.judgements_path is None

    def read_unjudged(self) -> list[Query]:
        """Return the queries, of whose answers nothing is known."""
        if self.queries_path is None:
            raise click.UsageError('missing option "--queries": name the file of queries')
        return read_queries(self.queries_path, needs_qids=False)

    def read(self, *, needs_relevant: bool = True) -> tuple[list[Query], Qrels]:
        """Return the judged queries; raises if a file is missing or the two do not belong together.

        With `needs_relevant` also where no product is relevant: nothing can be measured by that file alone.
        """
        if self.judgements_path is not None:
            return self._read_graded(self.judgements_path, needs_relevant=needs_relevant)
        if self.queries_path is None or self.qrels_path is None:
            missing = "--queries" if self.queries_path is None else "--qrels"
            raise click.UsageError(f'missing option "{missing}": name the file of judged queries')
        queries, qrels = read_queries(self.queries_path), read_qrels(self.qrels_path)
        is_known = has_relevant if needs_relevant else _is_judged
        if not any(is_known(qrels, query.qid) for query in queries):
            raise UnusableInput(
                f"{self.qrels_path}: none of {quantity(len(queries), 'query')} of {self.queries_path} has a "
                f"relevant product here; the first qid there is {queries[0].qid!r}, here "
                f"{next(iter(qrels))!r}: give two files with the same qids"
            )
        return queries, qrels

    def selected_measures(self, *, gated: bool) -> tuple[Measure, ...]:
        """Return the measures; if `gated`, including the release gate's and none that a run cannot have."""
        measures = parse_measures(self.measures)
        if not gated:
            return measures
        if unknown := [measure.name for measure in measures if measure.needs_matches]:
            raise UnusableInput(
                f"--measures {', '.join(unknown)}: not to be compared, since a run does not say which of its "
                'products match; measure each ranking with "shangsou evaluate" without --baseline'
            )
        return tuple(dict.fromkeys([*measures, parse_measure(GATED_MEASURE)]))

    def _read_graded(self, path: Path, *, needs_relevant: bool) -> tuple[list[Query], Qrels]:
        if self.queries_path is not None or self.qrels_path is not None:
            raise click.UsageError("--judgements holds the queries too: leave out --queries and --qrels")
        queries, qrels = read_graded_queries(path)
        if needs_relevant and not any(has_relevant(qrels, query.qid) for query in queries):
            raise UnusableInput(f"{path}: no product is relevant; grade those that are with 1 or more")
        return queries, qrels


def _is_judged(qrels: Qrels, qid: str) -> bool:
    return qid in qrels


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options for the paths of reports; None for those that are not wanted."""

    html: Path | None
    junit: Path | None
    markdown: Path | None

    def check(self) -> None:
        """Raise `UnusableInput` for a report that could not be written, before the work is done."""
        check_folders({"--html": self.html, "--junit": self.junit, "--markdown": self.markdown})

    def refuse(self, reason: str) -> None:
        """Raise `UsageError` if a report is wanted."""
        if any((self.html, self.junit, self.markdown)):
            raise click.UsageError(reason)

    def write(self, html: Callable[[], str], junit: Callable[[], str], markdown: Callable[[], str]) -> None:
        """Write the reports that are wanted."""
        for path, text in ((self.html, html), (self.junit, junit), (self.markdown, markdown)):
            if path is not None:
                write_text(path, text())


def judged_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for judged queries to a command, as the argument `judged`."""

    @wraps(command)
    def with_options(  # noqa: PLR0913 - an argument for each option
        *args: object,
        queries_path: Path | None,
        qrels_path: Path | None,
        judgements_path: Path | None,
        measures: str,
        graded: bool,
        auto_tags: bool | None,
        mode: Mode,
        **others: object,
    ) -> None:
        judged = JudgedOptions(queries_path, qrels_path, judgements_path, measures, graded, auto_tags, mode)
        command(*args, judged=judged, **others)

    for option in reversed(_JUDGED_OPTIONS):
        with_options = option(with_options)
    return with_options


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for reports to a command, as the argument `reports`."""

    @wraps(command)
    def with_options(
        *args: object, html: Path | None, junit: Path | None, markdown: Path | None, **others: object
    ) -> None:
        command(*args, reports=ReportOptions(html, junit, markdown), **others)

    for option in reversed(_REPORT_OPTIONS):
        with_options = option(with_options)
    return with_options


def max_absent_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option for judged products that the index lacks to a command, as `max_absent`, in percent."""
    return click.option(
        "--max-absent",
        type=click.FloatRange(0, 100),
        default=_MAX_ABSENT,
        show_default=True,
        metavar="PERCENT",
        help="Judged products that the index may lack; exit 1 where it lacks more.",
    )(command)


def history_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option for a history to a command, as the argument `history_folder`."""
    return click.option(
        "--history",
        "history_folder",
        type=FILE,
        help='Add what was measured to a history in this folder; see "shangsou evaluate history".',
    )(command)


_GATE_OPTIONS = (
    click.option(
        "--max-emptied",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        help="Queries that may find nothing though they found something before.",
    ),
    click.option(
        "--max-lost",
        type=click.IntRange(0),
        help="Queries that may lose their last best answer among 100. Unset: none with the tag head, and 2 % "
        "of the others.",
    ),
    click.option(
        "--max-drop",
        type=click.FloatRange(0, 1),
        help="How far a set may fall in nDCG@10, whatever chance explains. Unset: as far as chance explains.",
    ),
    click.option(
        "--missing-is-empty",
        "missing",
        flag_value="empty",
        help="Judged queries that a run of another tool lacks found nothing.",
    ),
    click.option(
        "--common", "missing", flag_value="common", help="Measure the queries that all rankings answer."
    ),
)


@dataclass(frozen=True, slots=True)
class GateOptions:
    """Options for what a ranking must not lose, and for runs that lack queries."""

    limits: Limits
    missing: Missing

    def refuse_limits(self, reason: str) -> None:
        """Raise `UsageError` if a limit is given."""
        if self.limits != Limits():
            raise click.UsageError(reason)

    def limits_for(self, after: AskedRun) -> Limits:
        """Return the limits for a run: what it cannot hold, since it is not as deep, it has not lost."""
        return replace(self.limits, depth=after.depth)

    def common(self, queries: Sequence[Query], runs: Sequence[AskedRun]) -> list[Query]:
        """Return the queries to measure.

        Say on stderr where these are not all, where depths differ, and what else does.
        """
        known = [run.provenance for run in runs if run.provenance.at]
        if len(known) > 1 and (changed := changes(known[0], known[-1])):
            click.echo(f"between the rankings: {'; '.join(changed)}", err=True)
        depths = sorted({run.depth for run in runs})
        if len(depths) > 1:
            click.echo(
                f"the rankings are {depths[0]} and {depths[-1]} hits deep: beyond {depths[0]} their figures "
                "do not compare",
                err=True,
            )
        if self.missing != "common":
            return list(queries)
        common = common_queries(queries, [run.asked for run in runs])
        if len(common) < len(queries):
            click.echo(
                f"measured on {len(common)} of {quantity(len(queries), 'query')}, those that all rankings "
                "answer",
                err=True,
            )
        return common


def gate_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of the release gate to a command, as the argument `gate`."""

    @wraps(command)
    def with_options(
        *args: object,
        max_emptied: int,
        max_lost: int | None,
        max_drop: float | None,
        missing: Missing | None,
        **others: object,
    ) -> None:
        gate = GateOptions(Limits(max_emptied, max_lost, max_drop), missing or "refuse")
        command(*args, gate=gate, **others)

    for option in reversed(_GATE_OPTIONS):
        with_options = option(with_options)
    return with_options
