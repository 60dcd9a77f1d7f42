"""The `shangsou` program and its commands."""

import errno
import re
import subprocess
import sys
from importlib.metadata import entry_points

import click
import pytest
from click.testing import CliRunner

from shangsou import cli
from shangsou.errors import EngineUnavailable, IndexBusy, NoIndex, UnusableInput

COMMANDS = {entry_point.name: entry_point for entry_point in entry_points(group=cli.ENTRY_POINT_GROUP)}
HEAVY = (
    "elasticsearch",
    "faiss",
    "flask",
    "jieba",
    "numpy",
    "onnxruntime",
    "opencc",
    "pydantic",
    "rjieba",
    "torch",
)


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from shangsou.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def imported_by(*command_lines):
    """The heavy modules that a fresh process has imported after these command lines."""
    code = (
        "import sys\n"
        "from shangsou.cli import main\n"
        f"for sys.argv[1:] in {command_lines!r}:\n"
        "    try:\n        main()\n"
        "    except SystemExit as ended:\n        pass\n"
        f"print('imported:', *[name for name in {HEAVY} if name in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert "Traceback" not in result.stderr
    return set(result.stdout.splitlines()[-1].split()[1:])


def test_the_program_itself_imports_nothing_heavy():
    assert imported_by(["--help"], ["-h"], ["--version"], ["nonsense"], []) == set()


def test_the_help_of_a_command_loads_no_model_and_no_engine():
    loaded = imported_by(*[[name, "--help"] for name in COMMANDS])
    assert not loaded & {"torch", "sentence_transformers", "onnxruntime", "faiss", "elasticsearch", "opencc"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    result = CliRunner().invoke(cli.shangsou, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: shangsou {name}")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_the_first_sentence_of_its_own_help(name):
    command = COMMANDS[name].load()
    first_sentence = re.match(r".*?\.(?=\s|$)", command.help, re.DOTALL)[0]
    assert cli.SUMMARIES[name] == first_sentence


def test_no_summary_is_of_a_command_that_does_not_exist():
    assert set(cli.SUMMARIES) == set(COMMANDS)


def test_the_help_lists_every_command():
    result = CliRunner().invoke(cli.shangsou, ["--help"])
    for name, summary in cli.SUMMARIES.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", result.output, re.MULTILINE)


def test_an_unknown_command_is_wrong_usage():
    result = run("serach")
    assert result.returncode == 2
    assert "No such command 'serach'" in result.stderr


def test_a_setting_that_is_wrong_is_wrong_usage_and_named(monkeypatch):
    monkeypatch.setenv("SHANGSOU_ENGINE", "solr")
    result = run("generations")
    assert result.returncode == 2
    assert "setting SHANGSOU_ENGINE: " in result.stderr
    assert "got 'solr'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        pytest.param(UnusableInput("x.csv: no id column"), 2, id="unusable input"),
        pytest.param(NoIndex("no index yet"), 2, id="no index"),
        pytest.param(IndexBusy("another indexer runs"), 1, id="busy"),
        pytest.param(EngineUnavailable("no answer"), 1, id="engine away"),
        pytest.param(click.UsageError("no such option"), 2, id="usage"),
        pytest.param(OSError(errno.ENOSPC, "", "/data/CURRENT"), 1, id="full disk"),
        pytest.param(OSError(errno.EROFS, "", "/data/CURRENT"), 1, id="read-only disk"),
        pytest.param(click.Abort(), 1, id="aborted"),
        pytest.param(KeyboardInterrupt(), 1, id="interrupted"),
    ],
)
def test_an_error_ends_the_program_with_one_line_and_its_exit_code(monkeypatch, capsys, problem, code):
    @click.command()
    def failing():
        raise problem

    monkeypatch.setattr(cli, "shangsou", failing)
    monkeypatch.setattr(sys, "argv", ["shangsou"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert (str(problem) if not isinstance(problem, OSError) else "/data/CURRENT: the disk is") in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("defect", [ZeroDivisionError(), OSError(errno.EBADF, "a closed file")], ids=repr)
def test_a_defect_is_not_hidden(monkeypatch, defect):
    @click.command()
    def broken():
        raise defect

    monkeypatch.setattr(cli, "shangsou", broken)
    monkeypatch.setattr(sys, "argv", ["shangsou"])
    with pytest.raises(type(defect)):
        cli.main()
