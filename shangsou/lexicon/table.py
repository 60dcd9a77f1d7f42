"""A phrase table on disk, searched by prefix: in characters, in pinyin, in initials."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.phrases import Phrase, title_words
from shangsou.lexicon.pinyin import Romanization, romanize
from shangsou.mmap_arrays import load_npy_mmap, load_raw_mmap
from shangsou.text.segmenter import Segmenter

Spelling = Literal["text", "inner", "pinyin", "initials"]
"""Ways to type a phrase: as it is, from a later word on, in pinyin, by the initials of its pinyin."""
SPELLINGS: tuple[Spelling, ...] = ("text", "inner", "pinyin", "initials")
# Bytes of a key: 16 Chinese characters, or the pinyin of about 14. Longer texts are found by their prefix.
_KEY_BYTES = 48
# UTF-8 never contains this byte, so it sorts after all texts with the same prefix.
_HIGHEST_BYTE = b"\xff"


def write_table(folder: Path, name: str, phrases: Iterable[Phrase], segmenter: Segmenter) -> list[Phrase]:
    """Write phrases, most common first, and return them in that order, which is that of their rows.

    Phrases that are typed alike are all kept.
    """
    ordered = sorted(phrases, key=lambda phrase: (-phrase.count, len(phrase.normalized), phrase.text))
    texts = [f"{phrase.text}\n{phrase.normalized}".encode() for phrase in ordered]
    (folder / f"{name}.texts").write_bytes(b"".join(texts))
    np.save(folder / f"{name}.ends.npy", np.cumsum([len(text) for text in texts], dtype=np.int64))
    np.save(folder / f"{name}.counts.npy", np.array([phrase.count for phrase in ordered], np.int64))
    romanizations = [romanize(phrase.normalized, segmenter) for phrase in ordered]
    for spelling in SPELLINGS:
        keys, rows = _keys(spelling, ordered, romanizations, segmenter)
        order = np.lexsort((rows, keys))
        np.save(folder / f"{name}.{spelling}.keys.npy", keys[order])
        np.save(folder / f"{name}.{spelling}.rows.npy", rows[order])
    return ordered


class PhraseTable:
    """Phrases opened for reading; a phrase is known by its row, and a lower row is at least as common."""

    def __init__(self, folder: Path, name: str) -> None:
        self._texts = load_raw_mmap(folder / f"{name}.texts", np.uint8)
        self._ends = load_npy_mmap(folder / f"{name}.ends.npy")
        self._counts = load_npy_mmap(folder / f"{name}.counts.npy")
        # The total count of all phrases.
        self.total_count = int(self._counts.sum())
        self._keys: dict[str, NDArray[Any]] = {}
        self._rows: dict[str, NDArray[np.int32]] = {}
        for spelling in SPELLINGS:
            self._keys[spelling] = load_npy_mmap(folder / f"{name}.{spelling}.keys.npy")
            self._rows[spelling] = load_npy_mmap(folder / f"{name}.{spelling}.rows.npy")

    def __len__(self) -> int:
        return len(self._ends)

    def phrase(self, row: int) -> Phrase:
        """Return the phrase of a row."""
        start = int(self._ends[row - 1]) if row else 0
        text, normalized = self._texts[start : int(self._ends[row])].tobytes().decode().split("\n")
        return Phrase(text, normalized, int(self._counts[row]))

    def find_by_prefix(self, spelling: Spelling, keys: Sequence[str], k: int) -> list[int]:
        """Return the rows of the `k` most common phrases with any of these prefixes, in order."""
        if not keys:
            return []
        truncated = [key.encode()[: _KEY_BYTES - 1] for key in keys]
        return self._lowest_rows(spelling, truncated, [key + _HIGHEST_BYTE for key in truncated], k)

    def find_phrases(self, spelling: Spelling, keys: Sequence[str], k: int) -> list[list[Phrase]]:
        """Return for each key the `k` most common phrases with that spelling, in order."""
        known, rows = self._keys[spelling], self._rows[spelling]
        truncated = np.array([key.encode()[:_KEY_BYTES] for key in keys], f"S{_KEY_BYTES}")
        starts, ends = np.searchsorted(known, truncated), np.searchsorted(known, truncated, "right")
        return [
            [self.phrase(row) for row in rows[start : min(end, start + k)].tolist()] if start < end else []
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the count of each text as a phrase of its own; 0 for unknown ones."""
        if not texts:
            return []
        keys = np.array([text.replace(" ", "").encode()[:_KEY_BYTES] for text in texts], f"S{_KEY_BYTES}")
        known, rows = self._keys["text"], self._rows["text"]
        if not len(known):
            return [0] * len(texts)
        positions = np.minimum(known.searchsorted(keys), len(known) - 1)
        counts: list[int] = np.where(known[positions] == keys, self._counts[rows[positions]], 0).tolist()
        return counts

    def _lowest_rows(self, spelling: str, first: list[bytes], last: list[bytes], k: int) -> list[int]:
        keys, rows = self._keys[spelling], self._rows[spelling]
        starts = np.searchsorted(keys, np.array(first, keys.dtype))
        ends = np.searchsorted(keys, np.array(last, keys.dtype))
        ranges = [rows[start:end] for start, end in zip(starts, ends, strict=True) if start < end]
        if not ranges:
            return []
        all_rows = ranges[0] if len(ranges) == 1 else np.concatenate(ranges)
        # A phrase has a key for each of its words, so more than k keys may be needed for k phrases.
        if len(all_rows) > 4 * k:
            all_rows = np.partition(all_rows, 4 * k)[: 4 * k]
        distinct: list[int] = np.unique(all_rows)[:k].tolist()
        return distinct


def _keys(
    spelling: Spelling,
    phrases: Sequence[Phrase],
    romanizations: Sequence[Romanization],
    segmenter: Segmenter,
) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Return the keys of a spelling and the rows they belong to."""
    pairs: list[tuple[bytes, int]] = []
    for row, (phrase, romanization) in enumerate(zip(phrases, romanizations, strict=True)):
        pairs.extend(
            (key.encode()[:_KEY_BYTES], row)
            for key in _phrase_keys(spelling, phrase, romanization, segmenter)
            if key
        )
    return (
        np.array([key for key, _ in pairs], f"S{_KEY_BYTES}"),
        np.array([row for _, row in pairs], np.int32),
    )


def _phrase_keys(
    spelling: Spelling, phrase: Phrase, romanization: Romanization, segmenter: Segmenter
) -> list[str]:
    joined = phrase.normalized.replace(" ", "")
    match spelling:
        case "text":
            return [joined]
        case "inner":
            return _word_suffixes(phrase.normalized, segmenter)
        # Latin phrases are typed as they are.
        case "pinyin":
            return [] if romanization.pinyin == joined else [romanization.pinyin]
        case "initials":
            return [] if romanization.pinyin == joined else [romanization.initials]


def _word_suffixes(text: str, segmenter: Segmenter) -> list[str]:
    """Return the suffixes of a text that begin at its second word, its third word, and so on."""
    words = title_words(text, segmenter)
    return [
        "".join(words[position:]).replace(" ", "")
        for position in range(1, len(words))
        if words[position] != " "
    ]
