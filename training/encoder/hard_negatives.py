"""Hard negatives: products that a search shows for a query, though not on top."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from shangsou.search.request import MAX_PAGE_SIZE, SearchRequest
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from training.encoder.batches import Example
from training.pairs.pair import Pair

# Ranks, from 1. What stands above is often meant too, only that nobody chose it; what stands below is easy.
_FIRST_RANK, _LAST_RANK = 30, 200
# A negative reaches at most this share of the cosine of the product that was chosen (the "percentage of the
# positive" of NV-Retriever, Moreira et al. 2024, which is best at .95).
_MAX_SHARE = 0.95
# For a query that is paired with nearly all products.
_MAX_TRIES = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a search shows for a query."""

    product_ids: Sequence[str]
    """Best first."""
    cosines: Mapping[str, float]
    """Of the query with their titles, and with those of the products that were asked about."""


Search = Callable[[str, Sequence[str]], Found]
"""From a query and the ids of products to ask about."""


@contextmanager
def live_search(settings: Settings) -> Iterator[Search]:
    """Give the search of the live index, as a stranger gets it, with the cosines of its encoder.

    Raises what `Searcher.search` does, as `NoIndex`.
    """
    searcher = open_searcher(settings)
    try:
        yield lambda query, product_ids: _search(searcher, query, product_ids)
    finally:
        searcher.close()


def check_searchable(settings: Settings) -> None:
    """Raise `NoIndex` and the like before a run is begun that mines negatives."""
    searcher = open_searcher(settings)
    try:
        searcher.context()
    finally:
        searcher.close()


def groups_by_query(pairs: Iterable[Pair]) -> dict[str, set[int]]:
    """Return the groups of products that are no negatives of a query: what it is paired with, and its own."""
    groups: dict[str, set[int]] = {}
    for pair in pairs:
        known = groups.setdefault(pair.query, set())
        known.add(pair.group)
        if pair.query_group is not None:
            known.add(pair.query_group)
    return groups


def mine_hard_negatives(
    examples: Sequence[Example], excluded_groups: Mapping[str, set[int]], search: Search, *, seed: int
) -> list[Example]:
    """Return examples with a negative each.

    It is drawn from ranks 30 to 200 of what the search shows, from products of other examples that are less
    like the query than the chosen product by a relative margin. What stands on top is neither a negative, nor
    ever a product to learn: that a search shows it says nothing of whether it is meant. Where no product
    qualifies, it is a random one; where every product is excluded, none.

    Parameters
    ----------
    excluded_groups
        Of each query, as of `groups_by_query`.
    """
    rng = np.random.default_rng(seed)
    products = {one.product_id: (one.title, one.group) for one in examples}
    titles = sorted(set(products.values()))
    places: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        places.setdefault(example.query, []).append(place)
    mined = list(examples)
    for query, rows in places.items():
        chosen = [examples[row] for row in rows]
        excluded = excluded_groups[query]
        found = search(query, [example.product_id for example in chosen])
        near = [
            (products[one], found.cosines[one])
            for one in found.product_ids[_FIRST_RANK - 1 : _LAST_RANK]
            if one in products and products[one][1] not in excluded and one in found.cosines
        ]
        for row, example in zip(rows, chosen, strict=True):
            limit = _MAX_SHARE * found.cosines.get(example.product_id, -np.inf)
            unlike = [product for product, cosine in near if cosine <= limit]
            title, group = (
                unlike[int(rng.integers(len(unlike)))] if unlike else _random(titles, excluded, rng)
            )
            mined[row] = replace(example, negative=title, negative_group=group)
    return mined


def _search(searcher: Searcher, query: str, product_ids: Sequence[str]) -> Found:
    shown: list[str] = []
    for page in range(1, _LAST_RANK // MAX_PAGE_SIZE + 1):
        request = SearchRequest(query, page=page, size=MAX_PAGE_SIZE, correct=False, personalize=False)
        hits = [hit.product.product_id for hit in searcher.search(request).hits]
        shown += hits
        if len(hits) < MAX_PAGE_SIZE:
            break
    context = searcher.context()
    if context.encoder is None:
        return Found(shown, {})
    asked = [*shown, *product_ids]
    cosines = context.engine.cosines(context.encoder.encode([query])[0], asked).tolist()
    return Found(shown, {one: cosine for one, cosine in zip(asked, cosines, strict=True) if isfinite(cosine)})


def _random(
    titles: Sequence[tuple[str, int]], excluded: set[int], rng: np.random.Generator
) -> tuple[str, int]:
    for _ in range(_MAX_TRIES):
        title = titles[int(rng.integers(len(titles)))]
        if title[1] not in excluded:
            return title
    return "", -1
