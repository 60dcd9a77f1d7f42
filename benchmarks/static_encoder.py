"""A static encoder distilled from the default model: quality fused with words, and speed; three seeds.

Judged queries and products are not learned from. Some eight minutes of one core for the teacher's vectors of
queries and units, which are kept in --home, and two for each seed.
"""

import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.engines import environment
from benchmarks.fused_relevance import (
    GRADED,
    JudgedSearches,
    cross_validate,
    fused_ndcg,
    read_shop,
)
from benchmarks.run_program import run
from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoder import Encoder
from shangsou.encoding.encoders import open_encoder
from shangsou.settings import DEFAULT_MODEL, read_settings

SEEDS = (0, 1, 2)
TIMED_TITLES, TURNS = 20_000, 3


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the figures of the teacher, of each seed, and the spread over seeds."""
    settings = read_settings().model_copy(update={"engine": "embedded"})
    if not run("generations", **environment(settings))["generations"]:
        run("index", str(data / "catalog.tsv.gz"), **environment(settings))
    distilled = {seed: _distil(data, settings.home, seed) for seed in SEEDS}
    products, searches = read_shop(data, settings)
    titles = [product.title for product in products]
    teacher = CachedEncoder(open_encoder(settings, DEFAULT_MODEL), settings.home / "vectors")
    seeds = {}
    for seed, name in distilled.items():
        student = open_encoder(settings, name)
        seeds[seed] = _figures(student, searches, titles) | {"titles_per_s": _titles_per_s(student, titles)}
    values = [figures["ndcg@10"] for figures in seeds.values()]
    return {
        "teacher": _figures(teacher, searches, titles),
        "seeds": seeds,
        "mean": round(float(np.mean(values)), 4),
        "lowest": min(values),
    }


def _distil(data: Path, home: Path, seed: int) -> str:
    """Distil with a seed and return the name of the model; one of an earlier measurement is replaced."""
    name = f"static-seed-{seed}"
    shutil.rmtree(home / "models" / name, ignore_errors=True)
    folder = home / "runs" / name
    (folder / "params.json").unlink(missing_ok=True)
    first = home / "runs" / f"static-seed-{SEEDS[0]}" / "vectors"
    if first.exists() and not (folder / "vectors").exists():
        shutil.copytree(first, folder / "vectors")
    judged, graded = data / "relevance", str(data / "graded" / "grades.tsv")
    run(
        "train", "distil", "--out-name", name, "--teacher", DEFAULT_MODEL, "--seed", str(seed),
        "--queries", str(data / "queries.tsv.gz"),
        "--exclude-queries", str(judged / "queries.tsv"), "--exclude-queries", graded,
        "--exclude-products", str(judged / "qrels.tsv"), "--exclude-products", graded,
        SHANGSOU_ENGINE="embedded",
    )  # fmt: skip
    return name


def _figures(encoder: Encoder, searches: JudgedSearches, titles: Sequence[str]) -> dict[str, float]:
    """Return the mean nDCG@10 of the development sets and that of the graded queries, fused and alone."""
    values = fused_ndcg(searches, encoder.encode(searches.texts), encoder.encode(titles))
    sets = np.array([query.set for query in searches.queries])
    figures = {}
    for suffix, chosen in (("", sets != GRADED), ("_graded", sets == GRADED)):
        names = sets[chosen].tolist()
        of_sets = sorted(set(names))
        fused = cross_validate(values[:, chosen], names)
        alone = np.mean([values[0, sets == name].mean() for name in of_sets])
        figures[f"ndcg@10{suffix}"] = round(fused.mean(names, of_sets), 4)
        figures[f"ndcg@10_alone{suffix}"] = round(float(alone), 4)
        figures[f"share_of_words{suffix}"] = round(float(np.mean(fused.shares)), 2)
    return figures


def _titles_per_s(encoder: Encoder, titles: Sequence[str]) -> int:
    """Return titles a second of processor time, in all threads; the best of three turns."""
    sample = random.Random(1).sample(titles, min(TIMED_TITLES, len(titles)))
    seconds = []
    for _ in range(TURNS):
        started = time.process_time()
        encoder.encode(sample)
        seconds.append(time.process_time() - started)
    return round(len(sample) / min(seconds))
