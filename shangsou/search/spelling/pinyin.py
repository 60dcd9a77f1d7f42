"""Pinyin typed for Chinese: in full, as initials, or mixed with Chinese characters."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from numpy.lib.stride_tricks import sliding_window_view

from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.ngrams import ORDER, codes, keys_of
from shangsou.lexicon.pinyin import romanize_characters
from shangsou.lexicon.table import PhraseTable, Spelling
from shangsou.search.spelling.latin_occurrences import occurrences

# Letters that may be pinyin: not beside digits, as in models; spaces may stand between the syllables.
_LETTERS = re.compile(r"(?<![a-z\d.+&'-])[a-z]+(?: [a-z]+)*(?![a-z\d.+&'-])")
_CHINESE_LEFT = re.compile(r"[一-鿿]*\Z")
_CHINESE_RIGHT = re.compile(r"[一-鿿]*")
# Nobody types more in pinyin; every part of the letters is looked up.
_MAX_LETTERS = 40
# A phrase of more letters is looked up by its parts.
_MAX_PHRASE_LETTERS = 24
# Characters on either side that may belong to one phrase with the letters, as in `连yi裙`.
_MAX_CONTEXT = 4
# So many times more often than letters themselves has Chinese to be said for them to be its pinyin: few type
# pinyin, and `nike` is no `你可`. Set by hand.
_LATIN_FACTOR = 20
# Rather one phrase than two as common ones: what a word costs in searches, as in any unigram model.
_TOTAL_SEARCHES = 1_000_000
# First letters say little: fewer mean anything, and no phrase is typed by more.
_MIN_INITIALS, _MAX_INITIALS = 3, 6
# Of phrases that are typed alike those behind are too rare to matter.
_MAX_HOMOPHONES = 8
# Words that few titles hold share their pinyin with one that none holds (Laplace): what a single title has is
# believed alone, and not beside another such word.
_UNKNOWN_HOMOPHONES = 1
# Fewer letters are as likely a name: `fubu` is no 腹部 (docs/relevance.md).
_MIN_RARE_LETTERS = 6
# A word of so many letters that stands in titles or is a brand counts as one of the most common; shorter ones
# may be syllables.
_MIN_CATALOG_WORD_LETTERS, _CATALOG_WORD_COUNT = 4, 5_000
# So often must a phrase occur for first letters to stand for it.
_MIN_INITIALS_COUNT = 5


class PinyinReading(NamedTuple):
    """A text with its pinyin as Chinese."""

    text: str
    probability: float
    is_initials: bool
    """Whether first letters alone were read somewhere."""
    is_title_word: bool
    """Whether letters that were read stand in a title as they are."""


class _Replacement(NamedTuple):
    start: int
    end: int
    """Of its place in the text."""
    text: str
    share: float
    """Of all that is typed alike."""
    is_initials: bool = False


class _Homophones(NamedTuple):
    """Phrases that are typed alike."""

    text: str
    """The most common one."""
    frequency: int
    share: float
    """Of the most common one among them."""


def read_pinyin(text: str, lexicon: Lexicon, known_words: Collection[str] = ()) -> PinyinReading | None:
    """Return a normalized text with the pinyin in it as the likeliest Chinese, None where there is none.

    Latin words that the catalog or the known queries hold stay, unless Chinese is much likelier; letters that
    are all words known otherwise stay.
    """
    pieces, position, probability, is_initials, is_title_word = list[str](), 0, 1.0, False, False
    for letters in _LETTERS.finditer(text):
        if all(word in known_words for word in letters.group().split()):
            continue
        replacement = _read_letters(text, letters.start(), letters.end(), position, lexicon)
        if replacement is not None:
            pieces += [text[position : replacement.start], replacement.text]
            position, probability = replacement.end, probability * replacement.share
            is_initials = is_initials or replacement.is_initials
            read_words = set(letters.group().split()) - set(replacement.text.split())
            is_title_word = is_title_word or any(_occur_in_titles(read_words, lexicon))
    if not pieces:
        return None
    return PinyinReading("".join([*pieces, text[position:]]), probability, is_initials, is_title_word)


def _read_letters(text: str, start: int, end: int, earliest: int, lexicon: Lexicon) -> _Replacement | None:
    """Return what the letters at a place stand for, with Chinese beside them that belongs to it."""
    if end - start > _MAX_LETTERS:
        return None
    letters = text[start:end]
    min_count = max(_MIN_INITIALS_COUNT, _LATIN_FACTOR * _latin_counts([letters], lexicon)[0])
    replacement = _read_mixed(text, (start, end), earliest, min_count, lexicon)
    if replacement is not None:
        return replacement
    syllables = _read_syllables(letters, lexicon)
    if syllables is not None:
        is_latin = syllables.text == letters
        return None if is_latin else _Replacement(start, end, syllables.text, syllables.share)
    if _MIN_INITIALS <= len(letters) <= _MAX_INITIALS:
        homophones = _find_homophones("initials", [letters], lexicon)[0]
        if homophones is not None and homophones.frequency >= min_count:
            return _Replacement(start, end, homophones.text, homophones.share, is_initials=True)
    return None


def _read_mixed(
    text: str, span: tuple[int, int], earliest: int, min_count: int, lexicon: Lexicon
) -> _Replacement | None:
    """Return the longest phrase made of letters and of Chinese beside them, which is meant as it stands.

    It has to occur at least so often.
    """
    start, end = span
    left = _CHINESE_LEFT.search(text, max(earliest, start - _MAX_CONTEXT), start)
    right = _CHINESE_RIGHT.match(text, end, end + _MAX_CONTEXT)
    earliest, latest = left.start() if left else start, right.end() if right else end
    spans = [
        (begin, finish)
        for begin in range(earliest, start + 1)
        for finish in range(end, latest + 1)
        if finish - begin > end - start
    ]
    spans.sort(key=lambda span: span[0] - span[1])
    keys = [romanize_characters(text[begin:finish], lexicon.sounds).pinyin for begin, finish in spans]
    for (begin, finish), homophones in zip(spans, _find_homophones("pinyin", keys, lexicon), strict=True):
        if (
            homophones is None
            or homophones.frequency < min_count
            or len(homophones.text) <= finish - begin - (end - start)
        ):
            continue
        is_as_typed = homophones.text.startswith(text[begin:start]) and homophones.text.endswith(
            text[end:finish]
        )
        if is_as_typed and not re.search("[a-z]", homophones.text):
            return _Replacement(begin, finish, homophones.text, homophones.share)
    return None


def _read_syllables(letters: str, lexicon: Lexicon) -> _Homophones | None:
    """Return the likeliest phrases and Latin words that letters spell, None where they spell none.

    Latin words stand between spaces, Chinese phrases anywhere.
    """
    joined = letters.replace(" ", "")
    spans = [
        (start, end)
        for end in range(1, len(joined) + 1)
        for start in range(max(0, end - _MAX_PHRASE_LETTERS), end)
        # The shortest syllables are of one letter, but no phrase is.
        if end - start > 1
    ]
    chinese = _find_homophones("pinyin", [joined[start:end] for start, end in spans], lexicon)
    words = _word_spans(letters)
    latin_counts = dict(zip(words, _latin_counts([joined[s:e] for s, e in words], lexicon), strict=True))
    best: list[_Path | None] = [_Path((), 0.0, 1.0), *[None] * len(joined)]
    for (start, end), homophones in zip(spans, chinese, strict=True):
        previous = best[start]
        if previous is None:
            continue
        options = [] if homophones is None else [(homophones.text, homophones.frequency, homophones.share)]
        if frequency := latin_counts.get((start, end)):
            options.append((joined[start:end], frequency * _LATIN_FACTOR, 1.0))
        for text, frequency, share in options:
            path, best_path = previous.extended(text, frequency, share), best[end]
            if best_path is None or path.score > best_path.score:
                best[end] = path
    whole = best[-1]
    return None if whole is None else _Homophones(_join_words(whole.words), 0, whole.share)


class _Path(NamedTuple):
    words: tuple[str, ...]
    score: float
    share: float

    def extended(self, word: str, frequency: int, share: float) -> "_Path":
        return _Path(
            (*self.words, word), self.score + math.log(frequency / _TOTAL_SEARCHES), self.share * share
        )


def _occur_in_titles(words: Iterable[str], lexicon: Lexicon) -> Iterator[bool]:
    """Yield of each word long enough to tell whether all its sequences of four letters stand in titles."""
    titles = lexicon.sequences[0]
    for word in words:
        if len(word) >= ORDER:
            yield bool(titles.counts(ORDER, keys_of(sliding_window_view(codes(word), ORDER))).all())


def _word_spans(letters: str) -> list[tuple[int, int]]:
    """Return where words, and words that follow each other, stand in letters, spaces left out."""
    ends = [0]
    for word in letters.split(" "):
        ends.append(ends[-1] + len(word))
    return [(start, end) for index, start in enumerate(ends) for end in ends[index + 1 :]]


def _join_words(words: Sequence[str]) -> str:
    """Return words together, with spaces between those that are Latin."""
    text = ""
    for word in words:
        text += f" {word}" if text and (text[-1].isascii() or word[0].isascii()) else word
    return text


def _find_homophones(spelling: Spelling, keys: Sequence[str], lexicon: Lexicon) -> list[_Homophones | None]:
    """Return for each key the phrases that are spelt so, in titles and queries together.

    Where they have none for full pinyin, words that few titles hold count.
    """
    tables = [lexicon.words] if lexicon.queries is None else [lexicon.queries, lexicon.words]
    homophones = _homophones_in(tables, spelling, keys)
    if lexicon.rare_words is None or spelling != "pinyin":
        return homophones
    missing = [
        index
        for index, found in enumerate(homophones)
        if found is None and len(keys[index]) >= _MIN_RARE_LETTERS
    ]
    missing_keys = [keys[index] for index in missing]
    rare = _homophones_in([lexicon.rare_words], spelling, missing_keys, unknown=_UNKNOWN_HOMOPHONES)
    for index, found in zip(missing, rare, strict=True):
        homophones[index] = found
    return homophones


def _homophones_in(
    tables: Sequence[PhraseTable], spelling: Spelling, keys: Sequence[str], unknown: int = 0
) -> list[_Homophones | None]:
    by_table = [table.find_phrases(spelling, keys, _MAX_HOMOPHONES) for table in tables]
    homophones: list[_Homophones | None] = []
    for phrases_by_table in zip(*by_table, strict=True):
        counts: dict[str, int] = {}
        for phrase in (phrase for phrases in phrases_by_table for phrase in phrases):
            counts[phrase.normalized] = counts.get(phrase.normalized, 0) + phrase.count
        best = max(counts, key=lambda text: counts[text], default=None)
        homophones.append(
            None
            if best is None
            else _Homophones(best, counts[best], counts[best] / (sum(counts.values()) + unknown))
        )
    return homophones


def _latin_counts(texts: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Return how often letters occur, words of the catalog being among the most common."""
    titles, brands, queries = occurrences(texts, lexicon)
    return [
        title
        + brand
        + query
        + _CATALOG_WORD_COUNT * (len(text) >= _MIN_CATALOG_WORD_LETTERS and title + brand > 0)
        for text, title, brand, query in zip(texts, titles, brands, queries, strict=True)
    ]
