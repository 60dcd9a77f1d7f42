"""Addresses of Elasticsearch: `http://a:9200,http://b:9200`, each with a user and a password, if need be."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from shangsou.errors import UnusableInput

# A comma may stand in a password: an address ends where another one begins.
_SEPARATOR = re.compile(r"\s*,\s*(?=https?://)", re.IGNORECASE)
# The last @ ends the password, whatever stands before it: @, /, ? and # need not be percent-encoded.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?:(?P<userinfo>.*)@)?(?P<host>\[[0-9a-f:.]+\]|[^\[\]@/:?#,\s]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^@?#,\s]*)?",
    re.IGNORECASE,
)
_EXAMPLE = "http://127.0.0.1:9200, or several with commas between them"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of one node, or of a proxy before all of them."""

    url: str
    """Without user and password: for messages, and for the client."""
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_encrypted(self) -> bool:
        """Return whether TLS is spoken to it."""
        return self.url.startswith("https:")


def parse_addresses(text: str) -> list[Address]:
    """Return the addresses in a text, each once; raises `UnusableInput` that shows no part of a password."""
    addresses = [_parse(part) for part in _SEPARATOR.split(text.strip())]
    return list(dict.fromkeys(addresses))


def _parse(text: str) -> Address:
    match = _ADDRESS.fullmatch(text)
    # Where it cannot be read nobody knows where the password ends.
    place = "SHANGSOU_ELASTIC_URL" if "@" in text else f"SHANGSOU_ELASTIC_URL {text!r}"
    if match is None:
        raise UnusableInput(f"{place} is no address such as {_EXAMPLE}")
    scheme, port = (
        match["scheme"].lower(),
        match["port"] or ("443" if match["scheme"].lower() == "https" else ""),
    )
    if not port:
        raise UnusableInput(f"{place} has no port; write one, as in {_EXAMPLE}")
    user, _, password = (match["userinfo"] or "").partition(":")
    path = (match["path"] or "").rstrip("/")
    return Address(f"{scheme}://{match['host']}:{int(port)}{path}", unquote(user), unquote(password))
