"""Train the models of spelling correction: `python -m training.spelling CATALOG QUERIES`.

Half of a sample of queries are mistyped at random; logistic regression learns which edit of a query restores
the original. Half of the sample is held out of the counts, to stand for queries that nobody sent before: they
train the n-gram features of the first pass and the phrase features of the second. The others stay among the
known queries, like most in a shop; both train the decision for a known query. Prints the weights, for
`shangsou/search/spelling/spelling.json`, and on stderr their accuracy on other queries of either kind.
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

from indexer.catalog_files import open_catalogs
from indexer.column_mapping import read_mapping
from indexer.products import read_products
from indexer.query_logs import known_queries, read_queries
from indexer.report import Report
from relevance.typos import TypoGenerator
from shangsou.engines.engine import Generation
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.lexicon.phrases import PhraseCounter
from shangsou.search.spelling.corrector import (
    LogisticModel,
    SpellingCorrector,
    apply_edit,
    predict,
    shortlist,
)
from shangsou.search.spelling.ngram_edits import Edit
from shangsou.settings import Settings

# Queries to train and to measure on: this many that are not in the log, and as many that are, since 119 of
# 256 judged queries are in the log (docs/relevance.md). With 3 or 7 in 10 instead, as many typos are
# corrected, and .4 % fewer or more correct queries are changed (docs/adr/0013).
_TRAINING_QUERIES, _TEST_QUERIES = 24_000, 6_000
_SEED = 20_261_125
# Thresholds of the probability, ascending.
_THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9)


class Example(NamedTuple):
    """A query as typed, with the intended one."""

    kind: str
    """`right`, or the kind of its typo."""
    joined: str
    edits: list[Edit]
    """The candidate edits."""
    is_known_query: bool
    """Whether the edits are known queries."""
    features: NDArray[np.float64]
    """A row for each edit."""
    is_meant: NDArray[np.bool_]
    """Which of them restores the intended query."""


def main() -> None:
    """Train the models, print their weights, and measure them."""
    catalog, queries = map(Path, sys.argv[1:3])
    known, _ = read_queries(queries)
    texts = sorted(known.texts)
    random.Random(_SEED).shuffle(texts)
    count = _TRAINING_QUERIES + _TEST_QUERIES
    held_out, logged_texts = texts[:count], texts[count:]
    with TemporaryDirectory() as home:
        lexicon = build_lexicon(Path(home), catalog, logged_texts)
        corrector = SpellingCorrector(lexicon)
        unknown, logged = (list(examples(group, lexicon)) for group in (held_out, logged_texts[:count]))
        first_pass = fit([example for example in unknown[:_TRAINING_QUERIES] if not example.is_known_query])
        unknown, logged = (
            [second_pass_features(example, corrector, first_pass) for example in group]
            for group in (unknown, logged)
        )
    second_pass = fit([example for example in unknown[:_TRAINING_QUERIES] if not example.is_known_query])
    known_query = fit(
        [
            example
            for example in (*unknown[:_TRAINING_QUERIES], *logged[:_TRAINING_QUERIES])
            if example.is_known_query
        ]
    )
    weights = {
        name: {"weights": model.coefficients.tolist(), "constant": model.intercept}
        for name, model in (
            ("first_pass", first_pass),
            ("second_pass", second_pass),
            ("known_query", known_query),
        )
    }
    origin = (
        f"python -m training.spelling, {_TRAINING_QUERIES:,} held-out queries and as many known ones, "
        "half of them mistyped at random"
    )
    print(json.dumps({"origin": origin} | weights))  # noqa: T201
    for name, group in (("unknown queries", unknown), ("known queries", logged)):
        for line in measurement_lines(group[_TRAINING_QUERIES:], second_pass, known_query):
            print(f"{name}: {line}", file=sys.stderr)  # noqa: T201


def fit(examples: Sequence[Example]) -> LogisticModel:
    """Fit the weights that best predict the intended query."""
    features = np.concatenate([example.features for example in examples if example.edits])
    is_meant = np.concatenate([example.is_meant for example in examples])
    model = LogisticRegression(max_iter=1000).fit(features, is_meant)
    return LogisticModel(model.coef_[0].round(5), round(float(model.intercept_[0]), 5))


def second_pass_features(
    example: Example, corrector: SpellingCorrector, first_pass: LogisticModel
) -> Example:
    """Return an example with only the shortlisted edits and their phrase features."""
    rows = list(range(len(example.edits)))
    if rows and not example.is_known_query:
        rows = shortlist(predict(example.features, first_pass))
    edits = [example.edits[row] for row in rows]
    features = (
        corrector.second_pass_features(example.joined, edits, example.features[rows]) if rows else np.empty(0)
    )
    return example._replace(edits=edits, features=features, is_meant=example.is_meant[rows])


def build_lexicon(home: Path, catalog: Path, queries: Sequence[str]) -> Lexicon:
    """Build the lexicon of a catalog and of these queries."""
    counter = PhraseCounter()
    counter.add(read_products(open_catalogs([catalog], read_mapping(())), Report(), 1.0))
    store = LexiconStore(Settings(home=home))
    recipe = IndexRecipe("none", "", 1, "float32")
    generation = Generation("gen-1", "2026-01-01T00:00:00+00:00", 0, recipe, catalog.name)
    store.write_catalog(generation, counter.phrases(), [])
    store.write_queries(known_queries(dict.fromkeys(queries, 1)))
    lexicon = store.open(generation)
    if lexicon is None:
        raise RuntimeError("the lexicon just written cannot be opened")
    return lexicon


def examples(queries: Sequence[str], lexicon: Lexicon) -> Iterator[Example]:
    """Yield queries, half of them mistyped."""
    corrector, generator, rng = (
        SpellingCorrector(lexicon),
        TypoGenerator(lexicon, _SEED),
        random.Random(_SEED),
    )
    for meant in queries:
        typo = generator.generate(meant) if rng.random() < 0.5 else None
        typed = meant if typo is None else typo.typed
        joined, edits, is_known_query = corrector.edits(typed)
        kind = "right" if typo is None else typo.kind
        target = meant.replace(" ", "")
        is_meant = np.array(
            [typo is not None and apply_edit(joined, edit) == target for edit in edits], np.bool_
        )
        features = corrector.features(joined, edits) if edits else np.empty(0)
        yield Example(kind, joined, edits, is_known_query, features, is_meant)


def measurement_lines(
    examples: Sequence[Example], second_pass: LogisticModel, known_query: LogisticModel
) -> Iterator[str]:
    """Yield the accuracy of weights at each threshold, and by kind of typo."""
    best = []
    for example in examples:
        weights = known_query if example.is_known_query else second_pass
        probabilities = predict(example.features, weights) if example.edits else np.zeros(1)
        row = int(probabilities.argmax())
        best.append(
            (example.kind, float(probabilities[row]), bool(example.edits) and bool(example.is_meant[row]))
        )
    right = [probability for kind, probability, _ in best if kind == "right"]
    mistyped = [(probability, is_meant) for kind, probability, is_meant in best if kind != "right"]
    for threshold in _THRESHOLDS:
        changed = np.mean([probability >= threshold for probability in right])
        corrected_share = np.mean(
            [probability >= threshold and is_meant for probability, is_meant in mistyped]
        )
        wrongly = np.mean([probability >= threshold and not is_meant for probability, is_meant in mistyped])
        yield (
            f"from {threshold}: right changed {changed:.3f}, "
            f"typos corrected {corrected_share:.3f}, changed wrongly {wrongly:.3f}, "
            f"as meant {(1 - changed + corrected_share) / 2:.4f}"
        )
    for kind in sorted({kind for kind, _, _ in best} - {"right"}):
        right_of_kind = [
            probability >= 0.5 and is_meant for each, probability, is_meant in best if each == kind
        ]
        yield f"{kind}: {len(right_of_kind)}, corrected from 0.5 {np.mean(right_of_kind):.3f}"


if __name__ == "__main__":
    main()
