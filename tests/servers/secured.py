"""An Elasticsearch with TLS and users, each with a password of an odd kind."""

import base64
import hashlib
import os
from collections.abc import Mapping

import trustme

ADMIN, ADMIN_PASSWORD = "admin", "admin-secret"
PASSWORDS = ("p@ss#1", "a:b/c?d", "%41", "密码", "two words")
"""Of the users `user0`, `user1`, …, which may do anything."""
SHOP, READER = "shop", "reader"
"""Users who may do what docs/elasticsearch.md lists with indices of the shop, and only read them."""
SHOP_PASSWORD = "shop-secret"
_ROLES = """\
shop:
  indices:
    - names: ["shop", "shop-*"]
      privileges: ["manage", "read", "write"]
reader:
  indices:
    - names: ["shop", "shop-*"]
      privileges: ["read", "view_index_metadata"]
"""
_ITERATIONS = 1_000

SETTINGS = {
    "xpack.security.enabled": "true",
    "xpack.security.http.ssl.enabled": "true",
    "xpack.security.http.ssl.certificate": "http.crt",
    "xpack.security.http.ssl.key": "http.key",
}
"""Settings of Elasticsearch."""


def secured_files(authority: trustme.CA) -> Mapping[str, bytes]:
    """Return the files for the folder of Elasticsearch's settings, with a certificate for `localhost`."""
    certificate = authority.issue_cert("localhost")
    passwords = {
        ADMIN: ADMIN_PASSWORD,
        SHOP: SHOP_PASSWORD,
        READER: SHOP_PASSWORD,
        **{f"user{number}": password for number, password in enumerate(PASSWORDS)},
    }
    users = "".join(f"{name}:{_hash(password)}\n" for name, password in passwords.items())
    everything = ",".join([ADMIN, *(f"user{number}" for number in range(len(PASSWORDS)))])
    return {
        "http.crt": b"".join(part.bytes() for part in [*certificate.cert_chain_pems, authority.cert_pem]),
        "http.key": certificate.private_key_pem.bytes(),
        "users": users.encode(),
        "users_roles": f"superuser:{everything}\nshop:{SHOP}\nreader:{READER}\n".encode(),
        "roles.yml": _ROLES.encode(),
    }


def _hash(password: str) -> str:
    """Return a password as Elasticsearch's file of users holds it."""
    salt = os.urandom(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 32)
    return f"{{PBKDF2}}{_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
