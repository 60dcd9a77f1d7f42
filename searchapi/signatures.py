"""Signatures with which a merchant's own server vouches for a user, for one purpose and some time."""

import hashlib
import hmac
import time
from typing import Literal

HEADER = "X-Shangsou-Signature"
Purpose = Literal["shopping", "data"]
"""`shopping`: search, shelves and events in the user's name; `data`: read, erase, preferences."""
MAX_LIFETIME_S = 30 * 86_400
"""Longer than a session lasts; a signature that leaks ends by itself."""


def sign_user(secret: str, purpose: Purpose, user_id: str, expires_at_s: int) -> str:
    """Return the signature of a user id for a purpose, valid until `expires_at_s` (seconds since 1970).

    It is `EXPIRES.HEX`, HEX being the HMAC-SHA256 of purpose, `user_id` and EXPIRES, each on a line.
    """
    message = f"{purpose}\n{user_id}\n{expires_at_s}".encode()
    return f"{expires_at_s}.{hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}"


def find_flaw(signature: str, secret: str, purpose: Purpose, user_id: str) -> str:
    """Return what is wrong with a signature, empty where nothing is."""
    expires, _, _ = signature.partition(".")
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        return f"{HEADER} is not EXPIRES.HEX"
    expected = sign_user(secret, purpose, user_id, int(expires))
    # A header arrives as Latin-1; compared as bytes, in constant time.
    if not hmac.compare_digest(signature.encode("latin-1", "replace"), expected.encode()):
        return f"{HEADER} is not of this user_id, for {purpose}, by the server's signing secret"
    if int(expires) < time.time():
        return f"{HEADER} has expired"
    if int(expires) > time.time() + MAX_LIFETIME_S:
        return f"{HEADER} is valid for more than {MAX_LIFETIME_S // 86_400} days; sign for a shorter time"
    return ""
