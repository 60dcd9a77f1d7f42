"""Fine-tuning with three seeds on SIMULATED events over the real catalog, against the default model."""

import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.encoder_figures import POPULARITY, Figures, measure_encoder
from benchmarks.encoder_trial import Trial, read_trial
from benchmarks.fused_relevance import read_judgements, read_shop
from benchmarks.run_program import own_home, run
from relevance.significance import bootstrap_interval, cluster_differences
from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoders import open_encoder
from shangsou.settings import read_settings
from shangsou.text.normalize import normalize
from training.pairs.pair import read_pairs
from training.pairs.splits import same_words

SEEDS = (1, 2, 3)
# Of the trial: what is held out, and what the names are.
_TRIAL_SEED = 0


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the figures of the default model, of each seed, and the differences with 95 % intervals."""
    with own_home("fine-tuning") as home:
        if not run("generations")["generations"]:
            run("index", str(data / "catalog.tsv.gz"))
        products, judged = read_shop(data, read_settings())
        trial = read_trial(data, products, _TRIAL_SEED)
        pairs_file = home / "pairs.jsonl"
        # Made again they would have other hashes of shoppers, and an interrupted training not go on.
        took = 0.0 if pairs_file.exists() else _make_pairs(data, trial, home, pairs_file)
        pairs = list(read_pairs(pairs_file))
        queries = {pair.query for pair in pairs if pair.split == "train"}
        _check_unknown(trial, queries, pairs_file)
        names = trial.judged_names(queries)
        titles = [product.title for product in products]

        def figures(model: str | None) -> Figures:
            # The index has the default model's vectors of the titles already.
            encoder = CachedEncoder(open_encoder(read_settings(), model), home / "vectors")
            return measure_encoder(encoder, trial, titles, judged, names, data)

        base = figures(None)
        trainings, trained = {}, []
        for seed in SEEDS:
            trainings[f"seed {seed}"] = _train(pairs_file, seed)
            trained.append(figures(f"benchmark-{seed}"))
        return {
            "pairs": {"made": len(pairs), **Counter(pair.split for pair in pairs), "took_s": took},
            "searches": len(trial.unknown),
            "names": len(names),
            "trainings": trainings,
            "default": _describe(base),
            **{f"seed {seed}": _describe(one) for seed, one in zip(SEEDS, trained, strict=True)},
            "trained less default": _compare(base, trained, trial),
        }


def _check_unknown(trial: Trial, queries: Collection[str], pairs_file: Path) -> None:
    """Exit where pairs of another trial lie in the home: in theirs an unknown query may be known."""
    known = {same_words(query) for query in queries}
    if any(same_words(normalize(search.query)) in known for search in trial.unknown):
        sys.exit(
            f"unknown queries stand in {pairs_file}, which is of another trial: remove {pairs_file.parent}"
        )


def _make_pairs(data: Path, trial: Trial, home: Path, out: Path) -> float:
    """Write the pairs of the trial, without what is judged and without the unknown queries.

    Return how many seconds that took.
    """
    events, judged_queries, judged_products = (
        home / "events.tsv",
        home / "judged.txt",
        home / "judged_ids.txt",
    )
    trial.write(events, _TRIAL_SEED)
    queries, qrels = read_judgements(data)
    texts = [query.text for query in queries] + sorted({search.query for search in trial.unknown})
    judged_queries.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    ids = sorted({product for grades in qrels.values() for product in grades})
    judged_products.write_text("".join(f"{product}\n" for product in ids), "utf-8")
    started = time.perf_counter()
    run(
        "train", "pairs",
        "--events", str(events),
        "--queries", str(data / "queries.tsv.gz"),
        "--exclude-queries", str(judged_queries),
        "--exclude-products", str(judged_products),
        "--out", str(out),
    )  # fmt: skip
    return round(time.perf_counter() - started, 1)


def _train(pairs_file: Path, seed: int) -> dict[str, object]:
    started = time.perf_counter()
    result = run(
        "train", "encoder", "--pairs", str(pairs_file), "--out-name", f"benchmark-{seed}",
        "--seed", str(seed),
    )  # fmt: skip
    return result | {"took_s": round(time.perf_counter() - started, 1)}


def _describe(figures: Figures) -> dict[str, object]:
    return {
        "(a) names, recall@10": _mean(list(figures.names.values())),
        "(a) near enough to be found": _mean(list(figures.names_found.values())),
        "(b) unknown query and product, MRR@10": _mean(figures.unknown),
        "(c) all targets, MRR@10, by share of popularity": {
            str(share): _mean(values) for share, values in figures.targets.items()
        },
        "(d) bundles, recall@10": _mean([value for _, value in figures.bundles]),
        "(d) same item, AUC": round(figures.same_item_auc, 4),
        "judged, nDCG@10, encoder alone": _mean(figures.alone),
        "judged, nDCG@10, with words": _mean(figures.fused),
    }


def _compare(base: Figures, trained: Sequence[Figures], trial: Trial) -> dict[str, object]:
    """Return mean differences over the seeds with 95 % intervals over names, queries or bundles."""
    best = max(POPULARITY, key=lambda share: base.targets[share].mean())

    def interval(
        values: Sequence[NDArray[np.float64]], before: NDArray[np.float64], of: Sequence[str] = ()
    ) -> dict[str, object]:
        differences = (np.mean(values, axis=0) - before).tolist()
        # Searches of one query are not independent, nor are listings of the same products.
        low, high = bootstrap_interval(cluster_differences(differences, of) if of else differences)
        return {"mean": _mean(differences), "low": round(low, 4), "high": round(high, 4)}

    unknown = [search.query for search in trial.unknown]
    targets = [search.query for search in trial.targets]
    names = [np.array(list(one.names.values())) for one in trained]
    found = [np.array(list(one.names_found.values())) for one in trained]
    bundles = [np.array([value for _, value in one.bundles]) for one in (base, *trained)]
    return {
        "(a) names": interval(names, np.array(list(base.names.values()))),
        "(a) near enough": interval(found, np.array(list(base.names_found.values()))),
        "(b) unknown": interval([one.unknown for one in trained], base.unknown, unknown),
        "(c) popularity of the default": best,
        "(c) trained alone": interval([one.targets[0.0] for one in trained], base.targets[best], targets),
        "(c) trained with the same": interval(
            [one.targets[best] for one in trained], base.targets[best], targets
        ),
        "(d) bundles": interval(bundles[1:], bundles[0], [products for products, _ in base.bundles]),
        "judged, encoder alone": interval([one.alone for one in trained], base.alone),
        "judged, with words": interval([one.fused for one in trained], base.fused),
    }


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float:
    return round(float(np.mean(values)), 4)
