"""Queries mistyped on purpose: what people do to them, at random but the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

from relevance.judgements import Query
from shangsou.lexicon.confusions import LIKENESSES, Likeness
from shangsou.lexicon.lexicon import Lexicon
from shangsou.text.normalise import normalise

# Most Chinese is typed by its sound: the share of each slip follows the order of what studies of queries and
# learners report (about four in five by sound, Liu et al., 2010); the rest is divided by guess.
_SLIPS = {
    "sound": 0.45,
    "near sound": 0.17,
    "shape": 0.1,
    "missing": 0.1,
    "extra": 0.08,
    "swapped": 0.06,
    "mark": 0.04,
}
# Beside the keys that end a word.
_MARKS = "`;,'./、]"
# Nobody would know what was meant by fewer.
_LEAST_CHARACTERS = 3
_TRIES = 20
_LIKENESSES: dict[str, tuple[Likeness, ...]] = {
    "sound": ("sound", "sound and shape"),
    "near sound": ("near sound",),
    "shape": ("shape", "sound and shape"),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip in a query."""

    typed: str
    kind: str
    """`sound`, `near sound`, `shape`, `missing`, `extra`, `swapped`, `mark`, `letter`."""


class Typist:
    """Mistypes queries with the characters of a shop."""

    def __init__(self, lexicon: Lexicon, seed: int) -> None:
        self._confusions = lexicon.confusions
        self._random = random.Random(seed)
        self._counts: dict[str, int] = {}
        for sequences in lexicon.sequences:
            for char, count in sequences.characters(1).items():
                self._counts[char] = self._counts.get(char, 0) + count
        self._chinese = [char for char in self._counts if "一" <= char <= "鿿"]
        self._chinese_weights = [self._counts[char] for char in self._chinese]

    def slip(self, query: str) -> Slip | None:
        """Return a normalised query with one slip, None where it has too few characters for one."""
        places = [place for place, char in enumerate(query) if char.isalpha()]
        if len(places) < _LEAST_CHARACTERS:
            return None
        for _ in range(_TRIES):
            (kind,) = self._random.choices(list(_SLIPS), list(_SLIPS.values()))
            place = self._random.choice(places)
            typed, kind = self._mistyped(query, place, kind)
            if typed not in ("", query):
                return Slip(typed, kind)
        return None

    def _mistyped(self, query: str, place: int, kind: str) -> tuple[str, str]:
        char, before, behind = query[place], query[:place], query[place + 1 :]
        match kind:
            case "missing":
                return before + behind, kind
            case "mark":
                return before + self._random.choice(_MARKS) + query[place:], kind
            case "swapped":
                return (before + behind[0] + char + behind[1:] if behind[:1].isalpha() else ""), kind
            case "extra":
                return before + self._extra(query, place) + query[place:], kind
            case _ if char.isascii():
                return before + self._random.choice(ascii_lowercase) + behind, "letter"
            case _:
                return self._alike(query, place, kind), kind

    def _alike(self, query: str, place: int, kind: str) -> str:
        """Return a query with a character that sounds or looks alike, empty where there is none."""
        chars, likenesses = self._confusions.of(query[place])
        others = [
            chr(other)
            for other, likeness in zip(chars.tolist(), likenesses.tolist(), strict=True)
            if LIKENESSES[likeness] in _LIKENESSES[kind]
        ]
        if not others:
            return ""
        # Input methods put common characters first.
        weights = [self._counts[other] ** 0.5 for other in others]
        return query[:place] + self._random.choices(others, weights)[0] + query[place + 1 :]

    def _extra(self, query: str, place: int) -> str:
        """Return a character too much: typed twice, or one typed too early, or any."""
        if self._random.random() < 2 / 3:
            return query[min(place + self._random.randrange(2), len(query) - 1)]
        return self._random.choices(self._chinese, self._chinese_weights)[0]


def mistype(queries: Sequence[Query], lexicon: Lexicon, seed: int) -> list[Query]:
    """Return judged queries with one slip in each that is long enough; the others as they are."""
    typist = Typist(lexicon, seed)
    slips = [(query, typist.slip(normalise(query.text))) for query in queries]
    return [query if slip is None else replace(query, text=slip.typed) for query, slip in slips]
