"""The installed `shangsou` program, run as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("shangsou")


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
