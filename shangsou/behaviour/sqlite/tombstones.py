"""Tombstones of shoppers whose data was deleted: a hash of the id, and when it was.

The hash has no secret: who has the file can tell whether an id that they know, or guess, was deleted. It
reveals no id that cannot be guessed.
"""

import hashlib
import sqlite3

_FORGOTTEN = "forgotten "
"""Before the kind of a shopper, in the `shoppers` table; their ids are hashes."""
# Four conditions on the primary key: a list of pairs would read the whole table.
OF_SHOPPER = "(kind = ? AND id = ?) OR (kind = ? AND id = ?)"
"""A condition on the rows of a shopper, with the parameters of `keys`."""


def tombstone(kind: str, name: str) -> tuple[str, str]:
    """Return kind and id of the row that stands for a forgotten `user` or `session`."""
    digest = hashlib.sha256(f"{kind}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()
    return _FORGOTTEN + kind, digest


def keys(kind: str, name: str) -> tuple[str, ...]:
    """Return kind and id of the row of a shopper, and of the tombstone."""
    return (kind, name, *tombstone(kind, name))


def leave_tombstone(connection: sqlite3.Connection, kind: str, name: str, forgotten_us: int) -> None:
    """Put a tombstone in place of the row of a shopper; what they opted out of still counts.

    The row of a session that is linked to a user stays: it is that of the user, who was not forgotten.
    """
    row = connection.execute(
        "SELECT changed_us, opted_out, marketing_refused, linked_user FROM shoppers "
        "WHERE kind = ? AND id = ?",
        (kind, name),
    ).fetchone()
    changed_us, opted_out, marketing_refused, linked_user = row or (0, 0, 0, "")
    if linked_user:
        connection.execute("UPDATE shoppers SET forgotten_us = 0 WHERE kind = ? AND id = ?", (kind, name))
    else:
        connection.execute("DELETE FROM shoppers WHERE kind = ? AND id = ?", (kind, name))
    connection.execute(
        "INSERT INTO shoppers (kind, id, changed_us, forgotten_us, opted_out, marketing_refused) "
        "VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (kind, id) DO UPDATE SET forgotten_us = excluded.forgotten_us, "
        # Strictly later than before, even if the clock is not.
        "changed_us = max(excluded.changed_us, changed_us + 1), "
        "opted_out = max(opted_out, excluded.opted_out), "
        "marketing_refused = max(marketing_refused, excluded.marketing_refused)",
        (
            *tombstone(kind, name),
            max(forgotten_us, changed_us + 1),
            forgotten_us,
            opted_out,
            marketing_refused,
        ),
    )


def hash_old_ids(connection: sqlite3.Connection) -> None:
    """Leave tombstones for shoppers who were forgotten by an earlier version, within a transaction.

    Of those who have come back since, or were flagged, the row stays, as that of anybody.
    """
    forgotten = connection.execute(
        "SELECT kind, id, forgotten_us, changed_us > forgotten_us + 1 OR flagged_us > 0 FROM shoppers "
        "WHERE forgotten_us > 0 AND kind IN ('user', 'session')"
    ).fetchall()
    for kind, name, forgotten_us, is_known_again in forgotten:
        row = connection.execute("SELECT * FROM shoppers WHERE kind = ? AND id = ?", (kind, name)).fetchone()
        leave_tombstone(connection, kind, name, forgotten_us)
        if is_known_again:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT OR REPLACE INTO shoppers VALUES ({marks})", row)  # noqa: S608
            connection.execute("UPDATE shoppers SET forgotten_us = 0 WHERE kind = ? AND id = ?", (kind, name))
