"""The `shangsou` program: subcommands by entry point, each imported only when it is called."""

import logging
import sys
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points

import click

from shangsou.atomic_files import disk_problem
from shangsou.errors import ShangsouError

ENTRY_POINT_GROUP = "shangsou.commands"
PROGRAM = (sys.executable, "-c", "from shangsou.cli import main; main()")
"""The command line of this program, whatever it is called and wherever it is installed."""
# Commands that change what serves, or what is known of shoppers; `key` notes more of itself.
_AUDITED = frozenset(
    {
        "attach", "backup", "churn", "events", "index", "merge", "model", "queries", "ranking", "restore",
        "rollback", "train", "tune", "update", "winback",
    }
)  # fmt: skip
# First lines of `shangsou --help`, kept here so that help imports no command. A test compares them
# with the commands' own.
SUMMARIES = {
    "attach": "Index an Elasticsearch index that the shop has, and follow it.",
    "backup": "Copy the index, its changes, events and own files into DIR.",
    "churn": "Score customers: who buys again, how much, and why.",
    "demo": "Index the sample shop and serve it.",
    "evaluate": "Measure rankings against judged queries.",
    "events": "Import what shoppers do.",
    "forecast": "Forecast what will sell, for each item and day.",
    "generations": "List the generations of the index.",
    "index": "Index a catalog from FILEs.",
    "judgements": "Collect, convert and compare judgements.",
    "key": "Make, list, rotate and revoke keys of the server.",
    "merge": "Write the changes of products into a new generation.",
    "model": "List, show and use models of the encoder.",
    "queries": "Import what shoppers search for.",
    "ranking": "List the versions of the ranking recipe and go back to one.",
    "recommend": "Show a shelf of products, or learn from events what stands on it.",
    "restore": "Bring back what a backup in DIR holds.",
    "rollback": "Go back to the generation that served before.",
    "search": "Search for TEXT in the terminal.",
    "serve": "Serve the search API and the shop page.",
    "stock": "Advise when to order which items, and how much.",
    "suite": "Check suites of products that must, or must not, be found.",
    "train": "Train models on the shop's own data.",
    "tune": "Find better numbers for the ranking recipe in judged queries.",
    "update": "Change products by the rows of FILEs, while the index serves.",
    "verify": "Compare every file of the index with what was written into it.",
    "winback": "Choose whom to win back within a budget, with an offer each.",
}


class LazyGroup(click.Group):
    """A command group that finds its commands in the installed packages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        entry_point = _commands().get(cmd_name)
        if entry_point is None:
            return None
        command: click.Command = entry_point.load()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their summaries, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shangsou")
def shangsou() -> None:
    """商搜: semantic, personalized product search for Chinese shops."""


def main() -> None:
    """Run the program; our own errors end it with one line on stderr and an exit code."""
    # It warns about every attempt with a traceback; what comes of them is said by us.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    try:
        # Without standalone mode click returns the exit code of a command.
        exit_code = shangsou(standalone_mode=False)
        _audit("done" if not exit_code else "failed")
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(1)
    except ShangsouError as problem:
        click.echo(f"shangsou: {problem}", err=True)
        _audit("failed")
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        # The reader of our output has closed it, as `| head` does: no error.
        sys.stderr.close()
        sys.exit(0)
    except OSError as problem:
        words = disk_problem(problem)
        if not words:
            raise
        click.echo(f"shangsou: {words}", err=True)
        sys.exit(1)
    sys.exit(exit_code if isinstance(exit_code, int) else 0)


def _audit(outcome: str) -> None:
    """Note a command that changes the home in its audit log, by its name alone."""
    command = next((word for word in sys.argv[1:2] if word in _AUDITED), "")
    if not command or "--help" in sys.argv or "-h" in sys.argv:
        return
    from shangsou.audit import AuditLog
    from shangsou.settings import read_settings

    with suppress(ShangsouError):
        AuditLog(read_settings().home).write_of_program(command, outcome)


def _commands() -> dict[str, EntryPoint]:
    return {entry_point.name: entry_point for entry_point in entry_points(group=ENTRY_POINT_GROUP)}
