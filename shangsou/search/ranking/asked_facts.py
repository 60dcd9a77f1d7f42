"""Facts that a query asks for, and what products say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shangsou.engines.engine import Retriever
from shangsou.engines.query import FactCondition
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.understood import QueryFact

Verdict = Literal["holds", "holds loosely", "silent", "contradicts"]
# Of what a fact adds to the score of a product whose column states it. A title says much of which only part
# is meant; and shops with columns fill them in, so that what states another value there does not have it.
_CODE_FACTOR = 4
# Kinds of which a product is rarely of two at once: who says two takes either.
_EITHER = frozenset({"brand", "colour", "size", "audience"})
_HARD_SHARES: dict[Verdict, float] = {"holds": 1.0, "holds loosely": 0.6, "silent": 0.0, "contradicts": -1.0}
_SOFT_SHARES: dict[Verdict, float] = {"holds": 1.0, "holds loosely": 0.25, "silent": 0.0, "contradicts": -1.0}


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A fact that a query asks for, and the terms that tell what a product says of it."""

    fact: QueryFact
    exact: tuple[str, ...]
    """Terms of products that hold it as it is asked for."""
    wide: tuple[str, ...] = ()
    """Of products that hold it by a family or a range, or say it in the title alone."""
    tolerated: tuple[str, ...] = ()
    """Of products that do not hold it, and do not contradict it either."""
    stating: tuple[str, ...] = ()
    """Of products that state something of the kind."""
    must_hold: bool = False
    """Whether what is silent fails as well."""

    names: tuple[str, ...] = ()
    """Names of the attributes that state it, normalized; empty where its kind tells them."""
    is_elsewhere: bool = False
    """Of a code: whether products of other types have it."""
    is_optional: bool = False
    """Whether it is left out where nothing holds it."""
    choice: int = 0
    """The same for facts of which the query asks for any, as `64g或128g`; 0 for others."""

    def condition(self) -> FactCondition:
        """Return the condition that products do not contradict it."""
        return FactCondition((*self.exact, *self.wide, *self.tolerated), self.stating, self.must_hold)


def alternatives(facts: Sequence[AskedFact], *, is_hard: bool = True) -> list[list[int]]:
    """Return the positions of hard or soft facts in groups, of which it takes all to be contradicted.

    红色 and 黑色 are either, and so is what stands beside 或.
    """
    groups: dict[object, list[int]] = {}
    for position, asked in enumerate(facts):
        if asked.fact.is_hard == is_hard:
            is_either = is_hard and asked.fact.kind in _EITHER
            group = asked.fact.kind if is_either else ("choice", asked.choice) if asked.choice else position
            groups.setdefault(group, []).append(position)
    return list(groups.values())


def any_condition(conditions: Sequence[FactCondition]) -> FactCondition:
    """Return the condition that products pass which contradict not all of some facts."""
    return FactCondition(
        tuple(dict.fromkeys(term for condition in conditions for term in condition.holding)),
        tuple(dict.fromkeys(term for condition in conditions for term in condition.stating)),
        must_hold=all(condition.must_hold for condition in conditions),
    )


def judge_facts(
    product_ids: Sequence[str], facts: Sequence[AskedFact], engine: Retriever
) -> dict[str, list[Verdict]]:
    """Return for each product what it says of each fact, in one round trip."""
    if not facts:
        return {}
    terms = [terms for asked in facts for terms in (asked.exact, asked.wide, asked.tolerated, asked.stating)]
    holders = engine.holding(product_ids, terms)
    verdicts: dict[str, list[Verdict]] = {product_id: [] for product_id in product_ids}
    for number, asked in enumerate(facts):
        exact, wide, tolerated, stating = holders[4 * number : 4 * number + 4]
        for product_id, of_product in verdicts.items():
            if product_id in exact:
                of_product.append("holds")
            elif product_id in wide:
                of_product.append("holds loosely")
            elif product_id in tolerated:
                of_product.append("silent")
            else:
                of_product.append("contradicts" if asked.must_hold or product_id in stating else "silent")
    return verdicts


def _weight(asked: AskedFact, recipe: RankingRecipe) -> float:
    if asked.fact.kind == "code":
        # Where it need not be held, as by what fits several models, it orders like a hard fact. Of what holds
        # it, what writes it as it is asked for comes first.
        return recipe.hard_fact_weight * (_CODE_FACTOR if asked.must_hold else 1)
    return recipe.hard_fact_weight if asked.fact.is_hard else recipe.soft_fact_weight


def fact_bonuses(
    verdicts: Mapping[str, Sequence[Verdict]], facts: Sequence[AskedFact], recipe: RankingRecipe
) -> dict[str, float]:
    """Return what the score of each product gains or loses by the facts that a query asks for."""
    if not facts:
        return {}
    weights = [
        {verdict: _weight(asked, recipe) * share for verdict, share in _shares(asked).items()}
        for asked in facts
    ]
    choices = _choices(facts)
    return {
        product_id: sum(
            max(weights[position][of_product[position]] for position in choice) for choice in choices
        )
        for product_id, of_product in verdicts.items()
    }


def _choices(facts: Sequence[AskedFact]) -> list[list[int]]:
    """Return the positions of facts, those of one choice together: the best of them counts."""
    choices: dict[object, list[int]] = {}
    for position, asked in enumerate(facts):
        choices.setdefault(("choice", asked.choice) if asked.choice else position, []).append(position)
    return list(choices.values())


def find_contradicting(verdicts: Mapping[str, Sequence[Verdict]], facts: Sequence[AskedFact]) -> set[str]:
    """Return the products that contradict a hard fact."""
    return _find_failing(verdicts, alternatives(facts))


def find_behind(verdicts: Mapping[str, Sequence[Verdict]], facts: Sequence[AskedFact]) -> set[str]:
    """Return the products that contradict a soft fact."""
    return _find_failing(verdicts, alternatives(facts, is_hard=False))


def _find_failing(verdicts: Mapping[str, Sequence[Verdict]], groups: Sequence[Sequence[int]]) -> set[str]:
    """Return the products that contradict all facts of a group."""
    if not groups:
        return set()
    return {
        product_id
        for product_id, of_product in verdicts.items()
        if any(all(of_product[position] == "contradicts" for position in group) for group in groups)
    }


def _shares(asked: AskedFact) -> Mapping[Verdict, float]:
    return _HARD_SHARES if asked.fact.is_hard else _SOFT_SHARES
