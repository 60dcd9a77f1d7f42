"""The consensus of judges: a median in which some count for more than others."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf

from relevance.judgements import Qrels
from relevance.judging.agreement import MIN_PAIRS, agreement_or_none
from relevance.judging.book import GRADES, JudgeKind
from relevance.judging.known_answers import known_accuracies
from shangsou.errors import UnusableInput

PERSON_WEIGHT = 1.0
MACHINE_WEIGHT = 0.4
"""By convention below a half, so that two machines never outvote a person: those that learned from the same
texts make the same mistakes, so that two are not two opinions. One breaks the tie of two people."""
MIN_KNOWN_ANSWERS = 10
"""Fewer known answers say too little to weigh a judge by: with ten, the 95 % interval of .8 is .49 to .94."""


def consensus(judges: Mapping[str, Qrels], weights: Mapping[str, float] | None = None) -> Qrels:
    """Return one grade for each judged pair: the weighted median, the lower of two grades in the middle.

    So at least half of the weight is with judges who give a product that grade or a better one. A judge
    without a weight has 1; one with 0 is left out.
    """
    grades_by_pair: dict[str, dict[str, list[tuple[int, Fraction]]]] = {}
    for judge, qrels in judges.items():
        # The decimal number as it is written, so that two times .5 are 1 time 1, and three times .1 are .3.
        weight = Fraction(repr(float((weights or {}).get(judge, 1))))
        if not weight:
            continue
        for qid, grades in qrels.items():
            for doc_id, grade in grades.items():
                grades_by_pair.setdefault(qid, {}).setdefault(doc_id, []).append((grade, weight))
    return {
        qid: {doc_id: _weighted_median(grades) for doc_id, grades in by_product.items()}
        for qid, by_product in grades_by_pair.items()
    }


def default_weights(kinds: Mapping[str, JudgeKind]) -> dict[str, float]:
    """Return the weight of each judge by its kind."""
    return {judge: PERSON_WEIGHT if kind == "person" else MACHINE_WEIGHT for judge, kind in kinds.items()}


def parse_weights(values: Sequence[str], judges: Sequence[str]) -> dict[str, float]:
    """Return the weights of judges from values as `小王=0.5`.

    Raises `UnusableInput` for a name that is no judge and a weight that is no number from 0 on.
    """
    weights = {}
    for value in values:
        judge, _, number = value.rpartition("=")
        if judge not in judges:
            raise UnusableInput(
                f"--weight {value!r}: {judge!r} judged nothing; who did: {', '.join(judges) or '-'}; "
                "write it as NAME=0.5"
            )
        try:
            weights[judge] = float(number)
        except ValueError:
            weights[judge] = -1.0
        if not 0 <= weights[judge] < inf:
            raise UnusableInput(
                f"--weight {value!r}: {number!r} is no weight; give a number from 0 on, as 0.5"
            )
    return weights


def weights_by_known_answers(known: Qrels, judges: Mapping[str, Qrels]) -> dict[str, float]:
    """Return the weights of judges by their share of right known answers, corrected for guessing.

    (share - 1/k) / (1 - 1/k) with k grades (Bennett, Alpert and Goldstein, 1954): 1 where all are right, 0
    where no more than guesses would be. Judges with fewer than `MIN_KNOWN_ANSWERS` have none.
    """
    guess = 1 / len(GRADES)
    return {
        judge: round(max(0.0, (accuracy.share - guess) / (1 - guess)), 3)
        for judge, accuracy in known_accuracies(known, judges).items()
        if accuracy.answered >= MIN_KNOWN_ANSWERS
    }


def weights_by_agreement(judges: Mapping[str, Qrels], kinds: Mapping[str, JudgeKind]) -> dict[str, float]:
    """Return the weights of judges by their quadratic kappa with the consensus of other people, at least 0.

    Machines are compared with people alone: several of them agree in their mistakes. Judges with fewer than
    `MIN_PAIRS` pairs in common with people have none.
    """
    weights = {}
    for judge, grades in judges.items():
        found = agreement_or_none(("people", judge), people_consensus(judges, kinds, judge), grades)
        kappa = found.kappa["quadratic"] if found and found.pairs >= MIN_PAIRS else None
        if kappa is not None:
            weights[judge] = round(max(0.0, kappa), 3)
    return weights


def people_consensus(judges: Mapping[str, Qrels], kinds: Mapping[str, JudgeKind], without: str = "") -> Qrels:
    """Return the consensus of the people among judges, without one of them."""
    return consensus(
        {judge: qrels for judge, qrels in judges.items() if kinds[judge] == "person" and judge != without}
    )


def override(qrels: Qrels, decisions: Qrels) -> Qrels:
    """Return judgements in which decisions take the place of what was judged."""
    return {
        qid: {**qrels.get(qid, {}), **decisions.get(qid, {})} for qid in dict.fromkeys([*qrels, *decisions])
    }


def _weighted_median(grades: Sequence[tuple[int, Fraction]]) -> int:
    """Return the lowest grade up to which lies at least half of the weight."""
    half = sum(weight for _, weight in grades) / 2
    below = Fraction()
    for grade, weight in sorted(grades):
        below += weight
        if below >= half:
            return grade
    raise ValueError("no grade to take the median of")
