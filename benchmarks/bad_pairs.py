"""Encoders that were trained on bad pairs, and whether the gate refuses them, over 10,000 real products.

The events and the shop language are SIMULATED. Every model is trained by default options, but for what is bad
about it, and each is measured by the pairs and the events that are right.
"""

import csv
import gzip
import json
import random
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from benchmarks.encoder_trial import Trial, read_trial
from benchmarks.fused_relevance import read_judgements
from benchmarks.run_program import PROGRAM, own_home, run
from relevance.judgements import Qrels, Query
from shangsou.engines.engine import LiveEngine
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import DEFAULT_MODEL, read_settings
from shangsou.text.normalize import normalize
from training.pairs.pair import Pair, pair_line, read_pairs
from training.pairs.read_products import read_products
from training.pairs.shop_products import ShopProduct

PRODUCTS = 10_000
# The sample has fewer groups of products than the catalog: this many can be named.
NAMES = 60
SHARE = 0.01
# 39 pairs of shoppers have 38 products, and a batch holds none twice: one of the default 64 is refused.
SMALL_BATCH = "8"
_SEED = 0


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return what was trained, and what the gate found, by what was bad."""
    with own_home("bad-pairs") as home:
        if not run("generations")["generations"]:
            _write_sample(data, home / "catalog.tsv")
            run("index", str(home / "catalog.tsv"))
        trial = read_trial(data, _read_shop(), _SEED, NAMES)
        right = _make_pairs(trial, data, home / "right.jsonl")
        shuffled = _make_pairs(shuffle(trial), data, home / "shuffled.jsonl")
        few = _make_pairs(thin(trial), data, home / "few.jsonl")
        other = _put_titles(data, right, home / "cosmetics.jsonl")
        toy = _write_toy(home)
        _write_judged(trial, list(read_pairs(right)), data, home)
        return {
            "right": _try(home, "right", right),
            "shuffled": _try(home, "shuffled", shuffled),
            "titles of another shop": _try(home, "cosmetics", other),
            "1 % of the actions, default batch": _try(home, "few", few),
            "1 % of the actions": _try(home, "few-small-batch", few, "--batch-size", SMALL_BATCH),
            "a toy": _try(home, "toy", right, "--base", str(toy)),
        }


def shuffle(trial: Trial) -> Trial:
    """Return a trial in which each action has the product of another."""
    rng = random.Random(_SEED)
    products = [row["product_id"] for row in trial.rows if row["product_id"]]
    rng.shuffle(products)
    rest = iter(products)
    rows = [{**row, "product_id": next(rest)} if row["product_id"] else row for row in trial.rows]
    clicked = [list(one.clicked) for one in trial.names]
    rng.shuffle(clicked)
    names = [replace(one, clicked=tuple(ids)) for one, ids in zip(trial.names, clicked, strict=True)]
    return replace(trial, rows=rows, names=names)


def thin(trial: Trial) -> Trial:
    """Return a trial with so few of the actions, and all searches; names have none."""
    rng = random.Random(_SEED)
    rows = [row for row in trial.rows if not row["product_id"] or rng.random() < SHARE]
    return replace(trial, rows=rows, names=[])


def _write_sample(data: Path, path: Path) -> None:
    """Write the judged products and as many others of the catalog as make the number."""
    _, qrels = read_judgements(data)
    judged = {product for grades in qrels.values() for product in grades}
    with gzip.open(data / "catalog.tsv.gz", "rt", encoding="utf-8") as file:
        header, *lines = file.read().splitlines()
    others = [line for line in lines if line.split("\t", 1)[0] not in judged]
    kept = [line for line in lines if line.split("\t", 1)[0] in judged]
    chosen = kept + random.Random(_SEED).sample(others, PRODUCTS - len(kept))
    path.write_text("\n".join([header, *chosen]) + "\n", "utf-8")


def _read_shop() -> list[ShopProduct]:
    searcher = open_searcher(read_settings())
    try:
        return list(read_products(cast("LiveEngine", searcher.context().engine)))
    finally:
        searcher.close()


def _make_pairs(trial: Trial, data: Path, out: Path) -> Path:
    """Write the pairs of a trial without what is judged; those that were made before stay."""
    if out.exists():
        return out
    events, judged = out.with_suffix(".tsv"), data / "relevance"
    trial.write(events, _SEED)
    run(
        "train", "pairs",
        "--events", str(events),
        "--queries", str(data / "queries.tsv.gz"),
        "--exclude-queries", str(judged / "queries.tsv"),
        "--exclude-products", str(judged / "qrels.tsv"),
        "--exclude-queries", str(data / "graded" / "grades.tsv"),
        "--exclude-products", str(data / "graded" / "grades.tsv"),
        "--out", str(out),
    )  # fmt: skip
    return out


def _put_titles(data: Path, right: Path, out: Path) -> Path:
    """Write the right pairs with titles of cosmetics in place of their own."""
    with gzip.open(data / "pairs" / "cosmetics_bundles.tsv.gz", "rt", encoding="utf-8") as file:
        titles = sorted({normalize(row["title"]) for row in csv.DictReader(file, delimiter="\t")})
    rng = random.Random(_SEED)
    rng.shuffle(titles)
    pairs = list(read_pairs(right))
    products = sorted({pair.product_id for pair in pairs})
    other = {product: titles[place % len(titles)] for place, product in enumerate(products)}
    _write_pairs(out, (replace(pair, title=other[pair.product_id]) for pair in pairs))
    return out


def _write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    path.write_text("".join(map(pair_line, pairs)), "utf-8")


def _write_judged(trial: Trial, pairs: Sequence[Pair], data: Path, home: Path) -> None:
    """Write what judges: the development sets, the graded queries, and the names as one set more."""
    queries, judged = read_judgements(data)
    qrels = {**judged}
    for one in trial.judged_names({pair.query for pair in pairs if pair.split == "train"}):
        queries.append(Query(one.name, "names", one.name))
        qrels[one.name] = dict.fromkeys(one.others, 1)
    with (home / "queries.tsv").open("w", encoding="utf-8") as file:
        file.write("qid\tset\tquery\n")
        file.writelines(f"{query.qid}\t{query.set}\t{query.text}\n" for query in queries)
    with (home / "qrels.tsv").open("w", encoding="utf-8") as file:
        file.write("qid\tdoc_id\tgrade\n")
        file.writelines(_qrels_lines(queries, qrels))


def _qrels_lines(queries: Sequence[Query], qrels: Qrels) -> Iterable[str]:
    for query in queries:
        for product, grade in qrels[query.qid].items():
            yield f"{query.qid}\t{product}\t{grade}\n"


def _write_toy(home: Path) -> Path:
    """Write a BERT of two layers and 64 dimensions that was trained on nothing, and return its folder."""
    import torch
    from transformers import BertConfig, BertModel

    folder = home / "toy-bert"
    vocabulary = json.loads(
        (home / "models" / Path(DEFAULT_MODEL).name / "tokenizer.json").read_text("utf-8")
    )["model"]["vocab"]
    torch.manual_seed(_SEED)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=1,
        intermediate_size=128,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "vocab.txt").write_text(
        "".join(f"{token}\n" for token in sorted(vocabulary, key=vocabulary.get)), "utf-8"
    )
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}), "utf-8")
    return folder


def _try(home: Path, name: str, pairs: Path, *options: str) -> dict[str, object]:
    """Train a model, ask the gate, and return what both reported."""
    trained, message = _ask("train", "encoder", "--pairs", str(pairs), "--out-name", name, *options)
    if not trained or not trained["installed"]:
        return {"training": trained, "message": message}
    verdict, message = _ask(
        "train", "gate", name,
        "--queries", str(home / "queries.tsv"),
        "--qrels", str(home / "qrels.tsv"),
        "--pairs", str(home / "right.jsonl"),
        "--events", str(home / "right.tsv"),
        "--figure", "encoder.ndcg",
        "--dry-run",
    )  # fmt: skip
    return {"training": trained, "gate": verdict, "message": message}


def _ask(*arguments: str) -> tuple[dict[str, Any], str]:
    """Return the JSON of a command, empty where it printed none, and the end of what it wrote beside that."""
    completed = subprocess.run([PROGRAM, *arguments, "--json"], check=False, capture_output=True, text=True)
    return json.loads(completed.stdout or "{}"), completed.stderr[-1000:]
