"""Judgements of the sample shop, derived from rules over the attributes of its products.

The rules of `intents.json` apply to what the generator put into the products (category, brand, attributes),
never to the results of a search. After a change of the words or the rules run
`python -m shangsou.sample.judging`, which rewrites `queries.tsv` and `qrels.tsv`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from shangsou.product import Product
from shangsou.sample.shop import sample_products


@dataclass(frozen=True, slots=True)
class Rule:
    """The grade of the products that meet all conditions."""

    grade: int
    conditions: Mapping[str, frozenset[str]]
    """By `department`, `category` (any level below), `brand` or the name of an attribute: the values, one of
    which a product needs."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A query with the rules for the products that its shopper wants."""

    qid: str
    set_name: str
    query: str
    rules: tuple[Rule, ...]
    """The first rule that a product meets decides its grade."""


def sample_judgements() -> tuple[Path, Path]:
    """Return the paths of `queries.tsv` and `qrels.tsv`."""
    folder = Path(str(files("shangsou.sample")))
    return folder / "queries.tsv", folder / "qrels.tsv"


def read_intents() -> list[Intent]:
    """Return all intents in file order."""
    payload = json.loads(files("shangsou.sample").joinpath("intents.json").read_text("utf-8"))
    return [
        Intent(
            intent["qid"],
            intent["set"],
            intent["query"],
            tuple(
                Rule(
                    rule["grade"],
                    {name: frozenset(value.split("|")) for name, value in rule.items() if name != "grade"},
                )
                for rule in intent["rules"]
            ),
        )
        for intent in payload
    ]


def judge(intent: Intent, products: Iterable[Product]) -> Iterator[tuple[str, int]]:
    """Yield the id and grade of each product that a rule applies to, in catalog order.

    Products off sale are never found, so they are not judged.
    """
    for product in products:
        grade = next((rule.grade for rule in intent.rules if _matches(product, rule)), None)
        if grade is not None and product.status == "on":
            yield product.product_id, grade


def judgement_texts(intents: Sequence[Intent], products: Sequence[Product]) -> tuple[str, str]:
    """Return the contents of `queries.tsv` and `qrels.tsv`."""
    queries = [f"{intent.qid}\t{intent.set_name}\t{intent.query}\n" for intent in intents]
    qrels = [
        f"{intent.qid}\t{product_id}\t{grade}\n"
        for intent in intents
        for product_id, grade in judge(intent, products)
    ]
    return "".join(["qid\tset\tquery\n", *queries]), "".join(["qid\tdoc_id\tgrade\n", *qrels])


def main() -> None:
    """Write both files of `sample_judgements`."""
    texts = judgement_texts(read_intents(), sample_products())
    for path, text in zip(sample_judgements(), texts, strict=True):
        path.write_text(text, "utf-8")


def _matches(product: Product, rule: Rule) -> bool:
    return all(not wanted.isdisjoint(_values(product, name)) for name, wanted in rule.conditions.items())


def _values(product: Product, name: str) -> tuple[str, ...]:
    match name:
        case "department":
            return product.category[:1]
        case "category":
            return product.category[1:]
        case "brand":
            return (product.brand,)
        case _:
            return tuple(product.attributes.get(name, ()))


if __name__ == "__main__":
    main()
