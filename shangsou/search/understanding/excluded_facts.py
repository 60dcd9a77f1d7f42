"""Exclusions by fact: what states the colour, the brand or the value that is not wanted has it."""

from dataclasses import replace
from functools import partial

from shangsou.engines.engine import Engine
from shangsou.engines.query import Exclusion, TypeCondition
from shangsou.lexicon.fact_terms import term
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.search.ranking.asked_facts import AskedFact
from shangsou.search.understanding.brand_reader import read_brands
from shangsou.search.understanding.fact_readers import read_amounts, read_audiences, read_values
from shangsou.text.negations import denials
from shangsou.text.synonyms import SynonymDictionary

_READERS = (read_amounts, partial(read_brands, synonyms=SynonymDictionary()), read_audiences, read_values)
# Terms of what titles say somewhere: a product that states another value of the kind does not have it.
_TEXT = term("text", "")


def exclude_fact(
    exclusion: Exclusion, types: TypeCondition | None, vocabulary: FactVocabulary, engine: Engine
) -> Exclusion:
    """Return an exclusion by fact where its text is one that products of the shop state; else as it is."""
    text = exclusion.text
    # A single character, as in `不要红的`, is a colour only with something behind it.
    for padded in (text, f"{text}的"):
        for read in _READERS:
            for start, end, asked in read(padded, vocabulary, engine, types):
                if (start, end) == (0, len(text)):
                    return _exclude(asked, exclusion)
    return exclusion


def _exclude(asked: AskedFact, exclusion: Exclusion) -> Exclusion:
    text = (
        f"{exclusion.text}色" if asked.fact.kind == "colour" and len(exclusion.text) == 1 else exclusion.text
    )
    return replace(
        exclusion,
        text=text,
        denials=denials(text),
        holding=tuple(name for name in (*asked.exact, *asked.wide) if not name.startswith(_TEXT)),
        stating=asked.stating,
    )
