"""`python -m tests.behaviour.sqlite.insertion_program FILE NAME BATCHES` adds events, printing each batch."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangsou.behaviour.event import CLICK, Event
from shangsou.behaviour.sqlite.store import SqliteEventStore

BATCH = 10
_NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def main(path: str, name: str, batches: int) -> None:
    store = SqliteEventStore(Path(path))
    for batch in range(batches):
        at = _NOON + timedelta(minutes=batch)
        ids = [f"{name} {batch} {number}" for number in range(BATCH)]
        store.add([Event(event_id, CLICK, at, "u", "", "", "", name) for event_id in ids])
        print(batch, flush=True)  # noqa: T201
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
