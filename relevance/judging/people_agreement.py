"""Agreement of a judge with people, as a whole and for each grade."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil

from relevance.judgements import Qrels
from relevance.judging.agreement import MIN_PAIRS, Agreement, agreement_or_none
from relevance.judging.agreement_report import kappa_text, table_lines
from relevance.judging.book import JudgeKind
from relevance.judging.consensus import override, people_consensus

PEOPLE = "people"
# Half the width of an interval that tells agreement of .6 from .8: by convention.
_WANTED_HALF_WIDTH = 0.1


@dataclass(frozen=True, slots=True)
class GradeAgreement:
    """How a judge agrees with people on one grade, in pairs."""

    grade: int
    by_people: int
    by_judge: int
    by_both: int

    @property
    def precision(self) -> float | None:
        """The share of the judge's that people gave too; None where the judge gave none."""
        return self.by_both / self.by_judge if self.by_judge else None

    @property
    def recall(self) -> float | None:
        """The share of people's that the judge gave too; None where people gave none."""
        return self.by_both / self.by_people if self.by_people else None


@dataclass(frozen=True, slots=True)
class PeopleAgreement:
    """The agreement of a judge with the consensus of the other judges who are people."""

    judge: str
    people: int
    """How many of these have a pair in common with the judge."""
    agreement: Agreement | None
    """People first; None without a pair in common."""
    by_grade: tuple[GradeAgreement, ...]
    """For each grade that either gave."""

    @property
    def pairs(self) -> int:
        """The number of pairs in common."""
        return self.agreement.pairs if self.agreement else 0

    @property
    def is_enough(self) -> bool:
        """Whether these are enough pairs to say anything."""
        return self.pairs >= MIN_PAIRS

    def to_json(self) -> dict[str, object]:
        """Return all figures as plain JSON values."""
        found = self.agreement
        return {
            "judge": self.judge,
            "people": self.people,
            "pairs": self.pairs,
            "needed": MIN_PAIRS,
            "enough": self.is_enough,
            "kappa": found and found.kappa["quadratic"],
            "interval": found and found.interval,
            "same": found and found.raw,
            "grades": found.grades if found else (),
            "table": found.table if found else (),
            "by_grade": [
                asdict(one) | {"precision": one.precision, "recall": one.recall} for one in self.by_grade
            ],
        }


def agreement_with_people(
    judge: str, judges: Mapping[str, Qrels], kinds: Mapping[str, JudgeKind], decisions: Qrels
) -> PeopleAgreement:
    """Return the agreement of a judge with the consensus of the others who are people.

    The decision of an adjudicator takes the place of their consensus.
    """
    people = people_consensus(judges, kinds, judge)
    found = agreement_or_none((PEOPLE, judge), override(people, decisions), judges[judge])
    count = sum(
        kinds[name] == "person" and name != judge and _have_common_pair(qrels, judges[judge])
        for name, qrels in judges.items()
    )
    return PeopleAgreement(judge, count, found, _by_grade(found) if found else ())


def people_agreement_lines(found: PeopleAgreement) -> list[str]:
    """Return the agreement as lines for a terminal; figures only where there are enough pairs."""
    people = {0: "people", 1: "one person"}.get(found.people, f"the consensus of {found.people} people")
    title = f"{found.judge} against {people}"
    if found.agreement is None:
        return [f"{title}: no pair in common, so nothing can be said yet; {_needed(0)}"]
    lines = [f"{title}: {found.pairs:,} pairs in common"]
    if found.is_enough:
        lines += [f"{'same grade':26}{found.agreement.raw:.3f}", kappa_text(found.agreement, "quadratic")]
        lines += _pairs_for_width(found.agreement)
    else:
        lines.append(f"too few to say anything: {_needed(found.pairs)}")
    lines += ["", *table_lines(found.agreement)]
    if found.is_enough:
        lines += ["", f"grade{PEOPLE:>10}{'judge':>8}{'both':>7}{'precision':>12}{'recall':>9}"]
        lines += [
            f"{one.grade:>5}{one.by_people:>10}{one.by_judge:>8}{one.by_both:>7}"
            f"{_share(one.precision):>12}{_share(one.recall):>9}"
            for one in found.by_grade
        ]
    return lines


def _have_common_pair(first: Qrels, second: Qrels) -> bool:
    return any(not grades.keys().isdisjoint(second.get(qid, {})) for qid, grades in first.items())


def _by_grade(found: Agreement) -> tuple[GradeAgreement, ...]:
    return tuple(
        GradeAgreement(
            grade, sum(found.table[place]), sum(row[place] for row in found.table), found.table[place][place]
        )
        for place, grade in enumerate(found.grades)
    )


def _needed(pairs: int) -> str:
    return (
        f"let people judge {MIN_PAIRS - pairs} more of its pairs, {MIN_PAIRS} in all "
        "(two times the square of four grades; Cicchetti, 1981)"
    )


def _pairs_for_width(found: Agreement) -> list[str]:
    """Return how many pairs would narrow the interval: its width falls with the root of their number."""
    if found.interval is None:
        return []
    half_width = (found.interval[1] - found.interval[0]) / 2
    if half_width <= _WANTED_HALF_WIDTH:
        return []
    wanted = ceil(found.pairs * (half_width / _WANTED_HALF_WIDTH) ** 2 / 10) * 10
    return [f"{'':26}some {wanted:,} pairs would bring this within ±{_WANTED_HALF_WIDTH:g}"]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
