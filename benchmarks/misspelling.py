"""Words of two characters, Latin names and pinyin as they are mistyped, over the real catalog.

What is drawn is drawn with seeds that no weight was chosen on.
"""

import csv
import gzip
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.typos_of_short_words import ShortTypos
from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.query_logs import read_queries
from indexer.report import Report
from shangsou.engines.engine import Generation
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.lexicon import Lexicon, LexiconStore
from shangsou.lexicon.phrases import PhraseCounter
from shangsou.lexicon.pinyin import romanize
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.understanding.understand import understand
from shangsou.settings import Settings
from shangsou.text.normalize import normalize

SEEDS = (20, 21, 22, 23, 24)
# For each seed: mistyped words of two characters, Latin names, words in pinyin.
DRAWN = 300
# A word that fewer titles hold may be a typo itself; one in this many or fewer is rare.
_MIN_TITLES, _MAX_RARE = 5, 4
# These of the terms that people marked were looked at when weights were chosen.
_LOOKED_AT, _SHUFFLE_SEED = 2_500, 5
# Terms that one title was marked with are often fragments of it.
_MIN_MARKED = 2
_SHORT_WORD = re.compile("[一-鿿]{2}")
_CHINESE_WORD = re.compile("[一-鿿]{2,5}")
_LATIN_WORD = re.compile("[a-z]{4,}")


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return how many typos are mended, and how many right queries are touched, without and with a query log."""
    with TemporaryDirectory() as home:
        store = LexiconStore(Settings(home=Path(home)))
        counter = PhraseCounter()
        counter.add(read_products(open_catalogs([data / "catalog.tsv.gz"], {}), Report(), 1.0))
        recipe = IndexRecipe("none", "", 1, "float32")
        generation = Generation("gen-1", "2026-01-01T00:00:00+00:00", 0, recipe, "catalog")
        store.write_catalog(generation, counter.phrases(), [])
        results: dict[str, object] = {"catalog": _measure(data, _opened(store, generation))}
        store.write_queries(read_queries(data / "queries.tsv.gz")[0])
        return results | {"catalog and query log": _measure(data, _opened(store, generation))}


def _opened(store: LexiconStore, generation: Generation) -> Lexicon:
    lexicon = store.open(generation)
    if lexicon is None:
        raise RuntimeError("the lexicon just written cannot be opened")
    return lexicon


def _measure(data: Path, lexicon: Lexicon) -> dict[str, object]:
    marked = _marked_terms(data)
    terms = sorted(marked)
    random.Random(_SHUFFLE_SEED).shuffle(terms)
    unseen = [term for term in terms[_LOOKED_AT:] if marked[term] >= _MIN_MARKED]
    words = sorted(term for term in terms if lexicon.words.counts([term])[0] >= _MIN_TITLES)
    return {
        "two characters": _short_typos(words, lexicon),
        "two characters, right": _touched(unseen, lexicon),
        "judged queries, right": _touched(_column(data / "relevance" / "queries.tsv", "query"), lexicon),
        "names with two letters swapped": _outcomes(_swapped_names(lexicon), lexicon),
        "latin words of the query log, right": _touched(_latin_words(data), lexicon),
        "pinyin of rare words": _outcomes(_rare_pinyin(data, lexicon), lexicon),
        "ms": _took_ms([typo.typed for typo in _draw(words, lexicon, SEEDS[0])], lexicon),
    }


def _short_typos(words: Sequence[str], lexicon: Lexicon) -> dict[str, object]:
    typos = [typo for seed in SEEDS for typo in _draw(words, lexicon, seed)]
    kinds = sorted({typo.kind for typo in typos})
    return {
        "of": len(words),
        **_outcomes([(typo.typed, typo.meant) for typo in typos], lexicon),
        **{
            kind: _outcomes([(typo.typed, typo.meant) for typo in typos if typo.kind == kind], lexicon)
            for kind in kinds
        },
    }


def _draw(words: Sequence[str], lexicon: Lexicon, seed: int) -> list:  # type: ignore[type-arg]
    return ShortTypos(lexicon.sequences[0].characters(1), lexicon.sounds, seed).draw(words, DRAWN)


def _outcomes(typos: Sequence[tuple[str, str]], lexicon: Lexicon) -> dict[str, float]:
    """Return which share of typos, given with what was meant, is mended or offered, rightly or wrongly."""
    outcomes: Counter[str] = Counter()
    for typed, meant in typos:
        correction = understand(typed, default_ranking(), lexicon).correction
        if correction is not None:
            is_right = correction.query.replace(" ", "") == meant.replace(" ", "")
            outcomes[f"{'mended' if correction.applied else 'offered'}{'' if is_right else ' wrongly'}"] += 1
    names = ("mended", "offered", "mended wrongly", "offered wrongly")
    return {"typos": len(typos), **{name: round(outcomes[name] / len(typos), 4) for name in names}}


def _touched(queries: Sequence[str], lexicon: Lexicon) -> dict[str, object]:
    """Return which share of right queries is changed or offered something, and what is changed."""
    corrections = [(query, understand(query, default_ranking(), lexicon).correction) for query in queries]
    changed = [f"{query} → {found.query}" for query, found in corrections if found and found.applied]
    offered = sum(found is not None and not found.applied for _, found in corrections)
    return {
        "queries": len(queries),
        "changed": round(len(changed) / len(queries), 4),
        "offered": round(offered / len(queries), 4),
        "what is changed": changed,
    }


def _swapped_names(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return Latin brands of the shop with two letters swapped, as typed and as meant."""
    phrases = map(lexicon.brands.phrase, range(len(lexicon.brands)))
    names = sorted({phrase.normalized for phrase in phrases if _LATIN_WORD.fullmatch(phrase.normalized)})
    rng, typos = random.Random(SEEDS[0]), {}
    for name in rng.choices(names, k=DRAWN):
        position = rng.randrange(len(name) - 1)
        typed = name[:position] + name[position + 1] + name[position] + name[position + 2 :]
        if typed != name:
            typos[typed] = name
    return sorted(typos.items())


def _latin_words(data: Path) -> list[str]:
    queries = _column(data / "queries.tsv.gz", "query")
    return sorted({word for query in queries for word in _LATIN_WORD.findall(normalize(query))})


def _rare_pinyin(data: Path, lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return the pinyin of words that few titles hold, with the words."""
    terms = {normalize(term) for term in _column(data / "lexicon" / "taobao_terms.tsv.gz", "term", "product")}
    titles = Counter[str]()
    for title in _column(data / "catalog.tsv.gz", "title"):
        text = normalize(title)
        titles.update(
            {
                text[start:end]
                for start in range(len(text))
                for end in range(start + 2, start + 6)
                if text[start:end] in terms
            }
        )
    rare = sorted(
        term for term in terms if _CHINESE_WORD.fullmatch(term) and 1 <= titles[term] <= _MAX_RARE
    )
    words = random.Random(SEEDS[0]).sample(rare, DRAWN)
    return [(romanize(word).pinyin, word) for word in words]


def _marked_terms(data: Path) -> Counter[str]:
    """Return the product words of two characters that people marked in titles, and how often."""
    counts: Counter[str] = Counter()
    with gzip.open(data / "lexicon" / "taobao_terms.tsv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["type"] == "product":
                counts[normalize(row["term"])] += int(row["count"])
    counts.update(map(normalize, _column(data / "lexicon" / "jd_mentions.tsv.gz", "mention", "product")))
    return Counter({term: count for term, count in counts.items() if _SHORT_WORD.fullmatch(term)})


def _column(path: Path, name: str, kind: str = "") -> list[str]:
    """Return a column of a table; where a kind is given, of the rows that are marked so."""
    return list(_values(path, name, kind))


def _values(path: Path, name: str, kind: str) -> Iterator[str]:
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if kind in ("", row.get("type"), row.get("label_guess")):
                yield row[name]


def _took_ms(queries: Sequence[str], lexicon: Lexicon) -> dict[str, float]:
    """Return the processor time of understanding queries, with correction and without."""
    took: dict[str, float] = {}
    for name, correct in (("without correction", False), ("with correction", True)):
        times = []
        for query in queries:
            started = time.thread_time()
            understand(query, default_ranking(), lexicon, correct=correct)
            times.append(1000 * (time.thread_time() - started))
        took[name] = round(statistics.median(times), 2)
    return took
