"""The commands of the README do what it says."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
# `make test` would run this test again.
NOT_RUN = {"make test"}
# Commands that serve until they are stopped; they take a free port here.
SERVERS = {"make demo": "make demo PORT=0", ".venv/bin/shangsou serve": ".venv/bin/shangsou serve --port 0"}


def commands(section: str) -> list[str]:
    """Return the shell commands of a section, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line.split("  #")[0].split("    #")[0].strip() for block in blocks for line in block.splitlines()]


def sections(readme: str) -> list[list[str]]:
    """Return the commands of each section of a README that has any."""
    text = (ROOT / readme).read_text("utf-8")
    return [found for section in text.split("\n## ") if (found := commands(section))]


def test_both_readmes_give_the_same_commands() -> None:
    assert sections("README.md") == sections("README.zh-CN.md")
    assert sections("README.md")[0] == ["make demo", "make test"]


@pytest.mark.parametrize("section", [0, 1, 2])
def test_the_commands_run(section: int, shangsou_home: Path, models_folder: Path) -> None:
    # As a newcomer: the sample shop for the first section and for the search over HTTP, the own catalog
    # after it. The vectors of the sample shop are those of the user's own home, where there are any.
    vectors = models_folder.parent / "vectors"
    vectors.mkdir(exist_ok=True)
    (shangsou_home / "vectors").symlink_to(vectors, target_is_directory=True)
    run_all(sections("README.md")[section], {})


@pytest.mark.elastic
def test_the_commands_with_elasticsearch_run(
    shangsou_home: Path, elastic_url: str, elastic_name: object
) -> None:
    export, *rest = sections("README.md")[3]
    assert export == "export SHANGSOU_ENGINE=elastic SHANGSOU_ELASTIC_URL=http://127.0.0.1:9200"
    name = elastic_name()  # type: ignore[operator]
    run_all(
        rest,
        {"SHANGSOU_ENGINE": "elastic", "SHANGSOU_ELASTIC_URL": elastic_url, "SHANGSOU_ELASTIC_INDEX": name},
    )


def run_all(lines: list[str], settings: dict[str, str]) -> None:
    environment = os.environ | settings
    for line in lines:
        if line in NOT_RUN:
            continue
        if line in SERVERS:
            with running(SERVERS[line], environment):
                continue
        if line.startswith("curl"):
            with running(SERVERS["make demo"], environment) as address:
                search_output = subprocess.run(
                    ADDRESS.sub(address, line),
                    shell=True,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                assert '"hits":[{' in search_output.stdout
                continue
        done = subprocess.run(
            line, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@contextmanager
def running(line: str, environment: dict[str, str]) -> Iterator[str]:
    """Run a command that serves, yield the address that it prints, stop it, and see that it ends well."""
    with subprocess.Popen(
        line.split(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        try:
            address = next((found for text in server.stdout if (found := ADDRESS.search(text))), None)
            assert address, f"{line} printed no address"
            yield address.group()
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.stdout.read()
            server.wait()


def test_the_programs_that_the_readme_needs_are_there() -> None:
    assert shutil.which("make")
    assert shutil.which("curl")
