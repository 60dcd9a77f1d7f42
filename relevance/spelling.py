"""Evaluate query correction against the intended queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from relevance.lines import numbered_lines
from shangsou.errors import UnusableInput
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.understanding.understand import understand
from shangsou.text.normalize import normalize

_COLUMNS = ("query", "corrected")


class SpellingCase(NamedTuple):
    """A query as typed, and the intended one, which is the same for a correct query."""

    typed: str
    intended: str


class SpellingOutcome(NamedTuple):
    """The outcome of a case; all texts are normalized."""

    typed: str
    intended: str
    proposed: str
    """The query itself if nothing was proposed."""
    applied: bool
    """Whether it was searched for instead of the typed query."""


@dataclass(frozen=True, slots=True)
class SpellingScores:
    """The scores of query correction."""

    outcomes: Sequence[SpellingOutcome]

    @property
    def accuracy(self) -> float:
        """The share of cases whose best proposal is the intended query."""
        return sum(outcome.proposed == outcome.intended for outcome in self.outcomes) / len(self.outcomes)

    @property
    def right(self) -> int:
        """The cases that were typed correctly."""
        return sum(outcome.typed == outcome.intended for outcome in self.outcomes)

    def count(self, *, right: bool, is_corrected: bool, applied: bool | None = None) -> int:
        """Count correct or wrong queries with a proposal that is, or is not, the intended query."""
        return sum(
            (outcome.typed == outcome.intended) == right
            and outcome.proposed != outcome.typed
            and (outcome.proposed == outcome.intended) == is_corrected
            and applied in (None, outcome.applied)
            for outcome in self.outcomes
        )


def read_cases(path: Path) -> list[SpellingCase]:
    """Read the cases of a TSV file with the columns `query` and `corrected`.

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
        cases.append(SpellingCase(row["query"], row["corrected"]))
    if not cases:
        raise UnusableInput(f"{path}: holds no case; add a line for each below the header")
    return cases


def measure_spelling(
    cases: Sequence[SpellingCase], recipe: RankingRecipe, lexicon: Lexicon
) -> SpellingScores:
    """Measure the spelling correction of a shop on cases."""
    outcomes = []
    for typed, intended in cases:
        correction = understand(typed, recipe, lexicon, lexicon.segmenter).correction
        proposed = typed if correction is None else correction.query
        is_applied = correction is not None and correction.applied
        outcomes.append(
            SpellingOutcome(normalize(typed), normalize(intended), normalize(proposed), is_applied)
        )
    return SpellingScores(outcomes)


def spelling_to_json(scores: SpellingScores) -> dict[str, object]:
    """Return figures as plain JSON values."""
    return {
        "cases": len(scores.outcomes),
        "right": scores.right,
        "wrong": len(scores.outcomes) - scores.right,
        "accuracy": round(scores.accuracy, 4),
        "corrected": scores.count(right=False, is_corrected=True),
        "harmed": scores.count(right=True, is_corrected=False, applied=True),
        "automatic": {
            "corrected": scores.count(right=False, is_corrected=True, applied=True),
            "changed_wrongly": scores.count(right=False, is_corrected=False, applied=True),
        },
        "offered": {
            "corrected": scores.count(right=False, is_corrected=True, applied=False),
            "changed_wrongly": scores.count(right=False, is_corrected=False, applied=False),
            "harmed": scores.count(right=True, is_corrected=False, applied=False),
        },
    }


def spelling_table(scores: SpellingScores) -> str:
    """Return figures as lines for people, followed by the wrong proposals."""
    count = scores.count
    summary = f"{len(scores.outcomes)} queries, {scores.right} of them right"
    lines = [f"accuracy of the best proposal {scores.accuracy:.3f} ({summary})", f"{'':24}automatic  offered"]
    for name, right, is_corrected in (
        ("wrong, corrected", False, True),
        ("wrong, changed wrongly", False, False),
        ("right, changed (harmed)", True, False),
    ):
        automatic, offered = (
            count(right=right, is_corrected=is_corrected, applied=applied) for applied in (True, False)
        )
        lines.append(f"{name:24}{automatic:>9}{offered:>9}")
    lines += [
        f"{outcome.typed} -> {outcome.proposed}, meant was {outcome.intended}"
        f"{'' if outcome.applied else ' (offered)'}"
        for outcome in scores.outcomes
        if outcome.proposed not in (outcome.typed, outcome.intended)
    ]
    return "\n".join(lines)
