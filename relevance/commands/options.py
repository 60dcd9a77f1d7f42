"""Options shared by several commands of the workbench, and their inputs and outputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import click

from relevance.judgements import Qrels, Query, has_relevant, read_graded_queries, read_qrels, read_queries
from relevance.metrics import DEFAULT_MEASURES, GATED_MEASURE, Measure, parse_measure, parse_measures
from relevance.runs import Run, read_run
from shangsou.errors import UnusableInput
from shangsou.search.request import Mode

_FILE = click.Path(path_type=Path)
_JUDGED_OPTIONS = (
    click.option(
        "--queries", "queries_path", type=_FILE, help="TSV with a header: qid, query and maybe set and tags."
    ),
    click.option(
        "--qrels", "qrels_path", type=_FILE, help="TSV with a header: qid, doc_id, grade; or TREC qrels."
    ),
    click.option(
        "--judgements",
        "judgements_path",
        type=_FILE,
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
    click.option("--auto-tags", is_flag=True, help="Tag queries by their texts too, as latin or long tail."),
    click.option(
        "--mode", type=click.Choice(["hybrid", "lexical", "semantic"]), default="hybrid", show_default=True
    ),
)
_REPORT_OPTIONS = (
    click.option("--html", type=_FILE, help="Write a page for people: one file, with charts."),
    click.option("--junit", type=_FILE, help="Write JUnit XML, for CI."),
    click.option("--markdown", type=_FILE, help="Write Markdown, for a comment in CI."),
)


@dataclass(frozen=True, slots=True)
class JudgedOptions:
    """Options for the judged queries to search and the measures to use."""

    queries_path: Path | None
    qrels_path: Path | None
    judgements_path: Path | None
    measures: str
    graded: bool
    auto_tags: bool
    mode: Mode

    @property
    def is_given(self) -> bool:
        """Whether a file of queries or judgements is given."""
        return any((self.queries_path, self.qrels_path, self.judgements_path))

    def read(self) -> tuple[list[Query], Qrels]:
        """Return the judged queries; raises if a file is missing or the two do not belong together."""
        if self.judgements_path is not None:
            return self._read_graded(self.judgements_path)
        if self.queries_path is None or self.qrels_path is None:
            missing = "--queries" if self.queries_path is None else "--qrels"
            raise click.UsageError(f'missing option "{missing}": name the file of judged queries')
        queries, qrels = read_queries(self.queries_path), read_qrels(self.qrels_path)
        if not any(has_relevant(qrels, query.qid) for query in queries):
            raise UnusableInput(
                f"{self.qrels_path}: none of the {len(queries)} queries of {self.queries_path} has a "
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

    def _read_graded(self, path: Path) -> tuple[list[Query], Qrels]:
        if self.queries_path is not None or self.qrels_path is not None:
            raise click.UsageError("--judgements holds the queries too: leave out --queries and --qrels")
        queries, qrels = read_graded_queries(path)
        if not any(has_relevant(qrels, query.qid) for query in queries):
            raise UnusableInput(f"{path}: no product is relevant; grade those that are with 1 or more")
        return queries, qrels


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options for the paths of reports; None for those that are not wanted."""

    html: Path | None
    junit: Path | None
    markdown: Path | None

    def check(self) -> None:
        """Raise `UnusableInput` for a report that could not be written, before the work is done."""
        check_folders({"--html": self.html, "--junit": self.junit, "--markdown": self.markdown})

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
        auto_tags: bool,
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


def read_run_for(queries: Sequence[Query], path: Path) -> Run:
    """Return the run of a file; raises `UnusableInput` if it has none of these queries."""
    run = read_run(path)
    if not run:
        raise UnusableInput(f"{path}: holds no hits at all; give a TREC run of the same queries")
    if not any(query.qid in run for query in queries):
        raise UnusableInput(
            f"{path}: none of its qids is among the queries; the first here is {next(iter(run))!r}, "
            f"there {queries[0].qid!r}: give a run of the same queries"
        )
    return run


def check_folders(paths: dict[str, Path | None]) -> None:
    """Raise `UnusableInput` that names the option for a file whose folder does not exist."""
    for option, path in paths.items():
        if path is not None and not path.absolute().parent.is_dir():
            raise UnusableInput(f"{option} {path}: its folder does not exist; make it first")


def write_text(path: Path, text: str) -> None:
    """Write a text file; raises `UnusableInput`."""
    try:
        path.write_text(text, "utf-8")
    except OSError as reason:
        raise UnusableInput(f"{path}: cannot be written ({reason.strerror}); name another file") from None
