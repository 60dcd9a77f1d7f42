"""Generate typos in queries: random, and the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

from relevance.judgements import Query
from shangsou.lexicon.confusions import LIKENESSES, Likeness
from shangsou.lexicon.lexicon import Lexicon
from shangsou.text.normalize import normalize

# Most Chinese is typed by sound: the shares of the kinds of typos follow studies of queries and learners
# (about four in five by sound, Liu et al., 2010); the rest is divided by guess.
_TYPO_WEIGHTS = {
    "sound": 0.45,
    "near sound": 0.17,
    "shape": 0.1,
    "missing": 0.1,
    "extra": 0.08,
    "swapped": 0.06,
    "mark": 0.04,
}
# Without the keys that end a word.
_STRAY_MARKS = "`;,'./、]"
# The intended query could not be known with fewer characters.
_MIN_CHARACTERS = 3
_MAX_ATTEMPTS = 20
_LIKENESSES: dict[str, tuple[Likeness, ...]] = {
    "sound": ("sound", "sound and shape"),
    "near sound": ("near sound",),
    "shape": ("shape", "sound and shape"),
}


@dataclass(frozen=True, slots=True)
class Typo:
    """A typo in a query."""

    typed: str
    kind: str
    """`sound`, `near sound`, `shape`, `missing`, `extra`, `swapped`, `mark`, `letter`."""


class TypoGenerator:
    """Generates typos in queries with the characters of a shop."""

    def __init__(self, lexicon: Lexicon, seed: int) -> None:
        self._confusions = lexicon.confusions
        self._random = random.Random(seed)
        self._counts: dict[str, int] = {}
        for sequences in lexicon.sequences:
            for char, count in sequences.characters(1).items():
                self._counts[char] = self._counts.get(char, 0) + count
        self._chinese = [char for char in self._counts if "一" <= char <= "鿿"]
        self._chinese_weights = [self._counts[char] for char in self._chinese]

    def generate(self, query: str) -> Typo | None:
        """Return a normalized query with one typo, None if it has too few characters for one."""
        positions = [position for position, char in enumerate(query) if char.isalpha()]
        if len(positions) < _MIN_CHARACTERS:
            return None
        for _ in range(_MAX_ATTEMPTS):
            (kind,) = self._random.choices(list(_TYPO_WEIGHTS), list(_TYPO_WEIGHTS.values()))
            position = self._random.choice(positions)
            typed, kind = self._apply_typo(query, position, kind)
            if typed not in ("", query):
                return Typo(typed, kind)
        return None

    def _apply_typo(self, query: str, position: int, kind: str) -> tuple[str, str]:
        char, before, after = query[position], query[:position], query[position + 1 :]
        match kind:
            case "missing":
                return before + after, kind
            case "mark":
                return before + self._random.choice(_STRAY_MARKS) + query[position:], kind
            case "swapped":
                return (before + after[0] + char + after[1:] if after[:1].isalpha() else ""), kind
            case "extra":
                return before + self._extra_character(query, position) + query[position:], kind
            case _ if char.isascii():
                return before + self._random.choice(ascii_lowercase) + after, "letter"
            case _:
                return self._replace_by_similar(query, position, kind), kind

    def _replace_by_similar(self, query: str, position: int, kind: str) -> str:
        """Return a query with one character replaced by a similar one, empty if there is none."""
        chars, likenesses = self._confusions.of(query[position])
        others = [
            chr(other)
            for other, likeness in zip(chars.tolist(), likenesses.tolist(), strict=True)
            if LIKENESSES[likeness] in _LIKENESSES[kind]
        ]
        if not others:
            return ""
        # Input methods put common characters first.
        weights = [self._counts[other] ** 0.5 for other in others]
        return query[:position] + self._random.choices(others, weights)[0] + query[position + 1 :]

    def _extra_character(self, query: str, position: int) -> str:
        """Return an extra character: one repeated, one typed too early, or a random one."""
        if self._random.random() < 2 / 3:
            return query[min(position + self._random.randrange(2), len(query) - 1)]
        return self._random.choices(self._chinese, self._chinese_weights)[0]


def mistype(queries: Sequence[Query], lexicon: Lexicon, seed: int) -> list[Query]:
    """Return judged queries with one typo in each that is long enough; the others are unchanged."""
    generator = TypoGenerator(lexicon, seed)
    typos = [(query, generator.generate(normalize(query.text))) for query in queries]
    return [query if typo is None else replace(query, text=typo.typed) for query, typo in typos]
