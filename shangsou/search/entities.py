"""What the words of a query stand for, and what that makes them weigh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shangsou.text.entities import Entities, Entity, Kind, tag


@dataclass(frozen=True, slots=True)
class _Dictionary(Mapping[str, Kind]):
    """What was learnt from the catalog, under what the shop itself says; looked up, never copied."""

    own: Mapping[str, Kind | None]
    learnt: Entities

    def __getitem__(self, phrase: str) -> Kind:
        kind = self.own[phrase] if phrase in self.own else self.learnt.get(phrase)
        if kind is None:
            raise KeyError(phrase)
        return kind

    def __iter__(self):  # type: ignore[no-untyped-def]
        return (phrase for phrase in {**self.learnt, **self.own} if phrase in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def find_entities(text: str, own: Mapping[str, Kind | None], learnt: Entities) -> list[Entity]:
    """Return the entities of a normalised query; `own` comes before `learnt`, and its None takes away."""
    return tag(text, _Dictionary(own, learnt))


def term_weights(
    text: str, entities: Sequence[Entity], terms: Sequence[str], weights: Mapping[Kind, float]
) -> dict[str, float]:
    """Return what terms of a query weigh by the entities that they stand in; those that weigh 1 are left out.

    A term weighs the mean of its characters, at its first place; what is no entity weighs 1.
    """
    weighed = [entity for entity in entities if weights.get(entity.kind, 1.0) != 1]
    if not weighed:
        return {}
    characters = [1.0] * len(text)
    for entity in weighed:
        characters[entity.start : entity.end] = [weights[entity.kind]] * (entity.end - entity.start)
    found: dict[str, float] = {}
    for term in terms:
        start = text.find(term)
        if start >= 0:
            here = characters[start : start + len(term)]
            if set(here) != {1.0}:
                found[term] = sum(here) / len(here)
    return found
