"""Figures of an encoder by itself, on what its training did not see."""

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.encoder_trial import Search, Trial, clicked_groups
from benchmarks.fused_relevance import JudgedSearches, cross_validate, fused_ndcg
from benchmarks.shop_language import ShopName, recall
from shangsou.encoding.encoder import Encoder
from shangsou.search.ranking.recipe import default_ranking
from shangsou.text.normalize import normalize

Numbers = NDArray[np.float64]
# Queries that are compared with all titles together.
_COMPARE = 128
_DEPTH = 10
# Products that count as one with a clicked one come before others: they are left out of what it finds.
_FOUND = 100
# Shares of popularity that are tried, of log(1 + actions) beside a cosine.
POPULARITY = (0.0, 0.01, 0.02, 0.04, 0.08)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one encoder; the values of searches and queries are in the order of the trial."""

    names: Mapping[str, float]
    """Recall@10 of the other half of each name that was trained on."""
    names_found: Mapping[str, float]
    """The same of what lies so near that a search finds it by its meaning alone."""
    unknown: Numbers
    """Reciprocal ranks at 10 of the searches with unknown query and product."""
    targets: Mapping[float, Numbers]
    """Of all targets, by the share of popularity."""
    alone: Numbers
    """nDCG@10 of the judged queries, by the cosine alone."""
    fused: Numbers
    """The same with words, whose share was chosen without the query."""
    bundles: Sequence[tuple[str, float]]
    """Of each listing of split `test` its products, and recall@10 of the other listings with the same."""
    same_item_auc: float


def measure_encoder(  # noqa: PLR0913, PLR0917 - the encoder, and all that it is measured on
    encoder: Encoder,
    trial: Trial,
    titles: Sequence[str],
    judged: JudgedSearches,
    trained_names: Sequence[ShopName],
    data: Path,
) -> Figures:
    """Return the figures of an encoder.

    Parameters
    ----------
    titles
        Of the products of `judged`, in their order.
    trained_names
        Those of the trial of which training saw clicks, as of `Trial.judged_names`.
    """
    shop = _Shop(encoder, judged.product_ids, encoder.encode(titles), trial.popularity)
    stamp = encoder.stamp
    match_cosine = stamp.cosine_offset + stamp.cosine_factor * default_ranking().match_cosine
    queries = encoder.encode(judged.texts)
    by_share = fused_ndcg(judged, queries, shop.vectors)
    return Figures(
        _name_recalls(shop, trained_names, trial.group_of),
        _name_recalls(shop, trained_names, trial.group_of, match_cosine),
        shop.reciprocal_ranks(trial.unknown, 0.0),
        {share: shop.reciprocal_ranks(trial.targets, share) for share in POPULARITY},
        by_share[0],
        cross_validate(by_share, [query.set for query in judged.queries]).held_out,
        _bundle_recalls(encoder, data / "pairs" / "cosmetics_bundles.tsv.gz"),
        _same_item_auc(encoder, data / "pairs" / "same_item.tsv"),
    )


class _Shop:
    """All products, to be found by one encoder."""

    def __init__(
        self,
        encoder: Encoder,
        product_ids: Sequence[str],
        vectors: NDArray[np.float32],
        actions: Mapping[str, int],
    ) -> None:
        self.vectors = vectors
        self._encoder = encoder
        self._product_ids = product_ids
        self._popularity = np.log1p([actions.get(product, 0) for product in product_ids]).astype(np.float32)

    def find(
        self, queries: Sequence[str], count: int, popularity: float = 0.0, least: float = -np.inf
    ) -> dict[str, list[str]]:
        """Return the first products of each query whose score is no lower than `least`, best first."""
        vectors = self._encoder.encode([normalize(query) for query in queries])
        found = {}
        for start in range(0, len(queries), _COMPARE):
            scores = vectors[start : start + _COMPARE] @ self.vectors.T + popularity * self._popularity
            best = np.argpartition(-scores, count, axis=1)[:, :count]
            for query, row, places in zip(queries[start : start + _COMPARE], scores, best, strict=True):
                first = places[np.argsort(-row[places], kind="stable")]
                found[query] = [self._product_ids[place] for place in first if row[place] >= least]
        return found

    def reciprocal_ranks(self, searches: Sequence[Search], popularity: float) -> Numbers:
        """Return 1 / rank of the product of each search, 0 below 10."""
        found = self.find(sorted({search.query for search in searches}), _DEPTH, popularity)
        return np.array(
            [
                1 / (1 + found[search.query].index(search.product_id))
                if search.product_id in found[search.query]
                else 0.0
                for search in searches
            ]
        )


def _name_recalls(
    shop: _Shop, names: Sequence[ShopName], group_of: Mapping[str, int], least: float = -np.inf
) -> dict[str, float]:
    """Return recall@10 of each name, of products that do not count as one with a clicked one."""
    found = shop.find([one.name for one in names], _FOUND, least=least)
    recalls = {}
    for one in names:
        clicked = clicked_groups([one], group_of)
        others = [product for product in found[one.name] if group_of[product] not in clicked]
        recalls[one.name] = recall({one.name: others}, [one])
    return recalls


def _bundle_recalls(encoder: Encoder, path: Path) -> list[tuple[str, float]]:
    """Return, of each listing, its products and the share of others with the same among the ten nearest."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["split"] == "test"
        ]
    labels = ["|".join(sorted(row["products"].split("|"))) for row in rows]
    of_label: dict[str, set[int]] = {}
    for place, label in enumerate(labels):
        of_label.setdefault(label, set()).add(place)
    vectors = encoder.encode([normalize(row["title"]) for row in rows])
    recalls = []
    for place, label in enumerate(labels):
        same = of_label[label] - {place}
        if same:
            cosines = vectors @ vectors[place]
            cosines[place] = -np.inf
            nearest = np.argpartition(-cosines, _DEPTH)[:_DEPTH].tolist()
            recalls.append((label, len(same & set(nearest)) / min(_DEPTH, len(same))))
    return recalls


def _same_item_auc(encoder: Encoder, path: Path) -> float:
    """Return how often two titles of one product are nearer than two of different products."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    first, second = (
        encoder.encode([normalize(row[column]) for row in rows]) for column in ("title1", "title2")
    )
    cosines = (first * second).sum(axis=1)
    is_same = np.array([row["label"] == "same" for row in rows])
    differences = cosines[is_same][:, None] - cosines[~is_same][None, :]
    return float(((differences > 0) + (differences == 0) / 2).mean())
