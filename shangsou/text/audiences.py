"""For whom a product is: men, women, boys, girls, children, infants, old people."""

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from shangsou.text.facts import load_facts

_MAN_TO_BOY = {"男": "男童", "女": "女童"}
_CHILD = "童"


class _Lexicon(NamedTuple):
    """The compiled facts about audiences."""

    pattern: re.Pattern[str]
    audiences: dict[str, tuple[str, ...]]
    """By word."""
    contradictions: frozenset[tuple[str, str]]
    """Both ways."""


def find_audiences(text: str) -> list[tuple[str, int, int]]:
    """Return the audiences of a normalized text with the start and end of their words, in order.

    A word may name several: 情侣 and 男女 are both 男 and 女. Beside a word with 童, a mere 男 or 女 means
    boys or girls: `儿童运动鞋男`.
    """
    lexicon = _load_lexicon()
    matches = [match for match in lexicon.pattern.finditer(text) if match["word"]]
    rules = load_facts().audiences.rules
    is_for_children = any(_CHILD in match["word"] for match in matches) and not any(
        word in text for word in rules.both_ages
    )
    return [
        (
            _MAN_TO_BOY.get(audience, audience)
            if is_for_children and match["word"] in rules.children_beside_child
            else audience,
            match.start(),
            match.end(),
        )
        for match in matches
        for audience in lexicon.audiences[match["word"]]
    ]


def all_audiences() -> tuple[str, ...]:
    """Return the names of all audiences."""
    return tuple(load_facts().audiences.words)


def contradicts(stated: Collection[str], asked: str) -> bool:
    """Return whether a product for some audiences is not for the one that is asked for.

    Each that is stated must exclude it: a product for men and women contradicts neither.
    """
    contradictions = _load_lexicon().contradictions
    return bool(stated) and all((audience, asked) in contradictions for audience in stated)


@cache
def _load_lexicon() -> _Lexicon:
    facts = load_facts().audiences
    audiences: dict[str, tuple[str, ...]] = {}
    for audience, words in facts.words.items():
        for word in words:
            audiences[word] = (*audiences.get(word, ()), audience)
    excluding = {(adult, child) for adult in facts.rules.adults for child in facts.rules.children}
    excluding |= set(facts.rules.opposites)
    none = "|".join(map(re.escape, sorted(facts.rules.no_audiences, key=len, reverse=True)))
    pattern = "|".join(map(re.escape, sorted(audiences, key=len, reverse=True)))
    # Most places are left at their first character.
    firsts = "".join({word[0] for word in (*audiences, *facts.rules.no_audiences)})
    return _Lexicon(
        re.compile(f"(?=[{firsts}])(?:{none}|(?P<word>{pattern}))"),
        audiences,
        frozenset(excluding | {(asked, stated) for stated, asked in excluding}),
    )
