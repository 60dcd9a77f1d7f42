"""Write changes of products into the index of a generation: whole documents, for `_source` has no vectors."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from shangsou.engines.changes import NO_TEXTS, ChangedProduct, SearchedTexts
from shangsou.engines.elastic import responses
from shangsou.engines.elastic.bodies import BY_ID, IDS_ONLY, Body
from shangsou.engines.elastic.documents import (
    STATE_ID,
    Source,
    bulk_lines,
    deletion_lines,
    differing_facets,
    document_source,
    group_document_id,
    group_key,
    group_source,
    has_offer_times,
    state_source,
    variant_fields,
    with_learned,
)
from shangsou.engines.elastic.failures import reason
from shangsou.engines.elastic.index_reader import IndexReader
from shangsou.engines.elastic.layout import CHANGED, IndexState, Layout
from shangsou.engines.elastic.ratings import mean_rating_body
from shangsou.engines.elastic.writer import documents_alias
from shangsou.engines.query import Vector
from shangsou.product import Product, product_from_json
from shangsou.text.segmenter import Segmenter

log = logging.getLogger(__name__)
# Products written before they are found: 10 MB with two vectors each, as much as Elasticsearch's guide
# recommends for a request.
_WRITTEN_AT_ONCE = 1_000
_WRITE_TIMEOUT_S = 60.0
# Variants of changed groups read in one response.
_READ_AT_ONCE = 1_000
_LEARNED = ["product_id", "main_type", "filter.type", "filter.fact"]
_VECTORS = ("title_vector", "description_vector")
_VECTOR_FIELDS = [f"{prefix}{name}" for name in _VECTORS for prefix in ("", CHANGED)]
_FORBIDDEN, _NOT_FOUND, _CONFLICT = 403, 404, 409


class ChangeWriter:
    """Writes into one index.

    Every document gets the number of the last change as its version: what a writer that stalled sends later
    is refused.
    """

    def __init__(self, reader: IndexReader, segmenter: Segmenter) -> None:
        self._reader, self._segmenter = reader, segmenter
        # A thousand changes take longer than a search may.
        self._client = reader.access.client.options(request_timeout=_WRITE_TIMEOUT_S)

    def write(self, changes: Sequence[ChangedProduct], sequence: int, layout: Layout) -> IndexState:
        """Write changes of different products up to a number, make them visible, and return the state.

        Parameters
        ----------
        changes
            Where texts are None, what was learned of them is read from the index.
        sequence
            The number of the last change.
        layout
            Of the index before them.
        """
        for start in range(0, len(changes), _WRITTEN_AT_ONCE):
            batch = changes[start : start + _WRITTEN_AT_ONCE]
            layout = self._write(batch, sequence, layout)
        state = IndexState(sequence, replace(layout, mean_rating=self._mean_rating()))
        self._send([bulk_lines(STATE_ID, state_source(state), sequence + 1)])
        return state

    def _write(self, changes: Sequence[ChangedProduct], sequence: int, layout: Layout) -> Layout:
        sources = self._sources(changes)
        variants = self._variants(changes, sources)
        version = sequence + 1
        items = []
        for change in changes:
            if change.product is None:
                items.append(deletion_lines(change.product_id, version))
            else:
                items.append(bulk_lines(change.product_id, sources[change.product_id], version))
        for key, of_group in variants.items():
            document_id = group_document_id(key)
            if of_group:
                items.append(bulk_lines(document_id, group_source(key, of_group), version))
            else:
                items.append(deletion_lines(document_id, version))
        self._send(items, refresh=True)
        differing = {name for of_group in variants.values() for name in differing_facets(of_group)}
        return replace(
            layout,
            has_changed=True,
            has_variants=layout.has_variants or any(len(of_group) > 1 for of_group in variants.values()),
            shared_facets=tuple(name for name in layout.shared_facets if name not in differing),
            has_offers=layout.has_offers
            or any(change.product is not None and has_offer_times(change.product) for change in changes),
        )

    def _sources(self, changes: Sequence[ChangedProduct]) -> dict[str, Source]:
        """Return the sources of the documents of all products that are there."""
        held = self._learned(
            [
                one.product_id
                for one in changes
                if one.product is not None and (one.texts is None or one.texts.types is None)
            ]
        )
        sources = {}
        for product_id, product, texts in changes:
            if product is not None:
                before = held.get(product_id, NO_TEXTS)
                learned = texts or before
                types = before.types if learned.types is None else learned.types
                sources[product_id] = self._source(product, replace(learned, types=types))
        return sources

    def _source(self, product: Product, texts: SearchedTexts) -> Source:
        source = document_source(product, texts.title_vector, texts.description_vector, self._segmenter)
        for name in _VECTORS:
            if name in source:
                source[f"{CHANGED}{name}"] = source.pop(name)
        return with_learned(source, texts.types or (), texts.facts)

    def _learned(self, product_ids: Sequence[str]) -> dict[str, SearchedTexts]:
        """Return what was learned of these products when their texts last changed."""
        if not product_ids:
            return {}
        body = {
            **IDS_ONLY,
            "docvalue_fields": [*_LEARNED, *_VECTOR_FIELDS],
            "query": {"bool": {"filter": [{"terms": {"product_id": list(product_ids)}}]}},
            "size": len(product_ids),
            "track_total_hits": False,
        }
        [response] = self._reader.search([body])
        return {responses.product_id(hit): _texts(hit["fields"]) for hit in responses.hits(response)}

    def _variants(
        self, changes: Sequence[ChangedProduct], sources: Mapping[str, Source]
    ) -> dict[str, list[Source]]:
        """Return the variants of each group that a changed product is of now, or was; none: it is gone."""
        ids = [change.product_id for change in changes]
        variants: dict[str, list[Source]] = {key: [] for key in self._groups_with(ids)}
        for change in changes:
            if change.product is not None and change.product.status == "on":
                fields = variant_fields(sources[change.product_id])
                variants.setdefault(group_key(change.product), []).append(fields)
        for product, texts in self._others(list(variants), set(ids)):
            variants[group_key(product)].append(variant_fields(self._source(product, texts)))
        return variants

    def _groups_with(self, product_ids: Sequence[str]) -> list[str]:
        """Return the groups whose documents hold one of these products."""
        holding = {"terms": {"variants.product_id": list(product_ids)}}
        body = {
            **IDS_ONLY,
            "docvalue_fields": ["group"],
            "query": {"nested": {"path": "variants", "query": holding, "score_mode": "none"}},
            "size": len(product_ids),
            "track_total_hits": False,
        }
        [response] = self._reader.search([body])
        return [hit["fields"]["group"][0] for hit in responses.hits(response)]

    def _others(
        self, groups: Sequence[str], changed_ids: set[str]
    ) -> Iterator[tuple[Product, SearchedTexts]]:
        """Yield the variants of groups that did not change, with their types and facts."""
        # A product of no group is the only one of its own.
        shared = [key for key in groups if key.startswith("group:")]
        if not shared:
            return
        body: Body = {
            "docvalue_fields": _LEARNED,
            "query": {
                "bool": {
                    "filter": [{"terms": {"group": shared}}],
                    "must_not": [{"term": {"filter.off": True}}],
                }
            },
            "sort": [BY_ID],
            "size": _READ_AT_ONCE,
            "track_total_hits": False,
        }
        while True:
            [response] = self._reader.search([body])
            found = responses.hits(response)
            for hit in found:
                if responses.product_id(hit) not in changed_ids:
                    yield product_from_json(hit["_source"]["product"]), _texts(hit["fields"])
            if len(found) < _READ_AT_ONCE:
                return
            body = {**body, "search_after": [responses.product_id(found[-1])]}

    def _mean_rating(self) -> float:
        [response] = self._reader.search([mean_rating_body()])
        sums = response["aggregations"]
        reviews = sums["reviews"]["value"]
        return float(sums["sum"]["value"] / reviews) if reviews else 0.0

    def _send(self, items: Sequence[list[bytes]], *, refresh: bool = False) -> None:
        access = self._reader.access
        with access.translate_errors():
            response = self._client.bulk(
                index=documents_alias(self._reader.index),
                operations=[line for item in items for line in item],  # type: ignore[misc]
                require_alias=True,
                refresh=refresh,
                filter_path="errors,items.*._id,items.*.status,items.*.error",
            )
        if not response["errors"]:
            return
        for item in response["items"]:
            outcome = next(iter(item.values()))
            if "error" not in outcome or outcome["status"] == _CONFLICT:
                # A conflict: who took over has written a later state already.
                continue
            if outcome["status"] in (_FORBIDDEN, _NOT_FOUND, 429) or outcome["status"] >= 500:
                # Not for what it says: an index that may not be written now, or an account that may not.
                raise access.failure_of(outcome["status"], outcome)
            # It would be refused again, and hold up all later changes.
            log.error(
                "Elasticsearch at %s refused a change of %r (%s); it stays as it was",
                access.address, outcome["_id"], reason(outcome["error"]),
            )  # fmt: skip


def _texts(fields: Mapping[str, Any]) -> SearchedTexts:
    """Return what was learned, from the columns of a document."""
    main = fields.get("main_type", [])
    others = [name for name in fields.get("filter.type", []) if name not in main]
    vectors: list[Vector | None] = []
    for name in _VECTORS:
        held = fields.get(name) or fields.get(f"{CHANGED}{name}")
        vectors.append(np.array(held, np.float32).reshape(-1) if held else None)
    return SearchedTexts(vectors[0], vectors[1], [*main, *others], fields.get("filter.fact", []))
