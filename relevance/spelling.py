"""Corrections of queries, measured against what was meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from relevance.lines import numbered_lines
from shangsou.errors import UnusableInput
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking import RankingRecipe
from shangsou.search.understand import understand
from shangsou.text.normalise import normalise

_COLUMNS = ("query", "corrected")


class Case(NamedTuple):
    """A query as typed, and as it was meant; the two are the same where it is right."""

    typed: str
    meant: str


class Outcome(NamedTuple):
    """What became of a case; all texts normalised."""

    typed: str
    meant: str
    proposed: str
    """The query itself where nothing was proposed."""
    applied: bool
    """Whether it was searched for instead of what was typed."""


@dataclass(frozen=True, slots=True)
class SpellingFigures:
    """How well queries are corrected."""

    outcomes: Sequence[Outcome]

    @property
    def accuracy(self) -> float:
        """Share of cases whose best proposal is what was meant."""
        return sum(one.proposed == one.meant for one in self.outcomes) / len(self.outcomes)

    @property
    def right(self) -> int:
        """Queries that were typed as they were meant."""
        return sum(one.typed == one.meant for one in self.outcomes)

    def count(self, *, right: bool, mended: bool, applied: bool | None = None) -> int:
        """Return how many right or wrong queries got a proposal, and that it is what was meant or not."""
        return sum(
            (one.typed == one.meant) == right
            and one.proposed != one.typed
            and (one.proposed == one.meant) == mended
            and applied in (None, one.applied)
            for one in self.outcomes
        )


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a TSV file with the columns `query` and `corrected`.

    Raises `UnusableInput` that names the line: a missing column or value, no case at all.
    """
    lines = numbered_lines(path)
    _, header = next(lines, (1, ""))
    names = [name.strip().lower() for name in header.split("\t")]
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        raise UnusableInput(
            f"{path}:1: no column {', '.join(missing)} in {header!r}; wanted is a header line with the "
            "columns query and corrected, separated by tabs"
        )
    cases = []
    for number, line in lines:
        row = dict(zip(names, line.split("\t"), strict=False))
        if not all(row.get(name, "").strip() for name in _COLUMNS):
            raise UnusableInput(
                f"{path}:{number}: {line!r} has no query or no corrected; fill it in or delete the line"
            )
        cases.append(Case(row["query"], row["corrected"]))
    if not cases:
        raise UnusableInput(f"{path}: holds no case; add a line for each below the header")
    return cases


def measure_spelling(cases: Sequence[Case], recipe: RankingRecipe, lexicon: Lexicon) -> SpellingFigures:
    """Return what a shop's spelling makes of cases."""
    outcomes = []
    for typed, meant in cases:
        correction = understand(typed, recipe, lexicon).correction
        proposed = typed if correction is None else correction.query
        is_applied = correction is not None and correction.applied
        outcomes.append(Outcome(normalise(typed), normalise(meant), normalise(proposed), is_applied))
    return SpellingFigures(outcomes)


def spelling_to_json(figures: SpellingFigures) -> dict[str, object]:
    """Return figures as plain JSON values."""
    return {
        "cases": len(figures.outcomes),
        "right": figures.right,
        "wrong": len(figures.outcomes) - figures.right,
        "accuracy": round(figures.accuracy, 4),
        "corrected": figures.count(right=False, mended=True),
        "harmed": figures.count(right=True, mended=False, applied=True),
        "automatic": {
            "corrected": figures.count(right=False, mended=True, applied=True),
            "changed_wrongly": figures.count(right=False, mended=False, applied=True),
        },
        "offered": {
            "corrected": figures.count(right=False, mended=True, applied=False),
            "changed_wrongly": figures.count(right=False, mended=False, applied=False),
            "harmed": figures.count(right=True, mended=False, applied=False),
        },
    }


def spelling_table(figures: SpellingFigures) -> str:
    """Return figures as lines for people, the proposals that were wrong below them."""
    counted = figures.count
    about = f"{len(figures.outcomes)} queries, {figures.right} of them right"
    lines = [f"accuracy of the best proposal {figures.accuracy:.3f} ({about})", f"{'':24}automatic  offered"]
    for name, right, mended in (
        ("wrong, mended", False, True),
        ("wrong, changed wrongly", False, False),
        ("right, changed (harmed)", True, False),
    ):
        automatic, offered = (
            counted(right=right, mended=mended, applied=applied) for applied in (True, False)
        )
        lines.append(f"{name:24}{automatic:>9}{offered:>9}")
    lines += [
        f"{one.typed} -> {one.proposed}, meant was {one.meant}{'' if one.applied else ' (offered)'}"
        for one in figures.outcomes
        if one.proposed not in (one.typed, one.meant)
    ]
    return "\n".join(lines)
