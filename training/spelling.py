"""Weigh what tells a slip from a rare query: `python -m training.spelling CATALOG QUERIES`.

Half of some queries that the counts have not seen are mistyped at random; logistic regression learns which
edit of a query gives back what was meant. Prints the weights, for `shangsou/search/spelling.json`, and on
stderr what they are worth on other such queries.
"""

import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from indexer.accept import accepted_products
from indexer.columns import read_mapping
from indexer.queries import read_queries
from indexer.read import open_catalogs
from indexer.report import Report
from relevance.typos import Typist
from shangsou.engines.engine import Generation
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.lexicon import Lexicon, LexiconStore
from shangsou.lexicon.phrases import KnownQueries, PhraseCounter
from shangsou.search.spelling import Speller, mended
from shangsou.settings import Settings

# Queries that the counts have not seen, to learn from and to measure on.
_LEARNT_FROM, _MEASURED_ON = 24_000, 6_000
_SEED = 20_261_125
# From the least to the most that is asked of a probability.
_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


class Example(NamedTuple):
    """A query as typed."""

    kind: str
    """`right`, or the kind of its slip."""
    features: NDArray[np.float64]
    """A row for each edit that comes to mind."""
    is_meant: NDArray[np.bool_]
    """Which of them gives back what was meant."""


def main() -> None:
    """Learn, print the weights, and measure them."""
    catalog, queries = map(Path, sys.argv[1:3])
    known, _ = read_queries(queries)
    texts = sorted(known.texts)
    random.Random(_SEED).shuffle(texts)
    held_out, seen = texts[: _LEARNT_FROM + _MEASURED_ON], texts[_LEARNT_FROM + _MEASURED_ON :]
    with TemporaryDirectory() as home:
        lexicon = build_lexicon(Path(home), catalog, seen)
        learnt_from = list(examples(held_out[:_LEARNT_FROM], lexicon))
        measured_on = list(examples(held_out[_LEARNT_FROM:], lexicon))
    features = np.concatenate([example.features for example in learnt_from if len(example.is_meant)])
    is_meant = np.concatenate([example.is_meant for example in learnt_from])
    model = LogisticRegression(max_iter=1000).fit(features, is_meant)
    weights, constant = model.coef_[0].round(5).tolist(), round(float(model.intercept_[0]), 5)
    origin = (
        f"python -m training.spelling, {_LEARNT_FROM:,} held-out queries, half of them mistyped at random"
    )
    print(json.dumps({"origin": origin, "weights": weights, "constant": constant}))  # noqa: T201
    for line in measured(measured_on, np.array(weights), constant):
        print(line, file=sys.stderr)  # noqa: T201


def build_lexicon(home: Path, catalog: Path, queries: Sequence[str]) -> Lexicon:
    """Return the lexicon of a catalog and these queries."""
    counter = PhraseCounter()
    counter.add(accepted_products(open_catalogs([catalog], read_mapping(())), Report(), 1.0))
    store = LexiconStore(Settings(home=home))
    recipe = IndexRecipe("none", "", 1, "float32")
    generation = Generation("gen-1", "2026-01-01T00:00:00+00:00", 0, recipe, catalog.name)
    store.write_catalog(generation, counter.phrases(), [])
    store.write_queries(KnownQueries([], [], texts=queries))
    lexicon = store.open(generation)
    if lexicon is None:
        raise RuntimeError("the lexicon just written cannot be opened")
    return lexicon


def examples(queries: Sequence[str], lexicon: Lexicon) -> Iterator[Example]:
    """Yield queries, half of them mistyped."""
    speller, typist, chance = Speller(lexicon), Typist(lexicon, _SEED), random.Random(_SEED)
    for meant in queries:
        slip = typist.slip(meant) if chance.random() < 0.5 else None
        typed = meant if slip is None else slip.typed
        joined, edits = speller.edits(typed)
        kind = "right" if slip is None else slip.kind
        if not edits:
            yield Example(kind, np.empty(0), np.empty(0, np.bool_))
            continue
        target = meant.replace(" ", "")
        is_meant = [slip is not None and mended(joined, edit) == target for edit in edits]
        yield Example(kind, speller.features(joined, edits), np.array(is_meant))


def measured(examples: Sequence[Example], weights: NDArray[np.float64], constant: float) -> Iterator[str]:
    """Yield what weights are worth at each threshold, and of each kind of slip."""
    best = []
    for kind, features, is_meant in examples:
        if not len(is_meant):
            best.append((kind, 0.0, False))
            continue
        chances = 1 / (1 + np.exp(-(features @ weights + constant)))
        row = int(chances.argmax())
        best.append((kind, float(chances[row]), bool(is_meant[row])))
    right = [chance for kind, chance, _ in best if kind == "right"]
    slips = [(chance, is_meant) for kind, chance, is_meant in best if kind != "right"]
    for threshold in _THRESHOLDS:
        changed = np.mean([chance >= threshold for chance in right])
        mended_ = np.mean([chance >= threshold and is_meant for chance, is_meant in slips])
        wrongly = np.mean([chance >= threshold and not is_meant for chance, is_meant in slips])
        yield (
            f"from {threshold}: right changed {changed:.3f}, "
            f"slips mended {mended_:.3f}, changed wrongly {wrongly:.3f}"
        )
    for kind in sorted({kind for kind, _, _ in best} - {"right"}):
        of_kind = [chance >= 0.5 and is_meant for each, chance, is_meant in best if each == kind]
        yield f"{kind}: {len(of_kind)}, mended from 0.5 {np.mean(of_kind):.3f}"


if __name__ == "__main__":
    main()
