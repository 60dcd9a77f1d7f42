"""The audit log: who changed or erased what, a line of JSON each, beside the index.

Lines are appended and never changed. Ids of shoppers and addresses stand in it as hashes with a salt of the
home: one can be looked for by whoever knows it, and is told by nobody who does not.
"""

import fcntl
import getpass
import hashlib
import hmac
import json
import logging
import os
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FOLDER, FILE_NAME = "audit", "audit.jsonl"
_SALT, _LOCK = "salt", "lock"
_SALT_BYTES = 32
# 64 bits: enough to tell apart the shoppers of any shop.
_HASH_LENGTH = 16
# Some 50,000 lines a file, and as many files as a year of a busy shop fills.
_MAX_BYTES = 10_000_000
_MAX_FILES = 20

# Line ends of Unicode, which JSON leaves as they are: one line an entry for every reader.
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}

log = logging.getLogger(__name__)


class AuditLog:
    """Appends to the audit log of a home. Safe for many threads and processes."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._salt: bytes | None = None
        self._lock = threading.Lock()

    def write(  # noqa: PLR0913 - what a line holds
        self,
        who: str,
        action: str,
        outcome: str = "done",
        *,
        address: str = "",
        subject: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Append a line; where that cannot be done, the program's log says so, and what it tells of goes on.

        Parameters
        ----------
        who
            The name of a key, or a user of this machine.
        action
            As `products.batch` or `key.revoke`.
        outcome
            `done`, `failed` or `refused`.
        address, subject
            Of the client, and whom it was about: written as hashes.
        details
            Counts and names; no ids of shoppers, no queries.
        """
        try:
            with self._lock:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                line = {
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "who": who,
                    "action": action,
                    "outcome": outcome,
                    **({"address": self._hash(address)} if address else {}),
                    **({"subject": self._hash(subject)} if subject else {}),
                    **(details or {}),
                }
                self._append(
                    json.dumps(line, ensure_ascii=False)
                    .translate(_LINE_ENDS)
                    .encode("utf-8", "backslashreplace")
                    + b"\n"
                )
        except OSError as problem:
            log.error("the audit log lacks that %s did %s (%s): %s", who, action, outcome, problem.strerror)

    def write_of_program(self, action: str, outcome: str = "done", **details: object) -> None:
        """Append a line of what a user of this machine did with the program."""
        self.write(f"program of {getpass.getuser()}", action, outcome, details=details)

    def hash_of(self, text: str) -> str:
        """Return what stands for an id or an address in this log, to look for it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._hash(text)

    def _append(self, line: bytes) -> None:
        path = self._folder / FILE_NAME
        with (self._folder / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists() and path.stat().st_size + len(line) > _MAX_BYTES:
                self._rotate(path)
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)

    def _rotate(self, path: Path) -> None:
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        path.rename(path.with_name(f"audit-{now}.jsonl"))
        full = sorted(self._folder.glob("audit-*.jsonl"))
        for oldest in full[: max(0, len(full) - _MAX_FILES)]:
            oldest.unlink(missing_ok=True)

    def _hash(self, text: str) -> str:
        if self._salt is None:
            self._salt = self._read_salt()
        message = text.encode("utf-8", "surrogatepass")
        return hmac.new(self._salt, message, hashlib.sha256).hexdigest()[:_HASH_LENGTH]

    def _read_salt(self) -> bytes:
        path = self._folder / _SALT
        if not path.exists():
            own = path.with_name(f"{_SALT}.{secrets.token_hex(8)}")
            own.touch(0o600, exist_ok=False)
            own.write_bytes(secrets.token_bytes(_SALT_BYTES))
            try:
                # Complete at once; of several processes the first one's counts.
                with suppress(FileExistsError):
                    os.link(own, path)
            finally:
                own.unlink()
        return path.read_bytes()
