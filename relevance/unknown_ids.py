"""Ids of another engine that the index does not know: its hits cannot be compared with ours."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from relevance.judgements import Query
from relevance.other_engine import OtherEngine
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from shangsou.search.service.searcher import Searcher

# Ids asked for at once; Elasticsearch answers no more than 10,000 in one go.
_BATCH_SIZE = 1_000


def refuse_unknown_ids(
    engine: OtherEngine,
    found: Mapping[str, Sequence[Hit]],
    queries: Sequence[Query],
    searcher: "Searcher",
) -> None:
    """Raise `UnusableInput` where the index has none of the products that another engine found.

    The message names fields of a hit whose values are ids of the index. Without an index nothing is checked.
    """
    ids = list(dict.fromkeys(hit.product_id for hits in found.values() for hit in hits))
    batches = (ids[start : start + _BATCH_SIZE] for start in range(0, len(ids), _BATCH_SIZE))
    if not ids or searcher.generation() is None or any(searcher.stored(batch) for batch in batches):
        return
    answered = next(query for query in queries if found.get(query.qid))
    fields = engine.hit_fields(answered.text)
    known = searcher.stored(list(dict.fromkeys(fields.values()))[:_BATCH_SIZE])
    others = [path for path, value in fields.items() if value in known]
    hint = (
        f"in its hits {' and '.join(others)} holds ids of the index: write it as id"
        if others
        else f"is this the index of the same catalog? A hit has the fields {', '.join(fields)}"
    )
    raise UnusableInput(
        f"none of the {quantity(len(ids), 'id')} that {engine.shown_url} answered, as {ids[0]!r} in "
        f"{engine.id}, is in the index; {hint}"
    )
