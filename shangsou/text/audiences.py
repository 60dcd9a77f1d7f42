"""For whom a product is: men, women, boys, girls, children, infants, old people."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from shangsou.text.facts import MAX_TABLES, FactTable
from shangsou.text.patterns import any_word, longest_first

_MAN_TO_BOY = {"男": "男童", "女": "女童"}
_CHILD = "童"


class AudienceWord(NamedTuple):
    """A word for an audience, or for several, in a text."""

    word: str
    start: int
    end: int


class _Lexicon(NamedTuple):
    """The compiled facts about audiences."""

    pattern: re.Pattern[str]
    """Also finds words that contain one for an audience and name none."""
    audiences: dict[str, tuple[str, ...]]
    """By word."""
    contradictions: frozenset[tuple[str, str]]
    """Both ways."""


def find_audiences(text: str, table: FactTable) -> list[tuple[str, int, int]]:
    """Return the audiences of a normalized text with the start and end of their words, in order.

    A word may name several: 情侣 and 男女 are both 男 and 女. Beside a word with 童, a mere 男 or 女 means
    boys or girls: `儿童运动鞋男`.
    """
    words = find_audience_words(text, table)
    audiences = read_audience_words([word.word for word in words], text, table)
    return [
        (audience, word.start, word.end)
        for word, named in zip(words, audiences, strict=True)
        for audience in named
    ]


def find_audience_words(text: str, table: FactTable) -> list[AudienceWord]:
    """Return the words for audiences in a normalized text, in order."""
    lexicon = _load_lexicon(table)
    return [
        AudienceWord(match[0], match.start(), match.end())
        for match in lexicon.pattern.finditer(text)
        if match[0] in lexicon.audiences
    ]


def read_audience_words(words: Sequence[str], text: str, table: FactTable) -> list[tuple[str, ...]]:
    """Return the audiences that each of the words of a normalized text names."""
    audiences = _load_lexicon(table).audiences
    rules = table.audiences.rules
    is_for_children = any(_CHILD in word for word in words) and not any(
        both in text for both in rules.both_ages
    )
    return [
        tuple(_MAN_TO_BOY.get(audience, audience) for audience in audiences[word])
        if is_for_children and word in rules.children_beside_child
        else audiences[word]
        for word in words
    ]


def all_audiences(table: FactTable) -> tuple[str, ...]:
    """Return the names of all audiences."""
    return tuple(table.audiences.words)


def contradicts(stated: Collection[str], asked: str, table: FactTable) -> bool:
    """Return whether a product for some audiences is not for the one that is asked for.

    Each that is stated must exclude it: a product for men and women contradicts neither.
    """
    contradictions = _load_lexicon(table).contradictions
    return bool(stated) and all((audience, asked) in contradictions for audience in stated)


@lru_cache(MAX_TABLES)
def _load_lexicon(table: FactTable) -> _Lexicon:
    facts = table.audiences
    audiences: dict[str, tuple[str, ...]] = {}
    for audience, words in facts.words.items():
        for word in words:
            audiences[word] = (*audiences.get(word, ()), audience)
    excluding = {(adult, child) for adult in facts.rules.adults for child in facts.rules.children}
    excluding |= set(facts.rules.opposites)
    found = longest_first([*facts.rules.no_audiences, *audiences])
    return _Lexicon(
        re.compile(any_word((word, "") for word in found)),
        audiences,
        frozenset(excluding | {(asked, stated) for stated, asked in excluding}),
    )
