"""The secrets and certificates of a connection to Elasticsearch, from the settings and from files."""

import base64
import re
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shangsou.engines.elastic.addresses import Address
from shangsou.errors import UnusableInput
from shangsou.secret_files import read_secret
from shangsou.settings import Settings

_SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
# What a header may hold.
_API_KEY = re.compile(r"[!-~]+")


def authentication(settings: Settings, addresses: Sequence[Address]) -> dict[str, Any]:
    """Return the client's options for who asks; empty for nobody.

    Raises `UnusableInput` for settings that contradict each other and for files that cannot be read. No
    message holds a secret.
    """
    api_key = read_secret("ELASTIC_API_KEY", settings.elastic_api_key, settings.elastic_api_key_file)
    password = read_secret("ELASTIC_PASSWORD", settings.elastic_password, settings.elastic_password_file)
    user = settings.elastic_user or ""
    given = {(address.user, address.password) for address in addresses if address.user or address.password}
    if len(given) > 1:
        raise UnusableInput(
            "the addresses in SHANGSOU_ELASTIC_URL hold different users or passwords; write one of them as "
            "SHANGSOU_ELASTIC_USER and SHANGSOU_ELASTIC_PASSWORD instead"
        )
    for url_user, url_password in given:
        if (user and url_user) or (password and url_password):
            raise UnusableInput(
                "a user or password stands both in SHANGSOU_ELASTIC_URL and in SHANGSOU_ELASTIC_USER or "
                "SHANGSOU_ELASTIC_PASSWORD; remove one of them"
            )
        user, password = user or url_user, password or url_password
    if api_key and (user or password):
        raise UnusableInput(
            "both an API key (SHANGSOU_ELASTIC_API_KEY) and a user or password are set; remove one of them"
        )
    if api_key:
        return {"api_key": _api_key(api_key)}
    if bool(user) != bool(password):
        present, missing, names = (
            ("user", "password", "SHANGSOU_ELASTIC_PASSWORD or SHANGSOU_ELASTIC_PASSWORD_FILE")
            if user
            else ("password", "user", "SHANGSOU_ELASTIC_USER")
        )
        raise UnusableInput(f"a {present} for Elasticsearch is set without a {missing}; set {names}")
    if ":" in user:
        raise UnusableInput(f"SHANGSOU_ELASTIC_USER {user!r} holds a colon, which a user name cannot")
    # Encoded here: the client takes ASCII alone.
    pair = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return {"basic_auth": base64.b64encode(pair).decode("ascii")} if user else {}


def certificates(settings: Settings, addresses: Sequence[Address]) -> dict[str, Any]:
    """Return the client's options for whom to trust; empty for the authorities that the system trusts.

    Raises `UnusableInput` as `authentication` does.
    """
    ca_file, fingerprint = settings.elastic_ca_file or "", settings.elastic_fingerprint or ""
    names = [
        name for name, value in (("ELASTIC_CA_FILE", ca_file), ("ELASTIC_FINGERPRINT", fingerprint)) if value
    ]
    if len(names) > 1:
        raise UnusableInput(
            "both SHANGSOU_ELASTIC_CA_FILE and SHANGSOU_ELASTIC_FINGERPRINT are set; remove one of them"
        )
    plain = [address.url for address in addresses if not address.is_encrypted]
    if names and plain:
        raise UnusableInput(
            f"SHANGSOU_{names[0]} is set, but {plain[0]} is not encrypted and has no certificate; write "
            f"https:// in SHANGSOU_ELASTIC_URL, or remove SHANGSOU_{names[0]}"
        )
    if fingerprint:
        digits = fingerprint.replace(":", "").replace(" ", "")
        if not _SHA256.fullmatch(digits):
            raise UnusableInput(
                f"SHANGSOU_ELASTIC_FINGERPRINT {fingerprint!r} is no SHA-256 of a certificate, 64 hex digits "
                'as "openssl x509 -fingerprint -sha256 -noout -in http_ca.crt" prints them'
            )
        return {"ssl_assert_fingerprint": digits.lower()}
    return {"ca_certs": _check_ca_file(ca_file)} if ca_file else {}


def _api_key(text: str) -> str | tuple[str, str]:
    """Return an API key as the client takes it: as Elasticsearch calls it `encoded`, or its id and secret."""
    if not _API_KEY.fullmatch(text):
        raise UnusableInput(
            "SHANGSOU_ELASTIC_API_KEY is no API key: it holds a space, or letters outside ASCII; copy what "
            'Elasticsearch answered as "encoded"'
        )
    key_id, colon, secret = text.partition(":")
    return (key_id, secret) if colon else text


def _check_ca_file(file: str) -> str:
    path = str(Path(file).expanduser())
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        words = "it holds no certificate in PEM"
    except OSError as problem:
        words = str(problem.strerror)
    else:
        return path
    raise UnusableInput(f"SHANGSOU_ELASTIC_CA_FILE {file!r} cannot be read: {words}")
