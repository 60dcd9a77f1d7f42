"""Print and write what came of a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from indexer.commands.json_output import to_json_text
from shangsou.errors import ShangsouError

if TYPE_CHECKING:
    from indexer.report import Report


class ReportedRun(Protocol):
    """A run that reads a catalog and makes or changes an index."""

    @property
    def report(self) -> "Report":
        """What was found in the rows."""

    def text(self) -> str:
        """Return the part of the report that is printed."""

    def outcome(self, failure: ShangsouError | None) -> dict[str, object]:
        """Return the outcome as plain JSON values."""

    def summary(self) -> str:
        """Return the outcome in a line."""


def report_run(
    run: ReportedRun, failure: ShangsouError | None, report_file: Path | None, *, as_json: bool
) -> None:
    """Print what came of a run and write its report; raises `failure`, or that the file cannot be written."""
    if report_file is not None and run.report.read:
        text = to_json_text(run.report.to_json()) if report_file.suffix == ".json" else run.report.to_text()
        try:
            report_file.write_text(text, "utf-8")
        except OSError as problem:
            failure = failure or ShangsouError(
                f"--report {report_file}: cannot be written: {problem}; "
                "what was indexed is complete and serves"
            )
    if as_json:
        click.echo(to_json_text(run.outcome(failure)), nl=False)
    elif run.report.read and (printed := run.text()):
        click.echo(printed)
    if failure is not None:
        raise failure
    if not as_json:
        click.echo(run.summary())
