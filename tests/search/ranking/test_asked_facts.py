"""Verdicts of products on the facts of a query, and what they are worth, worked by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shangsou.engines.query import FactCondition
from shangsou.search.ranking.asked_facts import (
    AskedFact,
    Verdict,
    fact_bonuses,
    find_behind,
    find_contradicting,
    judge_facts,
)
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.understood import FactKind, QueryFact

RECIPE = replace(default_ranking(), hard_fact_weight=0.2, soft_fact_weight=0.5)
TERMS = {
    "black": ("black", "coloured"),
    "dark": ("dark colours", "coloured"),
    "charcoal": ("charcoal", "dark colours", "coloured"),
    "white": ("white", "coloured"),
    "silent": (),
    "black cotton": ("black", "coloured", "cotton", "of material"),
    "silk": ("silk", "of material"),
}


class StubEngine:
    """Holds `TERMS`; counts how often it is asked."""

    def __init__(self) -> None:
        self.round_trips = 0

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        self.round_trips += 1
        return [{one for one in product_ids if {*wanted} & {*TERMS[one]}} for wanted in terms]


def fact(kind: FactKind, *, is_hard: bool) -> QueryFact:
    return QueryFact(f"{kind}:x", kind, "x", "x", is_hard)


BLACK = AskedFact(
    fact("colour", is_hard=True),
    exact=("black",),
    wide=("dark colours",),
    tolerated=(),
    stating=("coloured",),
)
COTTON = AskedFact(fact("attribute", is_hard=False), exact=("cotton",), stating=("of material",))


def judged(*facts: AskedFact) -> dict[str, list[Verdict]]:
    return judge_facts(list(TERMS), facts, StubEngine())  # type: ignore[arg-type]


def test_a_product_holds_a_fact_holds_it_loosely_contradicts_it_or_is_silent() -> None:
    assert judged(BLACK) == {
        "black": ["holds"],
        "dark": ["holds loosely"],
        "charcoal": ["holds loosely"],
        "white": ["contradicts"],
        "silent": ["silent"],
        "black cotton": ["holds"],
        "silk": ["silent"],
    }


def test_what_is_tolerated_is_silent_though_it_states_something() -> None:
    tolerant = replace(BLACK, wide=(), tolerated=("dark colours",))
    verdicts = judged(tolerant)
    assert (verdicts["dark"], verdicts["charcoal"], verdicts["white"]) == (
        ["silent"],
        ["silent"],
        ["contradicts"],
    )


def test_what_must_be_held_is_contradicted_by_silence() -> None:
    verdicts = judged(replace(BLACK, must_hold=True))
    assert (verdicts["silent"], verdicts["white"]) == (["contradicts"], ["contradicts"])
    assert (verdicts["black"], verdicts["dark"]) == (["holds"], ["holds loosely"])


def test_all_facts_are_judged_in_one_round_trip_and_each_in_its_place() -> None:
    engine = StubEngine()
    verdicts = judge_facts(["black cotton", "silk"], [COTTON, BLACK], engine)  # type: ignore[arg-type]
    assert verdicts == {"black cotton": ["holds", "holds"], "silk": ["contradicts", "silent"]}
    assert engine.round_trips == 1


def test_without_facts_the_engine_is_not_asked() -> None:
    engine = StubEngine()
    assert judge_facts(["black"], [], engine) == {}  # type: ignore[arg-type]
    assert engine.round_trips == 0
    assert fact_bonuses({}, [], RECIPE) == {}


def test_a_condition_lets_pass_what_the_verdict_is_not_a_contradiction_of() -> None:
    tolerant = replace(BLACK, tolerated=("grey",))
    assert tolerant.condition() == FactCondition(("black", "dark colours", "grey"), ("coloured",))
    assert replace(BLACK, must_hold=True).condition().must_hold


@pytest.mark.parametrize(
    ("kind", "is_hard", "must_hold", "expected"),
    [
        # .2 times 1, .6, 0 and -1.
        ("colour", True, False, [0.2, 0.12, 0.0, -0.2]),
        # .5 times 1, .25, 0 and -1.
        ("attribute", False, False, [0.5, 0.125, 0.0, -0.5]),
        # A code that must be held counts four times as much as another hard fact.
        ("code", True, True, [0.8, 0.48, 0.0, -0.8]),
        # That of an accessory weighs as a hard one, in the shares of a soft one.
        ("code", False, False, [0.2, 0.05, 0.0, -0.2]),
    ],
)
def test_a_verdict_adds_a_share_of_the_weight_of_its_fact(
    kind: FactKind, is_hard: bool, must_hold: bool, expected: list[float]
) -> None:
    asked = AskedFact(fact(kind, is_hard=is_hard), ("x",), must_hold=must_hold)
    verdicts: dict[str, list[Verdict]] = {
        "a": ["holds"],
        "b": ["holds loosely"],
        "c": ["silent"],
        "d": ["contradicts"],
    }
    assert list(fact_bonuses(verdicts, [asked], RECIPE).values()) == pytest.approx(expected)


def test_the_bonuses_of_several_facts_add_up() -> None:
    verdicts: dict[str, list[Verdict]] = {"a": ["holds", "contradicts"], "b": ["holds loosely", "holds"]}
    bonuses = fact_bonuses(verdicts, [BLACK, COTTON], RECIPE)
    # .2 - .5 and .12 + .5.
    assert bonuses == pytest.approx({"a": -0.3, "b": 0.62})


def test_only_what_contradicts_a_hard_fact_is_contradicting() -> None:
    verdicts: dict[str, list[Verdict]] = {
        "both": ["contradicts", "contradicts"],
        "hard": ["contradicts", "holds"],
        "soft": ["holds", "contradicts"],
        "none": ["silent", "holds loosely"],
    }
    assert find_contradicting(verdicts, [BLACK, COTTON]) == {"both", "hard"}
    assert find_contradicting(verdicts, [COTTON, COTTON]) == set()


def test_of_a_choice_the_best_counts_and_only_what_contradicts_all_fails() -> None:
    def ask(value: str, kind: FactKind, *, is_hard: bool, choice: int) -> AskedFact:
        return AskedFact(QueryFact(value, kind, value, value, is_hard), (value,), choice=choice)

    soft = [
        ask("cotton", "attribute", is_hard=False, choice=1),
        ask("silk", "attribute", is_hard=False, choice=1),
    ]
    hard = [ask("64g", "amount", is_hard=True, choice=2), ask("128g", "amount", is_hard=True, choice=2)]
    verdicts: dict[str, list[Verdict]] = {
        "silk, 64g": ["contradicts", "holds", "holds", "contradicts"],
        "wool, 32g": ["contradicts", "contradicts", "contradicts", "contradicts"],
        "silent": ["silent", "silent", "silent", "silent"],
    }
    # .5 for the silk and .2 for the 64 g; as much is taken from what has neither.
    bonuses = fact_bonuses(verdicts, [*soft, *hard], RECIPE)
    assert bonuses == {"silk, 64g": 0.7, "wool, 32g": -0.7, "silent": 0.0}
    assert find_contradicting(verdicts, [*soft, *hard]) == {"wool, 32g"}
    assert find_behind(verdicts, [*soft, *hard]) == {"wool, 32g"}
    apart = [replace(asked, choice=0) for asked in (*soft, *hard)]
    assert find_contradicting(verdicts, apart) == find_behind(verdicts, apart) == {"silk, 64g", "wool, 32g"}
