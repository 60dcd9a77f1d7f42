"""Entities in a query, and the weights they give to its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shangsou.text.entities import Entity, EntityDictionary, EntityKind, tag_entities
from shangsou.text.segmenter import Segmenter


@dataclass(frozen=True, slots=True)
class _LayeredDictionary(Mapping[str, EntityKind]):
    """The entities of the catalog, below those that the shop itself names; looked up, never copied."""

    shop_entities: Mapping[str, EntityKind | None]
    catalog_entities: EntityDictionary

    def __getitem__(self, phrase: str) -> EntityKind:
        kind = (
            self.shop_entities[phrase] if phrase in self.shop_entities else self.catalog_entities.get(phrase)
        )
        if kind is None:
            raise KeyError(phrase)
        return kind

    def __iter__(self):  # type: ignore[no-untyped-def]
        return (phrase for phrase in {**self.catalog_entities, **self.shop_entities} if phrase in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def find_entities(
    text: str,
    shop_entities: Mapping[str, EntityKind | None],
    catalog_entities: EntityDictionary,
    segmenter: Segmenter,
) -> list[Entity]:
    """Return the entities of a normalized query; those of the shop come first, and their None takes away."""
    return tag_entities(text, _LayeredDictionary(shop_entities, catalog_entities), segmenter)


def term_weights(
    text: str, entities: Sequence[Entity], terms: Sequence[str], weights: Mapping[EntityKind, float]
) -> dict[str, float]:
    """Return what terms of a query weigh by the entities that they stand in; those that weigh 1 are left out.

    A term weighs the mean of its characters, at its first place; what is no entity weighs 1.
    """
    weighted = [entity for entity in entities if weights.get(entity.kind, 1.0) != 1]
    if not weighted:
        return {}
    character_weights = [1.0] * len(text)
    for entity in weighted:
        character_weights[entity.start : entity.end] = [weights[entity.kind]] * (entity.end - entity.start)
    weight_by_term: dict[str, float] = {}
    for term in terms:
        start = text.find(term)
        if start >= 0:
            character_span = character_weights[start : start + len(term)]
            if set(character_span) != {1.0}:
                weight_by_term[term] = sum(character_span) / len(character_span)
    return weight_by_term
