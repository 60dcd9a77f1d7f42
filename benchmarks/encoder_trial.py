"""Simulated events to train an encoder on, without those that judge it, and a shop language."""

import csv
import gzip
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.shop_language import ShopName, click_events, invent_names
from shangsou.behaviour.event import Event
from shangsou.text.normalize import normalize
from training.pairs.product_groups import number_groups
from training.pairs.shop_products import ShopProduct

# So many that some 200 train: `train pairs` holds a fifth of all queries out to judge by.
NAMES = 250
# What is held out of the events: together a fifth of the searches have a query and a product that no training
# knows, which makes some 5,900 of 29,565.
_HELD_QUERIES, _HELD_PRODUCTS = 0.4, 0.5
_COLUMNS = ("timestamp", "user_id", "session_id", "action_name", "user_query", "product_id", "position")


@dataclass(frozen=True, slots=True)
class Search:
    """A search, and the product that the shopper bought in it, or else liked best."""

    query: str
    product_id: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Events to train on, and searches to judge by."""

    rows: Sequence[Mapping[str, str]]
    """Of the simulated events, to train on."""
    names: Sequence[ShopName]
    unknown: Sequence[Search]
    """Whose query is in none of the rows, and whose product is in none either, nor was clicked for a name."""
    targets: Sequence[Search]
    """The later searches of all shoppers."""
    group_of: Mapping[str, int]
    """By id of a product, the number of what counts as one with it."""

    @property
    def popularity(self) -> Mapping[str, int]:
        """How many actions of the rows each product has."""
        return Counter(row["product_id"] for row in self.rows if row["product_id"])

    def judged_names(self, queries: Collection[str]) -> list[ShopName]:
        """Return the names among some queries, with those of their other halves that clicks did not tell.

        Of what counts as one product with a clicked one, training has seen nearly the title.
        """
        found = []
        for one in self.names:
            clicked = clicked_groups([one], self.group_of)
            others = tuple(product for product in one.others if self.group_of[product] not in clicked)
            if others and normalize(one.name) in queries:
                found.append(replace(one, others=others))
        return found

    def write(self, path: Path, seed: int) -> None:
        """Write the events to train on, with clicks for the names, as `train pairs` reads them."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE)
            writer.writeheader()
            writer.writerows(self.rows)
            writer.writerows(map(_row, click_events(self.names, seed)))


def read_trial(data: Path, products: Sequence[ShopProduct], seed: int, names: int = NAMES) -> Trial:
    """Return a trial on the simulated shoppers.

    Parameters
    ----------
    data
        The folder of the real data.
    products
        Of the whole catalog.
    seed
        Draws what is held out, and the names.
    names
        How many.
    """
    shoppers = data / "behaviour" / "simulated_shoppers"
    with gzip.open(shoppers / "events.tsv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with (shoppers / "targets.tsv").open(encoding="utf-8") as file:
        targets = [
            Search(row["user_query"], row["product_id"]) for row in csv.DictReader(file, delimiter="\t")
        ]
    rng = np.random.default_rng(seed)
    queries = sorted({row["user_query"] for row in rows})
    held_queries = {query for query in queries if rng.random() < _HELD_QUERIES}
    group_of = dict(zip((product.product_id for product in products), number_groups(products), strict=True))
    groups = sorted(set(group_of.values()))
    held_groups = {group for group in groups if rng.random() < _HELD_PRODUCTS}

    def is_held(product_id: str) -> bool:
        return group_of.get(product_id, -1) in held_groups

    kept = [
        row
        for row in rows
        if row["user_query"] not in held_queries and not (row["product_id"] and is_held(row["product_id"]))
    ]
    invented = invent_names(products, names, seed)
    clicked = clicked_groups(invented, group_of)
    unknown = [
        search
        for search in _searches(rows)
        if search.query in held_queries
        and is_held(search.product_id)
        and group_of[search.product_id] not in clicked
    ]
    return Trial(kept, invented, unknown, targets, group_of)


def clicked_groups(names: Sequence[ShopName], group_of: Mapping[str, int]) -> set[int]:
    """Return the numbers of what counts as one product with one that is clicked for some names."""
    return {group_of[product] for one in names for product in one.clicked}


def _searches(rows: Sequence[Mapping[str, str]]) -> Iterator[Search]:
    """Yield each search with the product that was bought, else with the one that was clicked first."""
    found: dict[tuple[str, str], tuple[int, int, str]] = {}
    for row in rows:
        if row["product_id"]:
            key = (row["session_id"], row["user_query"])
            liked = (row["action_name"] != "purchase", int(row["position"] or 0), row["product_id"])
            found[key] = min(found.get(key, liked), liked)
    for (_, query), (_, _, product_id) in found.items():
        yield Search(query, product_id)


def _row(event: Event) -> dict[str, str]:
    return {
        "timestamp": str(int(event.at.timestamp())),
        "user_id": event.user_id,
        "session_id": event.session_id,
        "action_name": event.action,
        "user_query": event.query,
        "product_id": event.product_id,
        "position": "",
    }
