"""Latin words of a query: names as synonyms spell them, and English words in Chinese."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from shangsou.lexicon.lexicon import Lexicon
from shangsou.text.latin_names import TOKEN, NameSpan, find_names
from shangsou.text.latin_synonyms import LatinSynonyms

_LETTERS = re.compile("[a-z]")
# What only joins words says nothing once these are Chinese: `shoes for women`, `kids' toys`.
_JOINING = re.compile(r"(?<![a-z0-9])(?:for|with|and|of|in|the|an|&)(?![a-z0-9])|^'s?(?![a-z])")
# What may be one syllable of pinyin as well: `fan` of `fan shu`.
_SYLLABLE = re.compile("(?:[zcs]h|[bpmfdtnlgkhjqxzcsrwy])?[aeiou]{1,3}(?:ng?|r)?")
# Shorter words are parts of too many others to find them in titles.
_MIN_TITLE_WORD = 4
_BLANKS_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")


class Translation(NamedTuple):
    """An English phrase of a query."""

    text: str
    """As typed."""
    chinese: str


class LatinReading(NamedTuple):
    """A text with its Latin words as the shop knows them."""

    text: str
    translations: tuple[Translation, ...]
    """What has become Chinese."""


class LatinWords:
    """The Latin names and English words that a shop and its synonyms know, as keys of `find_names`."""

    def __init__(self, synonyms: LatinSynonyms, lexicon: Lexicon | None) -> None:
        self._synonyms = synonyms
        self._lexicon = lexicon
        self._brands = lexicon.facts.brand_keys if lexicon and lexicon.facts else {}

    def __contains__(self, key: object) -> bool:
        return key in self._brands or key in self._synonyms

    def read(self, text: str) -> LatinReading | None:
        """Return a normalized text with its Latin words as the shop knows them, None if nothing changes."""
        if not _LETTERS.search(text):
            return None
        pieces: list[str] = []
        translations: list[Translation] = []
        position = 0
        for span in find_names(text, self):
            typed = text[span.start : span.end]
            written = self._synonyms.names.get(span.key, typed)
            chinese = () if span.key in self._synonyms.names else self._synonyms.chinese(span.key)
            if chinese and not self._is_brand(typed) and not self._is_pinyin(text, span):
                written = self._choose(chinese)
                translations.append(Translation(typed, written))
            pieces += [text[position : span.start], written]
            position = span.end
        pieces.append(text[position:])
        if translations:
            # Every second piece is what stands between the words.
            pieces[::2] = [_JOINING.sub(" ", piece) for piece in pieces[::2]]
        changed = _BLANKS_IN_CHINESE.sub("", " ".join("".join(pieces).split()))
        return LatinReading(changed, tuple(translations)) if changed != text else None

    def _is_brand(self, typed: str) -> bool:
        """Return whether a column of the shop has a word as a brand.

        Titles alone do not tell: that they begin with `casual` makes no brand of it.
        """
        return self._lexicon is not None and self._lexicon.brands.counts([typed]) != [0]

    def _is_pinyin(self, text: str, span: NameSpan) -> bool:
        """Return whether a word is a syllable beside another one that is no word: `fan` in `fan shu`."""
        if not _SYLLABLE.fullmatch(text, span.start, span.end):
            return False
        known = self._synonyms.words_in(text)
        return any(_SYLLABLE.fullmatch(word) for word in TOKEN.findall(text) if word not in known)

    def _choose(self, words: tuple[str, ...]) -> str:
        """Return the first word that names a type of the shop, else the first that its titles hold."""
        if self._lexicon is None or len(words) == 1:
            return words[0]
        types = self._lexicon.product_types
        named = (word for word in words if types is not None and word in types)
        counts = zip(words, self._lexicon.words.counts(words), strict=True)
        return next(named, next((word for word, count in counts if count), words[0]))


def title_words(translations: tuple[Translation, ...], names: Sequence[str]) -> tuple[str, ...]:
    """Return the English words that were typed for these product types, as titles may hold them."""
    return tuple(
        translation.text
        for translation in translations
        if len(translation.text) >= _MIN_TITLE_WORD
        and any(name.endswith(translation.chinese) or translation.chinese.endswith(name) for name in names)
    )
