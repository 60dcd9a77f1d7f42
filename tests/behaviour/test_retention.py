"""A clock that jumps removes nothing."""

import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangsou.behaviour.retention import RetentionClock

START = datetime(2026, 11, 1, tzinfo=UTC)
HOURS = timedelta(hours=6)
YEAR = timedelta(days=365)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events" / "clock.json"


def trusted(path: Path, *moments: datetime) -> list[bool]:
    """Look at each moment, with a program that was started anew."""
    return [RetentionClock(path).is_trusted(moment) for moment in moments]


def test_a_clock_is_trusted_after_a_day_whatever_is_restarted_meanwhile(path: Path):
    moments = [START + number * HOURS for number in range(6)]
    assert trusted(path, *moments) == [False, False, False, False, True, True]


@pytest.mark.parametrize("jump", [YEAR, -YEAR, timedelta(days=3)], ids=str)
def test_a_jump_and_the_jump_back_remove_nothing_for_a_day(path: Path, jump: timedelta):
    assert trusted(path, *(START + number * HOURS for number in range(5)))[-1] is True
    after = START + 5 * HOURS
    assert trusted(path, after + jump, after + jump + HOURS) == [False, False]
    back = after + 2 * HOURS
    assert trusted(path, *(back + number * HOURS for number in range(5))) == [False] * 4 + [True]


def test_a_weekend_without_a_server_is_no_jump(path: Path):
    trusted(path, *(START + number * HOURS for number in range(5)))
    assert trusted(path, START + 4 * HOURS + timedelta(days=2)) == [True]


def test_a_disk_that_takes_no_more_keeps_no_old_events(path: Path, monkeypatch: pytest.MonkeyPatch):
    trusted(path, *(START + number * HOURS for number in range(5)))

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shangsou.behaviour.retention.atomic_replace", refuse)
    assert trusted(path, START + 5 * HOURS) == [True]


@pytest.mark.parametrize("kept", ["", "[]", '{"seen": 1}', '{"seen": "2026"}'])
def test_a_damaged_file_counts_as_a_jump(path: Path, kept: str):
    path.parent.mkdir()
    path.write_text(kept)
    assert trusted(path, START, START + timedelta(days=1)) == [False, True]
