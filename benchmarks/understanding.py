"""Query understanding learned from the real catalog: segmentation, and categories held out."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.query_logs import read_queries
from indexer.report import Report
from shangsou.lexicon.categories import open_category_model
from shangsou.lexicon.category_training import CategoryLearner
from shangsou.lexicon.entities import EntityLearner
from shangsou.lexicon.phrases import PhraseCounter, PositionCounts
from shangsou.text.entities import EntityDictionary, EntityKind, parse_entities, tag_entities
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED

# Labels of brands and product words in taobao_terms and titles_ner.
ANNOTATED: Mapping[EntityKind, str] = {"brand": "HPPX", "product": "HCCX"}
# A term in fewer titles could not be learned.
MIN_TITLES = 3


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return precision and recall of dictionaries and of tagged titles, and the accuracy of categories."""
    learner, counter, filing = EntityLearner(), PhraseCounter(), CategoryLearner()
    catalogs = open_catalogs([data / "catalog.tsv.gz"], {})
    for product in read_products(catalogs, Report(), 1.0):
        for model_part in (learner, counter, filing):
            model_part.add([product])
    titles = counter.position_counts()
    known, _ = read_queries(data / "queries.tsv.gz")
    shipped = files("shangsou.search").joinpath("ranking", "entities.txt").read_text("utf-8")
    closed = {phrase: kind for phrase, kind in parse_entities(("", shipped)).items() if kind}
    of_catalog = learner.extract(titles) | closed
    with TemporaryDirectory() as folder:
        filing.write(Path(folder))
        model = open_category_model(Path(folder))
        categories = dict(model.measured) if model else {}
    return {
        "catalog": _against(of_catalog, titles, data),
        "catalog and query log": _against(
            dict.fromkeys(known.head_nouns, "product") | of_catalog, titles, data
        ),
        "categories": categories,
    }


def _against(known: EntityDictionary, titles: PositionCounts, data: Path) -> dict[str, dict[str, float]]:
    terms = {normalize(row["term"]): row["type"] for row in reversed([*_rows(data, "taobao_terms")])}
    annotated = [row for row in _rows(data, "titles_ner") if row["split"] != "train"]
    results = {}
    for kind, code in ANNOTATED.items():
        judged = [phrase for phrase, entity_kind in known.items() if entity_kind == kind and phrase in terms]
        learnable = [
            t
            for t, entity_kind in terms.items()
            if entity_kind == kind and titles.total.get(t, 0) >= MIN_TITLES
        ]
        right_count = tagged_count = truth_count = 0
        for row in annotated:
            truth = {normalize(text) for label, text in json.loads(row["entities"]) if label == code}
            tagged_texts = {
                entity.text
                for entity in tag_entities(normalize(row["title"]), known, PACKAGED)
                if entity.kind == kind
            }
            right_count, tagged_count, truth_count = (
                right_count + len(truth & tagged_texts),
                tagged_count + len(tagged_texts),
                truth_count + len(truth),
            )
        results[kind] = {
            "terms_precision": sum(terms[phrase] == kind for phrase in judged) / max(1, len(judged)),
            "terms_recall": sum(known.get(term) == kind for term in learnable) / max(1, len(learnable)),
            "titles_precision": right_count / max(1, tagged_count),
            "titles_recall": right_count / max(1, truth_count),
        }
    return {
        kind: {name: round(share, 3) for name, share in entity.items()} for kind, entity in results.items()
    }


def _rows(data: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(data / "lexicon" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
