"""Tombstones of shoppers whose data was deleted: a hash of the id, and when it was.

Who has the file and an id can tell that it was deleted; who has the file alone learns no id.
"""

import hashlib
import sqlite3

_FORGOTTEN = "forgotten "
"""Before the kind of a shopper, in the `shoppers` table; their ids are hashes."""


def tombstone(kind: str, name: str) -> tuple[str, str]:
    """Return kind and id of the row that stands for a forgotten `user` or `session`."""
    digest = hashlib.sha256(f"{kind}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()
    return _FORGOTTEN + kind, digest


def bury(connection: sqlite3.Connection, kind: str, name: str, forgotten_us: int) -> None:
    """Put a tombstone in place of the row of a shopper; whether they opted out of profiles still counts."""
    row = connection.execute(
        "SELECT changed_us, opted_out FROM shoppers WHERE kind = ? AND id = ?", (kind, name)
    ).fetchone()
    changed_us, opted_out = row or (0, 0)
    connection.execute("DELETE FROM shoppers WHERE kind = ? AND id = ?", (kind, name))
    connection.execute(
        "INSERT INTO shoppers (kind, id, changed_us, forgotten_us, opted_out) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (kind, id) DO UPDATE SET forgotten_us = excluded.forgotten_us, "
        # Strictly later than before, even if the clock is not.
        "changed_us = max(excluded.changed_us, changed_us + 1), "
        "opted_out = max(opted_out, excluded.opted_out)",
        (*tombstone(kind, name), max(forgotten_us, changed_us + 1), forgotten_us, opted_out),
    )


def bury_old_ids(connection: sqlite3.Connection) -> None:
    """Hash the ids of shoppers who were forgotten by an earlier version, within a transaction.

    Of those who have come back since, the row stays, as that of anybody.
    """
    forgotten = connection.execute(
        "SELECT kind, id, forgotten_us, changed_us FROM shoppers "
        "WHERE forgotten_us > 0 AND kind IN ('user', 'session')"
    ).fetchall()
    for kind, name, forgotten_us, changed_us in forgotten:
        row = connection.execute("SELECT * FROM shoppers WHERE kind = ? AND id = ?", (kind, name)).fetchone()
        bury(connection, kind, name, forgotten_us)
        if changed_us > forgotten_us + 1:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO shoppers VALUES ({marks})", row)  # noqa: S608
            connection.execute("UPDATE shoppers SET forgotten_us = 0 WHERE kind = ? AND id = ?", (kind, name))
