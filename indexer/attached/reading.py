"""One reading of a merchant's index: the documents of one moment, or those that changed since another."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from indexer.attached.deleted_flag import is_deleted
from indexer.attached.follow_field import FollowField
from indexer.attached.source import Source
from indexer.attached.spool import Spool
from indexer.attached.state import AttachedState, Choices
from shangsou.engines.elastic.point_in_time import PointInTime, PointInTimeLost
from shangsou.errors import EngineUnavailable, UnusableInput
from shangsou.reading.archives import Workspace

PassKind = Literal["index", "full", "changes"]
# A node that restarts loses the moment once; a cluster that loses it again and again is at work on something.
_ATTEMPTS = 3


@dataclass(slots=True)
class Reading:
    """What one reading found."""

    kind: PassKind
    """`index`: a new index is made of all documents; `full`: all are compared with it; else `changes`."""
    reason: str
    """Why all documents are read although only changes were asked for; empty otherwise."""
    indices: Mapping[str, str]
    documents: Spool
    deleted: Spool
    """Documents that are marked as deleted."""
    began_at: float = 0.0
    last: float | None = None
    """The greatest value of the followed field; None where none is followed, or no document has it."""
    without: int = 0
    """Documents without a value in it."""
    unreadable_marks: int = 0
    """Documents whose mark cannot be read; they count as there."""
    unreadable_mark: str = ""
    """The address of one of them."""

    def clear(self) -> None:
        """Forget all documents."""
        self.documents.clear()
        self.deleted.clear()
        self.unreadable_marks, self.unreadable_mark = 0, ""


def read_source(
    source: Source,
    state: AttachedState | None,
    choices: Choices,
    *,
    full: bool,
    progress: Callable[[int], None],
) -> Reading:
    """Return the documents of a source that the next pass needs, as they were at one moment.

    Parameters
    ----------
    source
        The index.
    state
        What the pass before left; None for the first.
    choices
        How documents are read.
    full
        Whether all of them are wanted.
    progress
        Called with the number of documents read.

    Raises
    ------
    UnusableInput
        The index or the field is not there, or may not be read.
    EngineUnavailable
        Elasticsearch does not answer, or has lost the moment again and again.
    """
    indices = source.indices()
    followed = source.follow_field(choices.follow) if choices.follow else None
    workspace = Workspace()
    kind, reason = _kind(state, choices, indices, full=full)
    reading = Reading(kind, reason, indices, Spool(workspace, "documents"), Spool(workspace, "deleted"))
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            reading.began_at = time.time()
            with source.reading() as moment:
                for hits in moment.pages(_query(moment, reading, state, followed)):
                    _keep(hits, reading, choices.deleted)
                    progress(len(reading.documents) + len(reading.deleted))
        except PointInTimeLost as problem:
            reading.clear()
            if attempt == _ATTEMPTS:
                raise EngineUnavailable(f"{problem} ({attempt} attempts); nothing was changed") from problem
        else:
            break
    is_known = state is not None and state.last is not None and state.choices.follow == choices.follow
    if choices.follow and reading.last is None and not is_known:
        raise UnusableInput(
            f"--follow {choices.follow}: no document of {source.label} has a value in it; name a field that "
            "each change of a document sets"
        )
    return reading


def _kind(
    state: AttachedState | None, choices: Choices, indices: Mapping[str, str], *, full: bool
) -> tuple[PassKind, str]:
    """Return what the next pass is, and why it reads more than asked for."""
    if state is None or not (choices.follow or full):
        return "index", ""
    if full:
        return "full", ""
    if state.choices != choices:
        return "full", "the map, the fields or the currency have changed"
    if state.last is None:
        return "full", "no value was seen before"
    if state.indices != indices:
        return "full", f"{choices.follow} is of other indices now"
    return "changes", ""


def _query(
    moment: PointInTime, reading: Reading, state: AttachedState | None, followed: FollowField | None
) -> Mapping[str, Any]:
    """Return the query for the documents to read, once it is known how far the followed field has come."""
    if followed:
        reading.last = _greatest(moment, followed)
        reading.without = _count(moment, followed.without_value())
    if reading.kind == "changes" and followed and state is not None and state.last is not None:
        return _changes_query(reading, followed, state, state.last)
    return {"match_all": {}}


def _changes_query(
    reading: Reading, followed: FollowField, state: AttachedState, last: float
) -> Mapping[str, Any]:
    """Return the query for what changed since; turns the reading into a full one where that is not enough."""
    if reading.last is not None and reading.last < last:
        reading.kind, reading.reason = "full", f"{followed.name} is lower than it was"
    elif state.complete_one_another and reading.last != last:
        reading.kind, reading.reason = "full", "documents of this index complete one another"
    elif state.complete_one_another or reading.last is None:
        return {"match_none": {}}
    if reading.kind == "full":
        return {"match_all": {}}
    return followed.from_value(followed.before(followed.until(last, state.read_at)))


def _greatest(moment: PointInTime, followed: FollowField) -> float | None:
    response = moment.search(
        query={"exists": {"field": followed.name}},
        sort=followed.greatest_first(),
        size=1,
        source=False,
        track_total_hits=False,
    )
    hits = response["hits"]["hits"]
    return hits[0]["sort"][0] if hits else None


def _count(moment: PointInTime, query: Mapping[str, Any]) -> int:
    return int(moment.search(query=query, size=0, track_total_hits=True)["hits"]["total"]["value"])


def _keep(hits: Sequence[Mapping[str, Any]], reading: Reading, flag: str | None) -> None:
    """Keep a page of documents, those that are marked as deleted by themselves."""
    for hit in hits:
        if "_source" not in hit:
            raise UnusableInput(
                f"{hit['_index']} keeps no _source of its documents, so that they cannot be read; index the "
                "shop's own export with shangsou index FILE"
            )
    if flag is None:
        reading.documents.add(hits)
        return
    marks = [is_deleted(hit["_source"], flag) for hit in hits]
    for hit, mark in zip(hits, marks, strict=True):
        if mark is None:
            reading.unreadable_marks += 1
            reading.unreadable_mark = f"{hit['_index']}/_doc/{hit['_id']}"
    reading.documents.add(hit for hit, mark in zip(hits, marks, strict=True) if not mark)
    reading.deleted.add(hit for hit, mark in zip(hits, marks, strict=True) if mark)
