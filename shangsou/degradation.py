"""A part of an answer that failed, named in the answer: it is given without that part."""

from typing import NamedTuple


class Degradation(NamedTuple):
    """A part that failed, and why."""

    part: str
    """`encoder`, `personalize`, …: a short name that metrics count by and logs show."""
    message: str

    def __str__(self) -> str:
        return f"{self.part}: {self.message}"
