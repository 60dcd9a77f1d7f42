"""What is learnt of the real catalog: words against foreign annotations, categories held out."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.accept import accepted_products
from indexer.queries import read_queries
from indexer.read import open_catalogs
from indexer.report import Report
from shangsou.lexicon.categories import open_category_model
from shangsou.lexicon.entities import EntityLearner
from shangsou.lexicon.filing import CategoryLearner
from shangsou.lexicon.phrases import Ends, PhraseCounter
from shangsou.text.entities import Entities, Kind, parse_entities, tag
from shangsou.text.normalise import normalise

# What the annotators of taobao_terms and titles_ner called brands and product words.
ANNOTATED: Mapping[Kind, str] = {"brand": "HPPX", "product": "HCCX"}
# A term in fewer titles could not be learnt.
LEAST_TITLES = 3


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return precision and recall of dictionaries and of tagged titles, and how well categories are told."""
    learner, counter, filing = EntityLearner(), PhraseCounter(), CategoryLearner()
    catalogs = open_catalogs([data / "catalog.tsv.gz"], {})
    for product in accepted_products(catalogs, Report(), 1.0):
        for one in (learner, counter, filing):
            one.add([product])
    titles = counter.ends()
    known, _ = read_queries(data / "queries.tsv.gz")
    shipped = files("shangsou.search").joinpath("entities.txt").read_text("utf-8")
    closed = {phrase: kind for phrase, kind in parse_entities(("", shipped)).items() if kind}
    of_catalog = learner.learnt(titles) | closed
    with TemporaryDirectory() as folder:
        filing.write(Path(folder))
        model = open_category_model(Path(folder))
        categories = dict(model.measured) if model else {}
    return {
        "catalog": _against(of_catalog, titles, data),
        "catalog and query log": _against(dict.fromkeys(known.heads, "product") | of_catalog, titles, data),
        "categories": categories,
    }


def _against(known: Entities, titles: Ends, data: Path) -> dict[str, dict[str, float]]:
    terms = {normalise(row["term"]): row["type"] for row in reversed([*_rows(data, "taobao_terms")])}
    annotated = [row for row in _rows(data, "titles_ner") if row["split"] != "train"]
    results = {}
    for kind, code in ANNOTATED.items():
        judged = [phrase for phrase, of in known.items() if of == kind and phrase in terms]
        learnable = [t for t, of in terms.items() if of == kind and titles.times.get(t, 0) >= LEAST_TITLES]
        right = tagged = wanted = 0
        for row in annotated:
            truth = {normalise(text) for label, text in json.loads(row["entities"]) if label == code}
            found = {one.text for one in tag(normalise(row["title"]), known) if one.kind == kind}
            right, tagged, wanted = right + len(truth & found), tagged + len(found), wanted + len(truth)
        results[kind] = {
            "terms_precision": sum(terms[phrase] == kind for phrase in judged) / max(1, len(judged)),
            "terms_recall": sum(known.get(term) == kind for term in learnable) / max(1, len(learnable)),
            "titles_precision": right / max(1, tagged),
            "titles_recall": right / max(1, wanted),
        }
    return {kind: {name: round(share, 3) for name, share in one.items()} for kind, one in results.items()}


def _rows(data: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(data / "lexicon" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
