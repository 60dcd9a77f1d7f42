"""The keys that a server accepts: those of its file, as it is now, and the one of SHANGSOU_ADMIN_KEY."""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from searchapi.keys import FILE_NAME, Key, has_had_keys, hash_secret, read_keys
from shangsou.errors import UnusableInput
from shangsou.settings import Settings

# The name, in logs, of whoever has SHANGSOU_ADMIN_KEY.
ADMIN_NAME = "SHANGSOU_ADMIN_KEY"
# How often the file is looked at: a key that is revoked ends within two seconds.
_LOOK_EVERY_S = 1.0

log = logging.getLogger(__name__)


class KeyRing:
    """Finds the key of a secret. Safe for many threads."""

    def __init__(self, settings: Settings) -> None:
        self._path = keys_path(settings)
        self._admin = (
            Key(ADMIN_NAME, hash_secret(settings.admin_key), ("admin",), datetime.now(UTC))
            if settings.admin_key
            else None
        )
        self._lock = threading.Lock()
        self._looked_at = -_LOOK_EVERY_S
        self._version: object = None
        # A file that is named is meant to be there.
        self._has_had_file = settings.keys_file is not None
        self._by_hash: Mapping[str, Key] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there never was a key, so that this machine alone is trusted.

        Not where the file cannot be read, is empty, leads nowhere or has gone: then nobody is trusted who
        shows no key.
        """
        self._look()
        return self._admin is None and not self._has_had_file

    def find(self, secret: str) -> Key | None:
        """Return the key of a secret, None where there is none, or it has ended."""
        self._look()
        # Looked up by its hash: how long that takes tells nothing about the secrets.
        sha256 = hash_secret(secret)
        if self._admin is not None and sha256 == self._admin.sha256:
            return self._admin
        key = self._by_hash.get(sha256)
        return key if key is not None and key.is_valid(datetime.now(UTC)) else None

    def _look(self) -> None:
        with self._lock:
            if time.monotonic() - self._looked_at < _LOOK_EVERY_S:
                return
            self._looked_at = time.monotonic()
            version = _version(self._path)
            if version == self._version:
                return
            self._has_had_file |= has_had_keys(self._path)
            try:
                self._by_hash = {key.sha256: key for key in read_keys(self._path)}
            except UnusableInput as problem:
                # Those that were read before count on.
                log.error("%s", problem)
            self._version = version


def keys_path(settings: Settings) -> Path:
    """Return the file of the keys."""
    return Path(settings.keys_file).expanduser() if settings.keys_file else settings.home / FILE_NAME


def _version(path: Path) -> object:
    try:
        status = path.stat()
    except OSError as problem:
        return problem.errno
    return status.st_ino, status.st_mtime_ns, status.st_size
