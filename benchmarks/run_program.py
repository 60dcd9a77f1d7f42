"""The installed `shangsou` program, run as a user runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("shangsou")


@contextmanager
def own_home(name: str) -> Iterator[Path]:
    """Use a home of a benchmark's own beside that of the others, whose index stays as it is."""
    shared = Path(os.environ["SHANGSOU_HOME"])
    home = shared.with_name(f"{shared.name}-{name}")
    home.mkdir(exist_ok=True)
    (shared / "models").mkdir(exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(shared / "models")
    os.environ["SHANGSOU_HOME"] = str(home)
    try:
        yield home
    finally:
        os.environ["SHANGSOU_HOME"] = str(shared)


def run(*arguments: str, **settings: str) -> dict[str, Any]:
    """Return the JSON that a command prints with `--json`."""
    completed = subprocess.run(
        [PROGRAM, *arguments, "--json"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=os.environ | settings,
    )
    output: dict[str, Any] = json.loads(completed.stdout)
    return output
