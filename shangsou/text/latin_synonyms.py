"""The Latin phrases of synonyms: names that are written in two scripts, and English words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shangsou.text.latin_names import TOKEN, find_names, is_latin_key, name_key

_PLURALS = (("ies", "y"), ("es", ""), ("s", ""))
# The shortest singular that is looked for: `gas` is none of `ga`.
_MIN_SINGULAR = 3


@dataclass(frozen=True, slots=True, eq=False)
class LatinSynonyms:
    """The Latin phrases of synonyms, by the key that their spellings have in common."""

    names: Mapping[str, str]
    """Phrases that stand for another one, and that one for them: `nike`, `under armour`."""
    words: Mapping[str, tuple[str, ...]]
    """Chinese words for phrases of which nothing is said the other way round: `dress => 连衣裙`."""

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (key in self.names or bool(self.chinese(key)))

    def chinese(self, key: str) -> tuple[str, ...]:
        """Return the Chinese words for a key; those for its singular if it has none."""
        return next((words for form in _forms(key) if (words := self.words.get(form))), ())

    def words_in(self, text: str) -> list[str]:
        """Return the Latin words of a normalized text that are of known phrases."""
        return [word for name in find_names(text, self) for word in TOKEN.findall(text, name.start, name.end)]


def collect_latin(synonyms: Mapping[str, tuple[str, ...]]) -> LatinSynonyms:
    """Return the Latin phrases of synonyms, all normalized."""
    names: dict[str, str] = {}
    words: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for phrase, replacements in synonyms.items():
        key = name_key(phrase)
        if not is_latin_key(key):
            continue
        if any(phrase in synonyms.get(replacement, ()) for replacement in replacements):
            names[key] = phrase
        else:
            words[key].update((one, None) for one in replacements if not one.isascii())
    return LatinSynonyms(names, {key: tuple(chinese) for key, chinese in words.items() if chinese})


def _forms(key: str) -> Iterator[str]:
    yield key
    for ending, singular in _PLURALS:
        if key.endswith(ending) and len(key) - len(ending) >= _MIN_SINGULAR:
            yield key.removesuffix(ending) + singular
