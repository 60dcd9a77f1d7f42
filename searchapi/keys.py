"""The keys of a server: named, with roles, kept as hashes in a file."""

import fcntl
import hashlib
import json
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from searchapi.key_filters import KeyFilters, check_key_filters
from shangsou.atomic_files import atomic_replace
from shangsou.errors import UnusableInput

Role = Literal["search", "events", "catalog", "judge", "adjudicate", "metrics", "admin"]
"""`search`: search in the name of users; `events`: send them as the shop itself; `catalog`: products,
dictionaries, rules; `judge`: books of judgements; `adjudicate`: decide where judges differ; `metrics`:
/metrics, and why it is not ready; `admin`: all, and what is known of users."""
ROLES: tuple[Role, ...] = get_args(Role)
FILTERED_ROLES: tuple[Role, ...] = ("search",)
"""Those that may be restricted to a part of the catalog: events would count for all of it."""
FILE_NAME = "keys.json"
MAX_NAME_LENGTH = 64
# What the audit log and the limits call those who have no key.
_RESERVED_NAMES = re.compile(r"anybody|this machine|SHANGSOU_ADMIN_KEY|program of.*", re.IGNORECASE)
# What a key begins with, so that scanners of repositories can tell one.
_PREFIX = "shangsou_"
_SECRET_BYTES = 32
# Secrets of one name at a time: the new one, and the one before while clients change over.
_MAX_SECRETS = 2
# Commands that change keys take milliseconds.
_LOCK_TIMEOUT_S, _LOCK_POLL_S = 10.0, 0.02


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without its secret."""

    name: str
    sha256: str
    """Of the secret, in hex. It has 256 random bits, so that nobody can guess it from its hash."""
    roles: tuple[Role, ...]
    created_at: datetime
    expires_at: datetime | None = None
    filters: KeyFilters = field(default_factory=dict, hash=False)
    """What its holder sees of the catalog; empty: everything."""

    def is_valid(self, moment: datetime) -> bool:
        """Return whether it may be used at a moment."""
        return self.expires_at is None or moment < self.expires_at


def hash_secret(secret: str) -> str:
    """Return the hash that a secret is kept as."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def new_key(
    name: str,
    roles: Sequence[Role],
    now: datetime,
    expires_after: timedelta | None = None,
    filters: KeyFilters | None = None,
) -> tuple[Key, str]:
    """Return a key and its secret, which nothing keeps.

    Raises `UnusableInput` for a key with filters and a role that sees beyond them.
    """
    check_filters(roles, filters or {})
    secret = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    expires_at = None if expires_after is None else now + expires_after
    return Key(name, hash_secret(secret), tuple(roles), now, expires_at, filters or {}), secret


def check_name(name: str) -> None:
    """Raise `UnusableInput` for a name that is too long, not printable, or stands for somebody else."""
    if name != name.strip() or not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        raise UnusableInput(
            f"a name has 1 to {MAX_NAME_LENGTH} printable characters and no blank at an end, not {name!r}"
        )
    # Also as it looks in full width, or with other blanks.
    if _RESERVED_NAMES.fullmatch(" ".join(unicodedata.normalize("NFKC", name).split())):
        raise UnusableInput(f"{name!r} stands for callers without a key; give another name")


def check_filters(roles: Sequence[Role], filters: KeyFilters) -> None:
    """Raise `UnusableInput` for filters that are none, or beside a role that sees beyond them."""
    check_key_filters(filters)
    beyond = [role for role in roles if role not in FILTERED_ROLES]
    if filters and beyond:
        raise UnusableInput(
            f"a key with filters cannot have the role {beyond[0]}, which is of all products; make another "
            "key for it"
        )


def rotate(keys: Sequence[Key], name: str, now: datetime, overlap: timedelta) -> tuple[list[Key], str]:
    """Return the keys with a new secret for a name, and this secret; the one before ends after `overlap`.

    Raises `UnusableInput` where there is no key of this name, or two secrets are valid already.
    """
    valid = [key for key in keys if key.name == name and key.is_valid(now)]
    if not valid:
        raise UnusableInput(f'there is no valid key "{name}"; see "shangsou key list"')
    if len(valid) == _MAX_SECRETS:
        raise UnusableInput(
            f'"{name}" has {_MAX_SECRETS} valid secrets already; wait until the older one ends, or revoke it'
        )
    [before] = valid
    lifetime = None if before.expires_at is None else before.expires_at - before.created_at
    key, secret = new_key(name, before.roles, now, lifetime, before.filters)
    ends = now + overlap if before.expires_at is None else min(before.expires_at, now + overlap)
    others = [other for other in keys if other is not before]
    return [*others, replace(before, expires_at=ends), key], secret


def read_keys(path: Path) -> list[Key]:
    """Return the keys in a file, none where there is no file; raises `UnusableInput`."""
    try:
        payload = json.loads(path.read_text("utf-8"))
        return [_key_from_json(entry) for entry in payload["keys"]]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, KeyError, TypeError, RecursionError, UnusableInput) as problem:
        reason = str(problem) if isinstance(problem, UnusableInput) else type(problem).__name__
        raise UnusableInput(
            f"{path} cannot be read as keys ({reason}); bring it back from a backup, or "
            'remove it and make new keys with "shangsou key new"'
        ) from None


@contextmanager
def changing_keys(path: Path) -> Iterator[None]:
    """Hold the file of the keys against other commands that read and then write it."""
    path.resolve().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + _LOCK_TIMEOUT_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise UnusableInput(
                        f"{_lock_path(path)} is held by another process; wait until it ends, or end it"
                    ) from None
                time.sleep(_LOCK_POLL_S)
        yield
    finally:
        os.close(descriptor)


def has_had_keys(path: Path) -> bool:
    """Return whether there is a file of keys, or a link that leads nowhere, or was one: its lock stays."""
    return os.path.lexists(path) or _lock_path(path).exists()


def _lock_path(path: Path) -> Path:
    target = path.parent.resolve() / path.name if path.is_symlink() and not path.exists() else path.resolve()
    return target.with_name(f"{target.name}.lock")


def write_keys(path: Path, keys: Sequence[Key], now: datetime) -> None:
    """Write keys into a file that only its owner can read, without those that have ended.

    Where the path is a link, into the file that it leads to.
    """
    path = path.resolve()
    payload = {"keys": [_key_to_json(key) for key in keys if key.is_valid(now)]}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        temporary.touch(0o600, exist_ok=False)
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(payload, file, ensure_ascii=False, indent=1)
        atomic_replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _key_to_json(key: Key) -> dict[str, object]:
    return {
        "name": key.name,
        "sha256": key.sha256,
        "roles": list(key.roles),
        "created_at": key.created_at.isoformat(),
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(),
        "filters": {name: list(values) for name, values in key.filters.items()},
    }


def _key_from_json(entry: dict[str, object]) -> Key:
    name, sha256, roles = entry["name"], entry["sha256"], entry["roles"]
    if not (isinstance(name, str) and isinstance(sha256, str) and isinstance(roles, list)):
        raise TypeError
    if not set(roles) <= set(ROLES):
        raise ValueError
    expires_at = entry.get("expires_at")
    # A file of an earlier version has none.
    filters = entry.get("filters", {})
    if not isinstance(filters, dict):
        raise TypeError
    if not all(isinstance(values, list) for values in filters.values()):
        raise TypeError
    filters = {name: tuple(map(str, values)) for name, values in filters.items()}
    check_filters(roles, filters)
    return Key(
        name,
        sha256,
        tuple(roles),
        _moment(entry["created_at"]),
        None if expires_at is None else _moment(expires_at),
        filters,
    )


def _moment(text: object) -> datetime:
    if not isinstance(text, str):
        raise TypeError
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
