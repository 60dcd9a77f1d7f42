"""A part of an answer that failed, named in the answer: it is given without that part."""

from collections.abc import Iterable
from typing import NamedTuple

from typing_extensions import TypedDict


class Degradation(NamedTuple):
    """A part that failed, and why."""

    part: str
    """`encoder`, `personalize`, …: a short name that metrics count by and logs show."""
    message: str

    def __str__(self) -> str:
        return f"{self.part}: {self.message}"


class DegradationJson(TypedDict):
    """A part of the answer that failed."""

    part: str
    """As `encoder`, `personalize`, `lexicon`, `recommend`."""
    message: str


def degradations_to_json(degraded: Iterable[Degradation]) -> list[DegradationJson]:
    """Return the parts that failed as plain JSON values."""
    return [{"part": degradation.part, "message": degradation.message} for degradation in degraded]
