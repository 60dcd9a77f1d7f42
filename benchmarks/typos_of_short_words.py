"""Draw mistyped words of two characters: by sound and by shape, the same for the same seed."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from shangsou.lexicon.pinyin import Sounds

TypoKind = Literal["sound", "near sound", "shape"]
# What speakers of southern dialects and hasty typists confuse, as any table of input methods has it.
_NEAR_INITIALS = (("n", "l"), ("z", "zh"), ("c", "ch"), ("s", "sh"))
_NEAR_FINALS = (("in", "ing"), ("en", "eng"), ("an", "ang"))
_LOOK_ALIKES = Path(__file__).with_name("look_alikes.txt")


class ShortTypo(NamedTuple):
    """A word with one character in place of another."""

    kind: TypoKind
    meant: str
    typed: str


class ShortTypos:
    """Draws typos in words.

    Parameters
    ----------
    char_counts
        How often characters occur: what is typed instead is drawn by the square root, since input methods
        put common characters first.
    """

    def __init__(self, char_counts: Mapping[str, int], sounds: Sounds, seed: int) -> None:
        self._counts = char_counts
        self._sounds = sounds
        self._random = random.Random(seed)
        self._by_sound: defaultdict[str, set[str]] = defaultdict(set)
        for char in char_counts:
            # The most common reading alone: nobody types a character by a rare one.
            if readings := sounds.get(char):
                self._by_sound[readings[0]].add(char)
        self._look_alikes = _read_look_alikes()

    def draw(self, words: Sequence[str], count: int) -> list[ShortTypo]:
        """Return distinct typos in words, as many of each kind."""
        typos: dict[str, ShortTypo] = {}
        for kind in get_args(TypoKind):
            wanted = len(typos) + count // len(get_args(TypoKind))
            while len(typos) < wanted:
                typo = self._mistype(self._random.choice(words), kind)
                if typo is not None:
                    typos.setdefault(typo.typed, typo)
        return list(typos.values())

    def _mistype(self, word: str, kind: TypoKind) -> ShortTypo | None:
        position = self._random.randrange(len(word))
        others = sorted(self._confused(word[position], kind) - {word[position]})
        if not others:
            return None
        weights = [self._counts.get(char, 1) ** 0.5 for char in others]
        (char,) = self._random.choices(others, weights)
        return ShortTypo(kind, word, word[:position] + char + word[position + 1 :])

    def _confused(self, char: str, kind: TypoKind) -> set[str]:
        if kind == "shape":
            return self._look_alikes[char]
        sound = self._sounds.get(char, [""])[0]
        sounds = [sound] if kind == "sound" else _near_sounds(sound)
        return {other for each in sounds for other in self._by_sound[each]}


def _near_sounds(sound: str) -> Iterator[str]:
    """Yield the syllables with another initial or another final."""
    for pair in _NEAR_INITIALS:
        initial = next((part for part in sorted(pair, key=len)[::-1] if sound.startswith(part)), None)
        # `zhi` begins with z too, but it is zh that is confused with z.
        if initial is not None:
            yield pair[1 - pair.index(initial)] + sound[len(initial) :]
    for pair in _NEAR_FINALS:
        final = next((part for part in sorted(pair, key=len)[::-1] if sound.endswith(part)), None)
        if final is not None:
            yield sound[: -len(final)] + pair[1 - pair.index(final)]


def _read_look_alikes() -> defaultdict[str, set[str]]:
    look_alikes: defaultdict[str, set[str]] = defaultdict(set)
    for line in _LOOK_ALIKES.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            group = line.split("\t")
            for char in group:
                look_alikes[char].update(group)
    return look_alikes
