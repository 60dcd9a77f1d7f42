"""When old events may be removed: not by a clock that has just jumped."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangsou.atomic_files import atomic_replace

# A clock that was set wrong is mostly noticed within a day, by logs and certificates.
_STEADY = timedelta(days=1)
# Looks are hours apart; a server that was off for longer looks as a clock that jumped does, and waits a day.
_MAX_GAP = timedelta(days=2)


def clock_file(home: Path) -> Path:
    """Return the file in which the server of a home keeps when it looked at the clock."""
    return home / "events" / "clock.json"


class RetentionClock:
    """Trusts the clock once it has run for a day without a jump, across restarts.

    Parameters
    ----------
    path
        File in which it keeps when it looked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_trusted(self, now: datetime) -> bool:
        """Look at the clock, and return whether what it calls old may be removed."""
        steady_since, seen = self._read()
        if not seen <= now <= seen + _MAX_GAP:
            steady_since = now
        # A full disk is what removing old events makes room on.
        with suppress(OSError):
            self._write(steady_since, now)
        return now - steady_since >= _STEADY

    def _read(self) -> tuple[datetime, datetime]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            return datetime.fromisoformat(kept["steady_since"]), datetime.fromisoformat(kept["seen"])
        except (OSError, ValueError, KeyError, TypeError):
            # None yet, or damaged: as after a jump.
            never = datetime.min.replace(tzinfo=UTC)
            return never, never

    def _write(self, steady_since: datetime, seen: datetime) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = self._path.with_name(f"{self._path.name}.new")
        kept = {"steady_since": steady_since.isoformat(), "seen": seen.isoformat()}
        temporary.write_text(json.dumps(kept), "utf-8")
        atomic_replace(temporary, self._path)
