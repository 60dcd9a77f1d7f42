"""Complete a shop's dictionary by jieba: the frequencies and tags that its file leaves out.

jieba takes seconds and 150 MB to load, so only a build imports it: searches have the completed words from the
recipe of their index, and rjieba cuts by them.
"""

import warnings
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from shangsou.text.dictionary import NO_DICTIONARY, Dictionary, DictionaryEntry, hash_entries

if TYPE_CHECKING:
    import jieba.posseg


class CutWord(NamedTuple):
    """A word that is cut in spite of being in the dictionary: its frequency is too low."""

    entry: DictionaryEntry
    parts: tuple[str, ...]
    sufficient_frequency: int

    def describe(self) -> str:
        """Return in words what happens to it, and what to do."""
        return (
            f'{self.entry.place}: "{self.entry.word}" is still cut into {" and ".join(self.parts)} with the '
            f"frequency {self.entry.frequency}; write {self.sufficient_frequency} or more, or leave it out"
        )


def complete_dictionary(entries: Sequence[DictionaryEntry]) -> tuple[Dictionary, list[CutWord]]:
    """Return the words of a dictionary with frequencies and tags, and those that are cut all the same.

    A word without a frequency has the one that jieba suggests to keep it whole, beside the words with one;
    a word without a tag has that of its last part, which is the head of a Chinese noun.
    """
    added = [entry for entry in entries if not entry.is_latin]
    if not added:
        return Dictionary(file_hash=hash_entries(entries)) if entries else NO_DICTIONARY, []
    jieba = _Jieba()
    tags = {entry.word: entry.tag or jieba.tag(entry.word) for entry in added}
    lines = {}
    # Those with frequencies first: what is suggested depends on them.
    for entry in sorted(added, key=lambda entry: entry.frequency is None):
        frequency = entry.frequency or jieba.tokenizer.suggest_freq(entry.word)
        jieba.tokenizer.add_word(entry.word, frequency, tags[entry.word])
        lines[entry.word] = f"{entry.word} {frequency} {tags[entry.word]}"
    words = "\n".join(lines[entry.word] for entry in added)
    return Dictionary(words, hash_entries(entries)), list(_find_cut(added, jieba))


def _find_cut(entries: Iterable[DictionaryEntry], jieba: "_Jieba") -> Iterable[CutWord]:
    for entry in entries:
        parts = tuple(jieba.tokenizer.cut(entry.word))
        if len(parts) > 1:
            yield CutWord(entry, parts, _sufficient_frequency(entry.word, jieba))


def _sufficient_frequency(word: str, jieba: "_Jieba") -> int:
    tokenizer = jieba.tokenizer
    share = 1.0
    for part in tokenizer.cut(word, HMM=False):
        share *= tokenizer.FREQ.get(part, 1) / tokenizer.total
    return int(share * tokenizer.total) + 1


class _Jieba:
    """jieba with its own words, loaded for one build; it writes no cache and logs nothing."""

    def __init__(self) -> None:
        jieba = _import_quietly("jieba")
        self.tokenizer = jieba.Tokenizer()
        # What `initialize` does, but for a cache in the folder for temporary files that anyone may write to.
        self.tokenizer.FREQ, self.tokenizer.total = jieba.Tokenizer.gen_pfdict(self.tokenizer.get_dict_file())
        self.tokenizer.initialized = True

    def tag(self, word: str) -> str:
        """Return the tag of the last part of a word."""
        tagged = self._tagger.lcut(word)
        tag: str = tagged[-1].flag
        return tag

    @cached_property
    def _tagger(self) -> "jieba.posseg.POSTokenizer":
        return _import_quietly("jieba.posseg").POSTokenizer(self.tokenizer)


def _import_quietly(module: str) -> ModuleType:
    """Import a module of jieba without the warnings of its source: invalid escapes, and pkg_resources."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(module)
