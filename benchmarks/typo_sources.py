"""Texts to mistype, and right ones, from the real data and from a shop's own words."""

import csv
import gzip
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.pinyin import romanize
from shangsou.text.normalize import normalize

# Pinyin is drawn of words in so many titles at most.
_MAX_RARE = 4
_SHORT_WORD, _CHINESE_WORD = re.compile("[一-鿿]{2}"), re.compile("[一-鿿]{2,5}")
_LATIN_WORD = re.compile("[a-z]{4,}")
# A word of the general dictionary is common from this frequency on: 32,769 have two characters.
_MIN_FREQUENCY = 50


def marked_terms(data: Path) -> Counter[str]:
    """Return the product words of two characters that people marked in titles, and how often."""
    counts: Counter[str] = Counter()
    for row in _rows(data / "lexicon" / "taobao_terms.tsv.gz", "product"):
        counts[normalize(row["term"])] += int(row["count"])
    for mention in column(data / "lexicon" / "jd_mentions.tsv.gz", "mention", "product"):
        counts[normalize(mention)] += 1
    return Counter({term: count for term, count in counts.items() if _SHORT_WORD.fullmatch(term)})


def common_words(lexicon: Lexicon, count: int, seed: int) -> list[str]:
    """Return common Chinese words of two characters that no title of a shop has as a word."""
    import jieba

    jieba.initialize()
    words = [
        word
        for word, frequency in jieba.dt.FREQ.items()
        if frequency >= _MIN_FREQUENCY and _SHORT_WORD.fullmatch(word)
    ]
    unsold = [word for word, held in zip(words, lexicon.words.counts(words), strict=True) if not held]
    return random.Random(seed).sample(sorted(unsold), count)


def swapped_names(lexicon: Lexicon, count: int, seed: int) -> list[tuple[str, str]]:
    """Return Latin brands of a shop with two adjacent letters swapped, as typed and as meant."""
    phrases = map(lexicon.brands.phrase, range(len(lexicon.brands)))
    names = sorted({phrase.normalized for phrase in phrases if _LATIN_WORD.fullmatch(phrase.normalized)})
    rng, typos = random.Random(seed), dict[str, str]()
    for name in rng.choices(names, k=count):
        at = rng.randrange(len(name) - 1)
        typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        if typed != name:
            typos[typed] = name
    return sorted(typos.items())


def latin_words(data: Path) -> list[str]:
    """Return the Latin words of the query log."""
    queries = column(data / "queries.tsv.gz", "query")
    return sorted({word for query in queries for word in _LATIN_WORD.findall(normalize(query))})


def rare_pinyin(data: Path, count: int, seed: int) -> list[tuple[str, str]]:
    """Return the pinyin of product words that few titles hold, with the words."""
    terms = {normalize(term) for term in column(data / "lexicon" / "taobao_terms.tsv.gz", "term", "product")}
    titles = Counter[str]()
    for title in map(normalize, column(data / "catalog.tsv.gz", "title")):
        parts = {title[start:end] for start in range(len(title)) for end in range(start + 2, start + 6)}
        titles.update(parts & terms)
    rare = [term for term in terms if _CHINESE_WORD.fullmatch(term) and 1 <= titles[term] <= _MAX_RARE]
    return [(romanize(word).pinyin, word) for word in random.Random(seed).sample(sorted(rare), count)]


def column(path: Path, name: str, kind: str = "") -> Iterator[str]:
    """Yield the values of a column; where a kind is given, of the rows that are marked so."""
    return (row[name] for row in _rows(path, kind))


def _rows(path: Path, kind: str) -> Iterator[dict[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for row in csv.DictReader(io.StringIO(content.decode()), delimiter="\t", quoting=csv.QUOTE_NONE):
        if kind in ("", row.get("type"), row.get("label_guess")):
            yield row
