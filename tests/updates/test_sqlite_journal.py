"""The journal of changes, alone and between processes."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from shangsou.errors import UpdatesUnavailable
from shangsou.updates.operation import Operation
from shangsou.updates.sqlite_journal import SqliteJournal

OPERATIONS = [Operation("patch", f"p{number}", {"stock": number}) for number in range(3)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(tmp_path / "updates" / "changes.sqlite3")
    yield opened
    opened.close()


def append(journal: SqliteJournal, *operations: Operation, after: int = 0) -> int:
    with journal.writing() as writer:
        return writer.append(operations, after)


def test_changes_are_numbered_and_read_in_their_order(journal: SqliteJournal) -> None:
    assert (journal.last_sequence(), journal.after(0)) == (0, [])
    assert append(journal, *OPERATIONS) == 3
    assert journal.last_sequence() == 3
    assert [change.operation for change in journal.after(0)] == OPERATIONS
    assert [change.sequence for change in journal.after(1)] == [2, 3]


def test_another_process_reads_on_from_its_own(journal: SqliteJournal) -> None:
    follower = SqliteJournal(journal.path)
    append(journal, OPERATIONS[0])
    assert [change.sequence for change in follower.after(0)] == [1]
    append(journal, OPERATIONS[1])
    assert [change.sequence for change in follower.after(1)] == [2]
    follower.close()


def test_numbers_count_on_when_old_changes_are_forgotten(journal: SqliteJournal) -> None:
    append(journal, *OPERATIONS)
    journal.prune(3)
    assert (journal.last_sequence(), journal.after(0)) == (3, [])
    assert append(journal, OPERATIONS[0]) == 4


def test_a_journal_that_was_lost_begins_behind_what_the_index_holds(journal: SqliteJournal) -> None:
    assert append(journal, OPERATIONS[0], after=70) == 71
    assert append(journal, OPERATIONS[0], after=70) == 72


def test_what_is_appended_before_an_error_is_not_kept(journal: SqliteJournal) -> None:
    append(journal, OPERATIONS[0])
    with pytest.raises(ZeroDivisionError):
        _append_and_fail(journal)
    assert journal.last_sequence() == 1


def _append_and_fail(journal: SqliteJournal) -> None:
    with journal.writing() as writer:
        writer.append(OPERATIONS)
        raise ZeroDivisionError


def test_a_journal_cut_off_is_refused_in_words_and_named(journal: SqliteJournal) -> None:
    append(journal, *[Operation("patch", f"p{number}", {"title": "杯" * 300}) for number in range(200)])
    journal.close()
    with sqlite3.connect(journal.path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UpdatesUnavailable, match="damaged; restore it from a backup"):
        journal.after(0)


def test_a_change_whose_bytes_are_others_is_refused_in_words(journal: SqliteJournal) -> None:
    append(journal, OPERATIONS[0])
    journal.close()
    with sqlite3.connect(journal.path) as database:
        database.execute("UPDATE changes SET fields = '{' || fields")
    with pytest.raises(UpdatesUnavailable, match="is damaged"):
        journal.after(0)


def test_a_journal_of_another_version_is_refused(journal: SqliteJournal) -> None:
    append(journal, OPERATIONS[0])
    journal.close()
    with sqlite3.connect(journal.path) as database:
        database.execute("PRAGMA user_version = 9")
    with pytest.raises(UpdatesUnavailable, match="format 9"):
        journal.last_sequence()


_WRITER = """
import sys
from pathlib import Path
from shangsou.updates.sqlite_journal import SqliteJournal
from shangsou.updates.operation import Operation
journal = SqliteJournal(Path(sys.argv[1]))
number = 0
while True:
    batch = [Operation("patch", f"{sys.argv[2]}-{number}-{part}", {"stock": number}) for part in range(5)]
    with journal.writing() as writer:
        writer.append(batch)
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("seed", range(8))
def test_a_writer_killed_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half_done(
    journal: SqliteJournal, seed: int
) -> None:
    rng = Random(seed)
    for life in range(3):
        command = [sys.executable, "-c", _WRITER, str(journal.path), str(life)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        last = -1
        for _ in range(rng.randrange(1, 12)):
            last = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = [last, *map(int, process.stdout.read().split())]
        process.wait()
        process.stdout.close()
        written = [
            change.operation.product_id.split("-")
            for change in journal.after(0)
            if change.operation.product_id.startswith(f"{life}-")
        ]
        numbers = sorted({int(number) for _, number, _ in written})
        assert numbers == list(range(len(numbers)))
        assert max(acknowledged) <= numbers[-1]
        assert len(written) == 5 * len(numbers)
