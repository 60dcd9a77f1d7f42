"""`python -m tests.behaviour.insertion_program FILE NAME BATCHES` adds events, and prints each batch kept."""

import sys
from pathlib import Path

from shangsou.behaviour.sqlite.store import SqliteEventStore
from tests.fixtures.behaviour import event

BATCH = 10


def main(path: str, name: str, batches: int) -> None:
    store = SqliteEventStore(Path(path))
    for batch in range(batches):
        store.add(
            [
                event(user="u", product=name, minute=batch, event_id=f"{name} {batch} {number}")
                for number in range(BATCH)
            ]
        )
        print(batch, flush=True)  # noqa: T201
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
