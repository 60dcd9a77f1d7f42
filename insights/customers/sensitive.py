"""Products that tell of health, pregnancy or sex, which no offer and no reason may name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from shangsou.errors import UnusableInput
from shangsou.product import Product
from shangsou.reading.issue import excerpt
from shangsou.text.normalize import normalize

SENSITIVE_FILE = "sensitive.txt"
# As many as no shop writes by hand, and as few as a pattern of them all can be.
_MAX_LINES = 5_000
_MAX_LENGTH = 30
_HARMLESS = "-"
_BLANKS_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_SEVERAL = re.compile("[,，、;；\t]")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class SensitiveWords:
    """Finds products that are sensitive by a word in their category path or title."""

    sensitive: re.Pattern[str]
    """Matches before a word, which is its group; of several at one place, the longest."""
    harmless: re.Pattern[str]
    """Of what holds a sensitive word without being it; as `sensitive`."""

    def in_text(self, text: str) -> bool:
        """Return whether a text holds a sensitive word that does not lie inside a harmless one."""
        spelled = _BLANKS_IN_CHINESE.sub("", normalize(text))
        harmless = [one.span(1) for one in self.harmless.finditer(spelled)]
        return any(
            not any(start <= one.start(1) and one.end(1) <= end for start, end in harmless)
            for one in self.sensitive.finditer(spelled)
        )

    def in_product(self, product: Product) -> bool:
        """Return whether the title of a product, or a level of its category, holds a sensitive word."""
        return any(self.in_text(text) for text in (product.title, *product.category))


def read_sensitive_words(home: Path) -> SensitiveWords:
    """Return the words of the package with the shop's own, from `sensitive.txt` in its home.

    Of two lines on the same word the later one counts, and those of the shop come later: a word that it calls
    harmless is taken off the list, and no other word with it.

    Raises
    ------
    UnusableInput
        The file cannot be read, is no text in UTF-8, or a line of it holds no word or several.
    """
    path = home / SENSITIVE_FILE
    shipped = files(__package__).joinpath(SENSITIVE_FILE).read_text("utf-8")
    return _parse([(SENSITIVE_FILE, shipped), (str(path), _read_text(path))])


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read: {problem.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise UnusableInput(f"{path}:{line}: this is no text in UTF-8; save the file as UTF-8") from None


def _parse(texts: Sequence[tuple[str, str]]) -> SensitiveWords:
    is_harmless: dict[str, bool] = {}
    for source, text in texts:
        for line, content in _lines(source, text):
            written = content.removeprefix(_HARMLESS)
            word = _BLANKS_IN_CHINESE.sub("", normalize(written))
            if problem := _problem(word):
                raise UnusableInput(
                    f"{source}:{line}: {excerpt(content)} {problem}; write a word a line, as 药, and "
                    '"- 山药" for one that is harmless'
                )
            is_harmless[word] = content.startswith(_HARMLESS)
    return SensitiveWords(
        _pattern([word for word, harmless in is_harmless.items() if not harmless]),
        _pattern([word for word, harmless in is_harmless.items() if harmless]),
    )


def _lines(source: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield what is written on each line without comments, with its number."""
    lines = text.splitlines()
    if len(lines) > _MAX_LINES:
        raise UnusableInput(f"{source} has {len(lines):,} lines; at most {_MAX_LINES:,} are read, shorten it")
    for line, written in enumerate(lines, start=1):
        if content := written.partition("#")[0].strip():
            yield line, content


def _problem(word: str) -> str:
    if not word:
        return "holds no word"
    if len(word) > _MAX_LENGTH:
        return f"has more than {_MAX_LENGTH} characters"
    return "is more than one word" if _SEVERAL.search(word) else ""


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    if not words:
        return _NOTHING
    # Words may overlap, so that the match itself is empty. The longest comes first: where it is harmless, so
    # is a shorter one at its beginning. Latin words count by themselves: "hiv" is no part of "archive".
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(
        rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word)
        for word in longest_first
    )
    return re.compile(f"(?=({either}))")
