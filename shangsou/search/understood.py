"""The interpretation of a query: the steps that led to it, and what it holds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from shangsou.product import CATEGORY_SEPARATOR

if TYPE_CHECKING:
    from shangsou.lexicon.categories import Prediction
    from shangsou.lexicon.product_types import TypePrediction
    from shangsou.search.response_json import FactJson, UnderstoodJson
    from shangsou.text.entities import Entity


FactKind = Literal["brand", "code", "colour", "size", "amount", "audience", "attribute"]


class QueryFact(NamedTuple):
    """A fact that a query asks for, as a brand or a size."""

    id: str
    """To take it off by."""
    kind: FactKind
    value: str
    """What is asked for, in one spelling."""
    text: str
    """As it stands in the query."""
    is_hard: bool
    """Whether what contradicts it is no match; else it comes behind."""
    held_by: int = 0
    """How many products of the types that are asked for hold it."""


ConstraintKind = Literal["price", "without", "phrase", "price_level", "sort"]
PriceLevel = Literal["low", "high"]


class Constraint(NamedTuple):
    """A limit that stands in the query, as `100元以下`, or what it says of the order, as `最便宜的`."""

    kind: ConstraintKind
    typed: str
    """As it stands in the query."""
    label: str
    """For people: `100 元以下`, `蕾丝`, `纯棉 四件套`."""
    rest: str
    """The query without it, for whoever takes it off."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of query understanding that changed something."""

    name: str
    """`truncate`, `constraints`, `normalize`, `spelling`, `alternatives`, `segment`, `synonyms`, …"""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the search made of the query."""

    query: str
    """As typed, as far as it is searched."""
    normalized: str
    words: tuple[str, ...]
    steps: tuple[Step, ...]
    constraints: tuple[Constraint, ...] = ()
    """Limits written into the query, in its order; they are filters of the search."""
    entities: tuple["Entity", ...] = ()
    """What its words stand for, in its order; places are those in `normalized`."""
    categories: tuple["Prediction", ...] = ()
    """Where what it asks for is filed, the likeliest first."""
    product_types: tuple["TypePrediction", ...] = ()
    """The product types that it asks for, the likeliest first; none where it asks for none that is known."""
    facts: tuple[QueryFact, ...] = ()
    """In the order of the query."""


class Correction(NamedTuple):
    """What the shopper may have meant by a mistyped query, or by one in pinyin."""

    query: str
    """To search for: the whole query, limits included."""
    applied: bool
    """Whether this is what was searched for; else it is offered."""
    probability: float
    """That it was meant, from 0 to 1."""


def understood_to_json(understood: Understood) -> "UnderstoodJson":
    """Return an interpretation as plain JSON values, in the shape of the HTTP contract."""
    return {
        "query": understood.query,
        "normalized": understood.normalized,
        "words": list(understood.words),
        "steps": [
            {"name": step.name, "before": step.before, "after": step.after} for step in understood.steps
        ],
        "constraints": [
            {
                "kind": constraint.kind,
                "typed": constraint.typed,
                "label": constraint.label,
                "rest": constraint.rest,
            }
            for constraint in understood.constraints
        ],
        "entities": [
            {"kind": entity.kind, "text": entity.text, "start": entity.start, "end": entity.end}
            for entity in understood.entities
        ],
        "categories": [
            {
                "path": CATEGORY_SEPARATOR.join(prediction.path),
                "probability": round(prediction.probability, 3),
            }
            for prediction in understood.categories
        ],
        "product_types": [
            {"name": prediction.name, "probability": round(prediction.probability, 3)}
            for prediction in understood.product_types
        ],
        "facts": [fact_to_json(fact) for fact in understood.facts],
    }


def fact_to_json(fact: QueryFact) -> "FactJson":
    """Return a fact as plain JSON values, in the shape of the HTTP contract."""
    return {
        "id": fact.id,
        "kind": fact.kind,
        "value": fact.value,
        "text": fact.text,
        "hard": fact.is_hard,
        "held_by": fact.held_by,
    }
