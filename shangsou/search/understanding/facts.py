"""The facts that a query asks for: amounts, codes, brands, colours, audiences, other values of attributes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from shangsou.engines.engine import Engine
from shangsou.engines.query import FactCondition, TypeCondition
from shangsou.lexicon.fact_terms import is_audience_name, is_colour_name, is_size_name
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.product_types import ALTERNATIVES_SEPARATOR
from shangsou.search.ranking.asked_facts import AskedFact, alternatives, any_condition
from shangsou.search.understanding.brand_reader import find_inner_spans, read_brands
from shangsou.search.understanding.exclusions import is_negated
from shangsou.search.understanding.fact_readers import (
    ReadFact,
    holders,
    read_amounts,
    read_audiences,
    read_codes,
    read_numbers,
    read_values,
)
from shangsou.search.understanding.product_types import AskedTypes
from shangsou.text.normalize import normalize
from shangsou.text.synonyms import SynonymDictionary

# Stands in the place of what has been read; occurs in no normalized text, and is part of no word.
_READ = "\x1f"
_SPELT_FREELY = frozenset({"amount", "size", "colour", "audience"})
NO_SYNONYMS = SynonymDictionary()
_STATED_BY = {"colour": is_colour_name, "size": is_size_name, "audience": is_audience_name}


class AskedFacts(NamedTuple):
    """The facts that a query asks for."""

    facts: tuple[AskedFact, ...]
    """In the order of the query."""
    is_all: bool
    """Whether it says nothing else."""
    rest: str = ""
    """The query without the hard facts that have many spellings: amounts, sizes, colours, audiences."""

    @property
    def code_is_of_other_type(self) -> bool:
        """Whether a code was found that no product of the type has."""
        return any(asked.is_elsewhere for asked in self.facts)

    def asks_for_attribute(self, name: str) -> bool:
        """Return whether one of the facts is stated by attributes of a name."""
        normalized = normalize(name)
        return any(
            normalized in asked.names or _STATED_BY.get(asked.fact.kind, _by_no_name)(normalized)
            for asked in self.facts
        )

    @property
    def conditions(self) -> tuple[FactCondition, ...]:
        """What products must not contradict."""
        return self._conditions(is_hard=True)

    @property
    def preferences(self) -> tuple[FactCondition, ...]:
        """What products had better not contradict."""
        return self._conditions(is_hard=False)

    def _conditions(self, *, is_hard: bool) -> tuple[FactCondition, ...]:
        return tuple(
            any_condition([self.facts[position].condition() for position in group])
            for group in alternatives(self.facts, is_hard=is_hard)
        )


def _by_no_name(_name: str) -> bool:
    return False


NO_FACTS = AskedFacts((), is_all=False)


def find_facts(  # noqa: PLR0913, PLR0917 - a query, its types, and what the shop knows
    text: str,
    type_names: Sequence[str],
    types: AskedTypes,
    vocabulary: FactVocabulary,
    engine: Engine,
    ignored: Collection[str] = (),
    synonyms: SynonymDictionary = NO_SYNONYMS,
) -> AskedFacts:
    """Return the facts that a normalized query asks for.

    Parameters
    ----------
    text, type_names, types
        The query and the product types that it asks for: what names them is no fact.
    vocabulary, engine
        What products state. The engine counts how many hold each fact, and knows the codes.
    ignored
        Ids of facts that the shopper has taken off.
    synonyms
        Other names of brands.
    """
    rest = text
    found: list[ReadFact] = []
    read_names = partial(read_brands, synonyms=synonyms)
    names = find_inner_spans(text, vocabulary, synonyms)
    for read in (read_amounts, read_names, read_codes, read_audiences, read_numbers, read_values):
        for start, end, asked in read(rest, vocabulary, engine, types.condition):
            if read is read_amounts and any(first <= start and end <= last for first, last in names):
                continue
            rest = _without(rest, start, end)
            if not is_negated(text, start, end):
                found.append((start, end, asked))
        if read is read_amounts:
            # Behind the amounts: 六件套 asks for six, also where 件套 is a type.
            rest = _without_types(rest, type_names)
    found = _mark_choices(text, sorted(found, key=itemgetter(0)))
    in_order = [asked for _, _, asked in found]
    # Each once, however often it is typed.
    wanted = list({asked.fact.id: asked for asked in in_order if asked.fact.id not in ignored}.values())
    if types.is_accessory:
        wanted = list(map(_of_accessory, wanted))
    is_all = any(asked.fact.is_hard for asked in wanted) and not any(map(str.isalnum, rest))
    if is_all and types.condition is None:
        # Nothing else says what is asked for.
        wanted = [replace(asked, must_hold=asked.fact.is_hard) for asked in wanted]
    # Who types the code of something else asks for no type.
    condition = None if any(asked.is_elsewhere for asked in wanted) else types.condition
    return AskedFacts(tuple(_count(wanted, condition, engine)), is_all, _besides(text, found, ignored))


def _mark_choices(text: str, found: Sequence[ReadFact]) -> list[ReadFact]:
    """Return facts in order; those of one kind between which 、 stands are a choice."""
    marked: list[ReadFact] = []
    for start, end, asked in found:
        if marked:
            last_start, last_end, last = marked[-1]
            if last.fact.kind == asked.fact.kind and text[last_end:start].strip() == ALTERNATIVES_SEPARATOR:
                choice = last.choice or len(marked)
                marked[-1] = (last_start, last_end, replace(last, choice=choice))
                asked = replace(asked, choice=choice)  # noqa: PLW2901
        marked.append((start, end, asked))
    return marked


def _besides(text: str, found: Sequence[ReadFact], ignored: Collection[str]) -> str:
    for start, end, asked in found:
        if asked.fact.is_hard and asked.fact.kind in _SPELT_FREELY and asked.fact.id not in ignored:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _of_accessory(asked: AskedFact) -> AskedFact:
    """Return a fact asked of an accessory: the model that it fits is one of many, and often not said."""
    if asked.fact.kind != "code":
        return asked
    return replace(asked, fact=asked.fact._replace(is_hard=False), must_hold=False)


def _without(text: str, start: int, end: int) -> str:
    """Return a text with a place of it taken out, all others where they were."""
    return text[:start] + _READ * (end - start) + text[end:]


def _without_types(text: str, names: Sequence[str]) -> str:
    for name in names:
        start = text.rfind(name)
        if start >= 0:
            text = _without(text, start, start + len(name))
    return text


def _count(facts: Sequence[AskedFact], types: TypeCondition | None, engine: Engine) -> list[AskedFact]:
    """Return facts with the number of products that hold them; what does not say a brand is not of it.

    A brand by a synonym is none where nothing holds it: 骆驼 is an animal where no CAMEL is sold.
    """
    if not facts:
        return []
    counts = engine.count([holders(asked, types) for asked in facts])
    counted = []
    for asked, held_by in zip(facts, counts, strict=True):
        if asked.is_optional and not held_by:
            continue
        must_hold = asked.must_hold or asked.fact.kind == "brand"
        counted.append(replace(asked, fact=asked.fact._replace(held_by=held_by), must_hold=must_hold))
    return counted
