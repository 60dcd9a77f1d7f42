"""Runs with what a TREC run cannot say: which queries were asked, how deep, and of which ranking.

`RUN.json` stands beside the run `RUN`. A query without hits has no line in a run, so that without the record
one that was asked in vain looks like one that was not asked.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from relevance.judgements import Qrels, Query, has_relevant
from relevance.provenance import UNKNOWN, Provenance, provenance_from_json, provenance_to_json
from relevance.runs import Run, read_run, write_run
from shangsou.errors import UnusableInput

Missing = Literal["refuse", "empty", "common"]
"""What becomes of judged queries that a run lacks: it is refused, they count as without hits, or only what
all runs have is measured."""


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A run, and the queries that it answers."""

    run: Run
    asked: frozenset[str]
    """Ids of the queries, those without hits too."""
    depth: int
    """Most hits of a query."""
    provenance: Provenance = UNKNOWN
    took_ms: tuple[float, ...] = ()
    """Of each search; empty where they are not known."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What was asked under each id; empty where that is not known."""


def write_asked_run(asked_run: AskedRun, path: Path) -> None:
    """Write a run, and its record beside it; raises `UnusableInput` as `write_run`."""
    write_run(asked_run.run, path)
    payload = {
        "run_sha256": _sha256(path),
        "qids": sorted(asked_run.asked),
        "queries": dict(asked_run.texts),
        "depth": asked_run.depth,
        **provenance_to_json(asked_run.provenance),
    }
    record = _record_path(path)
    try:
        record.write_text(json.dumps(payload, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as reason:
        raise UnusableInput(f"{record}: cannot be written ({reason.strerror}); name another file") from None


def read_asked_run(path: Path, queries: Sequence[Query], qrels: Qrels, missing: Missing) -> AskedRun:
    """Read a run of judged queries.

    Raises
    ------
    UnusableInput
        Where it lacks judged queries, unless `missing` says what becomes of them; where its record is of
        another run; where it has none of the queries, or answers another text under the id of one.
    """
    run = read_run(path)
    record = _read_record(path)
    if not run and record is None:
        raise UnusableInput(f"{path}: holds no hits at all; give a TREC run of the same queries")
    # Without judgements every query counts.
    judged = [query.qid for query in queries if not qrels or has_relevant(qrels, query.qid)]
    asked_run = (
        AskedRun(run, frozenset(run), max(map(len, run.values()), default=0))
        if record is None
        else replace(record, run=run)
    )
    if not asked_run.asked.intersection(judged):
        raise UnusableInput(
            f"{path}: none of its qids is among the queries; the first here is "
            f"{next(iter(run), 'missing')!r}, there {queries[0].qid!r}: give a run of the same queries"
        )
    for query in queries:
        asked_text = asked_run.texts.get(query.qid, query.text)
        if asked_text != query.text:
            raise UnusableInput(
                f"{path}: under {query.qid!r} was asked {asked_text!r}, and now it is {query.text!r}; write "
                "the run again, or give a changed query an id of its own"
            )
    absent = [qid for qid in judged if qid not in asked_run.asked]
    if record is None and missing == "empty":
        return AskedRun(run, asked_run.asked | {query.qid for query in queries}, asked_run.depth)
    if absent and missing != "common":
        raise UnusableInput(_absent_message(path, absent, judged, is_known=record is not None))
    return asked_run


def common_queries(queries: Sequence[Query], asked: Collection[frozenset[str]]) -> list[Query]:
    """Return the queries that all runs answer."""
    return [query for query in queries if all(query.qid in one for one in asked)]


def _absent_message(path: Path, absent: Sequence[str], judged: Sequence[str], *, is_known: bool) -> str:
    count = f"{path}: {len(absent)} of {len(judged)} judged queries"
    if is_known:
        return (
            f"{count} were not asked, as {absent[0]!r}: write the run again, or measure what all rankings "
            "answer with --common"
        )
    return (
        f"{count} are not in it, as {absent[0]!r}, and whether they were asked it does not say: give "
        "--missing-is-empty if they found nothing, or --common to measure what all rankings answer"
    )


def _read_record(path: Path) -> AskedRun | None:
    """Return what was asked for a run, without its hits; None where that is not known."""
    record = _record_path(path)
    try:
        payload: dict[str, Any] = json.loads(record.read_text("utf-8"))
        sha256, qids, depth = payload.pop("run_sha256"), payload.pop("qids"), int(payload.pop("depth"))
        texts = {qid: str(text) for qid, text in payload.pop("queries").items()}
        parsed = AskedRun({}, frozenset(map(str, qids)), depth, provenance_from_json(payload), texts=texts)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UnusableInput(
            f"{record} says nothing about {path.name} ({type(problem).__name__}); write the run again, or "
            "remove it to use the run without"
        ) from None
    if sha256 != _sha256(path):
        raise UnusableInput(
            f"{record} is of another run than {path.name}, which has changed; write the run again, or remove "
            "it to use the run without"
        )
    return parsed


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
