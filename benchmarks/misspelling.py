"""Words of two characters, Latin names and pinyin as they are mistyped, over the real catalog.

What is drawn is drawn with seeds that no weight was chosen on.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.typo_sources import (
    column,
    common_words,
    latin_words,
    marked_terms,
    rare_pinyin,
    swapped_names,
)
from benchmarks.typos_of_short_words import ShortTypo, ShortTypos
from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.query_logs import read_queries
from indexer.report import Report
from shangsou.engines.engine import Generation
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.lexicon.phrases import PhraseCounter
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.understanding.understand import understand
from shangsou.settings import Settings

SEEDS = (40, 41, 42, 43, 44)
# Typos in words of two characters for each seed; names, words in pinyin and ten times so many common words
# for the first.
DRAWN = 300
# A word that fewer titles hold may be a typo itself.
_MIN_TITLES = 5
# These of the terms that people marked were looked at when weights were chosen.
_LOOKED_AT, _SHUFFLE_SEED = 2_500, 5


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return what typos are mended and what right queries are touched, without a query log and with one."""
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
    marked = marked_terms(data)
    terms = sorted(marked)
    random.Random(_SHUFFLE_SEED).shuffle(terms)
    words = sorted(term for term in terms if lexicon.words.counts([term])[0] >= _MIN_TITLES)
    typos = [typo for seed in SEEDS for typo in _draw(words, lexicon, seed)]
    judged = list(column(data / "relevance" / "queries.tsv", "query"))
    return {
        "two characters": _outcomes_by_kind(typos, lexicon),
        "right: judged queries": _touched(judged, lexicon),
        "right: words marked twice": _touched([t for t in terms[_LOOKED_AT:] if marked[t] > 1], lexicon),
        # Typos and parts of words among them.
        "right: words marked once": _touched([t for t in terms[_LOOKED_AT:] if marked[t] == 1], lexicon),
        "right: common words": _touched(common_words(lexicon, 10 * DRAWN, SEEDS[0]), lexicon),
        "names with two letters swapped": _outcomes(swapped_names(lexicon, DRAWN, SEEDS[0]), lexicon),
        # Names in pinyin and typos among them.
        "right: latin words of the query log": _touched(latin_words(data), lexicon),
        "pinyin of rare words": _outcomes(rare_pinyin(data, DRAWN, SEEDS[0]), lexicon),
        "ms": _took_ms([typo.typed for typo in typos[:DRAWN]], lexicon),
    }


def _draw(words: Sequence[str], lexicon: Lexicon, seed: int) -> list[ShortTypo]:
    return ShortTypos(lexicon.sequences[0].characters(1), lexicon.sounds, seed).draw(words, DRAWN)


def _outcomes_by_kind(typos: Sequence[ShortTypo], lexicon: Lexicon) -> dict[str, object]:
    kinds = dict.fromkeys(typo.kind for typo in typos)
    return {
        "all": _outcomes([(typo.typed, typo.meant) for typo in typos], lexicon),
        **{
            kind: _outcomes([(typo.typed, typo.meant) for typo in typos if typo.kind == kind], lexicon)
            for kind in kinds
        },
    }


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


def _took_ms(queries: Sequence[str], lexicon: Lexicon) -> dict[str, float]:
    """Return the processor time of understanding a query, median, with correction and without."""
    took: dict[str, float] = {}
    for name, correct in (("without correction", False), ("with correction", True)):
        times = []
        for query in queries:
            started = time.thread_time()
            understand(query, default_ranking(), lexicon, correct=correct)
            times.append(1000 * (time.thread_time() - started))
        took[name] = round(statistics.median(times), 2)
    return took
