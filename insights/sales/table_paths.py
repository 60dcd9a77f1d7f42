"""The files of a table that a user names."""

from collections.abc import Sequence
from pathlib import Path

from shangsou.errors import UnusableInput


def check_distinct(paths: Sequence[Path], noun: str) -> None:
    """Raise `UnusableInput` for a file that is named twice; the noun is what its rows tell of, as `sales`."""
    seen = set()
    for path in paths:
        if path.resolve() in seen:
            raise UnusableInput(f"{path} is named twice, and its {noun} would count twice; name it once")
        seen.add(path.resolve())
