"""Pinyin typed instead of Chinese: in full, in first letters, or between Chinese characters."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from numpy.lib.stride_tricks import sliding_window_view

from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.ngrams import ORDER, codes, keys_of
from shangsou.lexicon.pinyin import read_characters
from shangsou.lexicon.table import Spelling

# Letters that may be pinyin: not beside digits, as in models; spaces may stand between the syllables.
_LETTERS = re.compile(r"(?<![a-z\d.+&'-])[a-z]+(?: [a-z]+)*(?![a-z\d.+&'-])")
_CHINESE_BEFORE = re.compile(r"[一-鿿]*\Z")
_CHINESE_BEHIND = re.compile(r"[一-鿿]*")
# Nobody types more in pinyin; every part of the letters is looked up.
_MOST_LETTERS = 40
# A phrase of more letters is looked up by its parts.
_LONGEST_PHRASE = 24
# Characters on either side that may belong to one phrase with the letters, as in `连yi裙`.
_BESIDE = 4
# So many times more often than letters themselves has Chinese to be said for them to be its pinyin: few type
# pinyin, and `nike` is no `你可`. Set by hand.
_AS_IT_STANDS = 20
# Rather one phrase than two as common ones: what a word costs in searches, as in any unigram model.
_SEARCHES = 1_000_000
# First letters say little: fewer mean anything, and no phrase is typed by more.
_LEAST_INITIALS, _MOST_INITIALS = 3, 6
# Of phrases that are typed alike those behind are too rare to matter.
_MOST_ALIKE = 8
# A word of so many letters that stands in titles or is a brand counts as one of the most common; shorter ones
# may be syllables.
_LEAST_LETTERS_OF_A_WORD, _WORD_OF_THE_CATALOG = 4, 5_000
# So often must a phrase have been said for first letters to stand for it.
_LEAST_SAID = 5


class Read(NamedTuple):
    """A text with its pinyin read."""

    text: str
    probability: float
    is_initials: bool
    """Whether first letters alone were read somewhere."""
    is_title_word: bool
    """Whether letters that were read stand in a title as they are."""


class _Found(NamedTuple):
    start: int
    end: int
    """Of its place in the text."""
    text: str
    share: float
    """Of all that is typed alike."""
    is_initials: bool = False


class _Alike(NamedTuple):
    """Phrases that are typed alike."""

    text: str
    """The most common one."""
    times: int
    share: float
    """Of the most common one among them."""


def read_pinyin(text: str, lexicon: Lexicon) -> Read | None:
    """Return a normalised text with the pinyin in it as the likeliest Chinese, None where there is none.

    Latin words that the catalog or the known queries hold stay, unless Chinese is much likelier.
    """
    pieces, shown, probability, is_initials, is_title_word = list[str](), 0, 1.0, False, False
    for letters in _LETTERS.finditer(text):
        found = _read(text, letters.start(), letters.end(), shown, lexicon)
        if found is not None:
            pieces += [text[shown : found.start], found.text]
            shown, probability = found.end, probability * found.share
            is_initials = is_initials or found.is_initials
            read = set(letters.group().split()) - set(found.text.split())
            is_title_word = is_title_word or any(_stands_in_titles(read, lexicon))
    if not pieces:
        return None
    return Read("".join([*pieces, text[shown:]]), probability, is_initials, is_title_word)


def _read(text: str, start: int, end: int, earliest: int, lexicon: Lexicon) -> _Found | None:
    """Return what the letters at a place stand for, with Chinese beside them that belongs to it."""
    if end - start > _MOST_LETTERS:
        return None
    letters = text[start:end]
    least = max(_LEAST_SAID, _AS_IT_STANDS * _times_as_it_stands([letters], lexicon)[0])
    found = _among_chinese(text, (start, end), earliest, least, lexicon)
    if found is not None:
        return found
    spelt_out = _spelt_out(letters, lexicon)
    if spelt_out is not None:
        is_latin = spelt_out.text == letters
        return None if is_latin else _Found(start, end, spelt_out.text, spelt_out.share)
    if _LEAST_INITIALS <= len(letters) <= _MOST_INITIALS:
        alike = _alike("initials", [letters], lexicon)[0]
        if alike is not None and alike.times >= least:
            return _Found(start, end, alike.text, alike.share, is_initials=True)
    return None


def _among_chinese(
    text: str, place: tuple[int, int], earliest: int, least: int, lexicon: Lexicon
) -> _Found | None:
    """Return the longest phrase made of letters and of Chinese beside them, which is meant as it stands.

    It has to have been said at least so often.
    """
    start, end = place
    before = _CHINESE_BEFORE.search(text, max(earliest, start - _BESIDE), start)
    behind = _CHINESE_BEHIND.match(text, end, end + _BESIDE)
    earliest, latest = before.start() if before else start, behind.end() if behind else end
    places = [
        (begin, finish)
        for begin in range(earliest, start + 1)
        for finish in range(end, latest + 1)
        if finish - begin > end - start
    ]
    places.sort(key=lambda place: place[0] - place[1])
    keys = [read_characters(text[begin:finish], lexicon.sounds).pinyin for begin, finish in places]
    for (begin, finish), alike in zip(places, _alike("pinyin", keys, lexicon), strict=True):
        if alike is None or alike.times < least or len(alike.text) <= finish - begin - (end - start):
            continue
        is_as_typed = alike.text.startswith(text[begin:start]) and alike.text.endswith(text[end:finish])
        if is_as_typed and not re.search("[a-z]", alike.text):
            return _Found(begin, finish, alike.text, alike.share)
    return None


def _spelt_out(letters: str, lexicon: Lexicon) -> _Alike | None:
    """Return the likeliest phrases and Latin words that letters spell, None where they spell none.

    Latin words stand between spaces, Chinese phrases anywhere.
    """
    joined = letters.replace(" ", "")
    spans = [
        (start, end)
        for end in range(1, len(joined) + 1)
        for start in range(max(0, end - _LONGEST_PHRASE), end)
        # The shortest syllables are of one letter, but no phrase is.
        if end - start > 1
    ]
    chinese = _alike("pinyin", [joined[start:end] for start, end in spans], lexicon)
    words = _typed_words(letters)
    as_it_stands = dict(
        zip(words, _times_as_it_stands([joined[s:e] for s, e in words], lexicon), strict=True)
    )
    best: list[_Path | None] = [_Path((), 0.0, 1.0), *[None] * len(joined)]
    for (start, end), alike in zip(spans, chinese, strict=True):
        before = best[start]
        if before is None:
            continue
        options = [] if alike is None else [(alike.text, alike.times, alike.share)]
        if times := as_it_stands.get((start, end)):
            options.append((joined[start:end], times * _AS_IT_STANDS, 1.0))
        for text, times, share in options:
            path, known = before.extended(text, times, share), best[end]
            if known is None or path.score > known.score:
                best[end] = path
    whole = best[-1]
    return None if whole is None else _Alike(_joined(whole.words), 0, whole.share)


class _Path(NamedTuple):
    words: tuple[str, ...]
    score: float
    share: float

    def extended(self, word: str, times: int, share: float) -> "_Path":
        return _Path((*self.words, word), self.score + math.log(times / _SEARCHES), self.share * share)


def _stands_in_titles(words: Iterable[str], lexicon: Lexicon) -> Iterator[bool]:
    """Yield of each word long enough to tell whether all its sequences of four letters stand in titles."""
    titles = lexicon.sequences[0]
    for word in words:
        if len(word) >= ORDER:
            yield bool(titles.counts(ORDER, keys_of(sliding_window_view(codes(word), ORDER))).all())


def _typed_words(letters: str) -> list[tuple[int, int]]:
    """Return where words, and words that follow each other, stand in letters, spaces left out."""
    ends = [0]
    for word in letters.split(" "):
        ends.append(ends[-1] + len(word))
    return [(start, end) for place, start in enumerate(ends) for end in ends[place + 1 :]]


def _joined(words: Sequence[str]) -> str:
    """Return words together, with spaces between those that are Latin."""
    text = ""
    for word in words:
        text += f" {word}" if text and (text[-1].isascii() or word[0].isascii()) else word
    return text


def _alike(spelling: Spelling, keys: Sequence[str], lexicon: Lexicon) -> list[_Alike | None]:
    """Return for each key the phrases that are spelt so, in titles and queries together."""
    tables = [lexicon.words] if lexicon.queries is None else [lexicon.queries, lexicon.words]
    by_table = [table.alike(spelling, keys, _MOST_ALIKE) for table in tables]
    found: list[_Alike | None] = []
    for of_key in zip(*by_table, strict=True):
        times: dict[str, int] = {}
        for phrase in (phrase for phrases in of_key for phrase in phrases):
            times[phrase.said] = times.get(phrase.said, 0) + phrase.times
        best = max(times, key=lambda said: times[said], default=None)
        found.append(None if best is None else _Alike(best, times[best], times[best] / sum(times.values())))
    return found


def _times_as_it_stands(texts: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Return how often letters were said, words of the catalog being among the most common."""
    titles, brands, queries = times_said(texts, lexicon)
    return [
        title
        + brand
        + query
        + _WORD_OF_THE_CATALOG * (len(text) >= _LEAST_LETTERS_OF_A_WORD and title + brand > 0)
        for text, title, brand, query in zip(texts, titles, brands, queries, strict=True)
    ]


def times_said(texts: Sequence[str], lexicon: Lexicon) -> tuple[list[int], list[int], list[int]]:
    """Return how often each text was said in titles, as a brand, and in queries."""
    queries = [0] * len(texts) if lexicon.queries is None else lexicon.queries.counts(texts)
    return lexicon.words.counts(texts), lexicon.brands.counts(texts), queries
