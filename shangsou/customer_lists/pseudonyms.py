"""Pseudonyms of customers: the same for an id in every list of a home, and of no use without its key."""

import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from shangsou.atomic_files import sync

_KEY = "key"
_KEY_BYTES = 32
# 80 bits: of a million customers two have the same with a probability of 1 in 2e12.
_LENGTH = 20
PSEUDONYM = re.compile(rf"[0-9a-f]{{{_LENGTH}}}")
# 64 bits tell the keys of all shops apart.
_KEY_ID_LENGTH = 16


class Pseudonyms:
    """HMAC-SHA256 of ids, with a secret key that the home makes once. Methods raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key: bytes | None = None

    def of(self, customer_id: str) -> str:
        """Return the pseudonym of a customer."""
        return self._hash("customer", customer_id)[:_LENGTH]

    def key_id(self) -> str:
        """Return what tells this key from others, and tells nothing else about it."""
        return self._hash("key", "")[:_KEY_ID_LENGTH]

    def _hash(self, purpose: str, text: str) -> str:
        if self._key is None:
            self._key = self._read_key()
        message = f"{purpose}\n{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def _read_key(self) -> bytes:
        path = self._folder / _KEY
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            own = path.with_name(f"{_KEY}.{secrets.token_hex(8)}")
            own.touch(0o600, exist_ok=False)
            try:
                own.write_bytes(secrets.token_bytes(_KEY_BYTES))
                sync(own)
                # Complete at once; of several processes the first one's counts.
                with suppress(FileExistsError):
                    os.link(own, path)
                sync(self._folder)
            finally:
                own.unlink()
        return path.read_bytes()
