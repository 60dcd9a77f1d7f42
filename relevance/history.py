"""Histories of evaluations, comparisons and suites: a line of JSON each, in one folder."""

import fcntl
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Literal

from relevance.judgements import Qrels, Query
from relevance.provenance import Provenance, provenance_from_json, provenance_to_json
from relevance.reason import Reason
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.text.plurals import quantity

FILE_NAME = "history.jsonl"
Command = Literal["evaluate", "compare", "suite"]
COMMAND_NAMES: Mapping[Command, str] = {"evaluate": "评测", "compare": "排序对比", "suite": "搜索用例"}
"""In Chinese, in the order of the page."""
CHINESE_NAMES = {"mean of sets": "各集平均", "passed": "通过率"}
"""Of sets and measures that are ours; others stay as they are."""
# What an entry is held against: so many before it. One odd night is no base line.
_WINDOW = 10
# A drift, beside the median of those before. A figure of a set, and the share of searches without a match: as
# much as `evaluate compare` sees in some hundred queries. Times vary with the machine.
_MAX_FALL, _MAX_RISE_EMPTY, MAX_SLOWER = 0.02, 0.02, 1.5
# Milliseconds below which times are noise.
_MIN_SLOW_MS = 20.0


class Drifted(ShangsouError):
    """What was measured last is worse than what was before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one command measured."""

    command: Command
    provenance: Provenance
    figures: Mapping[str, Mapping[str, float]]
    """By set, or name of a suite, and measure."""
    empty_share: float | None = None
    """Share of the searches that nothing matches; None where none were made."""
    p50_ms: float | None = None
    p95_ms: float | None = None
    reasons: tuple[Reason, ...] | None = None
    """Why a gate closed, or which cases failed; None where nothing was to pass."""
    judged: str = ""
    """What it was measured on, as `judged_on`; empty where that is not known, or the figures name it."""


def judged_on(queries: Sequence[Query], qrels: Qrels) -> str:
    """Return a short name for queries and judgements: their number and a hash of their content."""
    content = sorted(
        (query.qid, query.set, query.text, sorted(qrels.get(query.qid, {}).items())) for query in queries
    )
    digest = blake2b(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"), digest_size=4)
    return f"{quantity(len(content), 'query')} {digest.hexdigest()}"


def latency(took_ms: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the median and the 95th percentile of times; None of none."""
    if not took_ms:
        return None, None
    if len(took_ms) == 1:
        return took_ms[0], took_ms[0]
    return round(median(took_ms), 2), round(quantiles(took_ms, n=20, method="inclusive")[-1], 2)


def append_entry(folder: Path, entry: Entry) -> None:
    """Add an entry to the history in a folder, which is made if missing; raises `UnusableInput`."""
    payload = {
        "command": entry.command,
        **provenance_to_json(entry.provenance),
        "figures": {name: dict(values) for name, values in entry.figures.items()},
        "empty_share": entry.empty_share,
        "p50_ms": entry.p50_ms,
        "p95_ms": entry.p95_ms,
        "judged": entry.judged,
        "reasons": None if entry.reasons is None else [reason._asdict() for reason in entry.reasons],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE_NAME).open("ab") as file:
            # Nights of several branches may end at once.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(payload, ensure_ascii=False).encode() + b"\n")
    except OSError as reason:
        raise UnusableInput(f"{folder}: cannot be written ({reason.strerror}); name another folder") from None


def read_history(folder: Path) -> list[Entry]:
    """Return the entries of a folder, oldest first; raises `UnusableInput` that names a line that is none."""
    path = folder / FILE_NAME
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as reason:
        problem = getattr(reason, "strerror", None) or "no UTF-8"
        raise UnusableInput(f"{path}: cannot be read ({problem}); check the folder") from None
    entries = []
    for number, line in enumerate(lines, start=1):
        try:
            entries.append(_from_json(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UnusableInput(f"{path}:{number} is no entry of a history; remove the line") from None
    return entries


def find_drift(entries: Sequence[Entry], max_slower: float = MAX_SLOWER) -> list[Reason]:
    """Return what of the last entry of each command is worse than the median of up to ten before it.

    Only entries over the same queries and judgements are held against each other. Times count as worse beyond
    `max_slower` times as long.
    """
    found = []
    for command in dict.fromkeys(entry.command for entry in entries):
        *before, last = [entry for entry in entries if entry.command == command]
        found += [
            Reason(f"{command}: {reason.text}", f"{COMMAND_NAMES[command]}：{reason.chinese}")
            for reason in _drift(last, [one for one in before if one.judged == last.judged], max_slower)
        ]
    return found


def _drift(last: Entry, before: Sequence[Entry], max_slower: float) -> list[Reason]:
    before, found = before[-_WINDOW:], []
    for name, values in last.figures.items():
        for measure, value in values.items():
            past = [
                entry.figures[name][measure] for entry in before if measure in entry.figures.get(name, {})
            ]
            if past and median(past) - value > _MAX_FALL:
                shown = f"{CHINESE_NAMES.get(name, name)} 的 {CHINESE_NAMES.get(measure, measure)}"
                found.append(
                    Reason(
                        f"{measure} of {name} is {value:.3f}, was {median(past):.3f}",
                        f"{shown} 为 {value:.3f}，以往 {median(past):.3f}",
                    )
                )
    empty = [entry.empty_share for entry in before if entry.empty_share is not None]
    if empty and last.empty_share is not None and last.empty_share - median(empty) > _MAX_RISE_EMPTY:
        found.append(
            Reason(
                f"{last.empty_share:.1%} of the searches find nothing, it was {median(empty):.1%}",
                f"没有结果的搜索占 {last.empty_share:.1%}，以往 {median(empty):.1%}",
            )
        )
    slow = [entry.p95_ms for entry in before if entry.p95_ms is not None]
    if slow and last.p95_ms is not None and last.p95_ms > max(_MIN_SLOW_MS, max_slower * median(slow)):
        found.append(
            Reason(
                f"the 95th percentile of times is {last.p95_ms:.0f} ms, was {median(slow):.0f} ms",
                f"95% 的搜索不超过 {last.p95_ms:.0f} 毫秒，以往 {median(slow):.0f} 毫秒",
            )
        )
    return found


def _from_json(payload: Mapping[str, Any]) -> Entry:
    reasons = payload["reasons"]
    names = ("at", "commit", "generation", "ranking", "settings")
    return Entry(
        payload["command"],
        provenance_from_json({name: payload[name] for name in names}),
        {name: dict(values) for name, values in payload["figures"].items()},
        payload.get("empty_share"),
        payload.get("p50_ms"),
        payload.get("p95_ms"),
        None if reasons is None else tuple(Reason(one["text"], one["chinese"]) for one in reasons),
        payload.get("judged", ""),
    )
