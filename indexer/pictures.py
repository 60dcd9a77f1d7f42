"""Read the address of a product's picture."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from indexer.cell_objects import as_text, read_object
from shangsou.reading.json_values import parse_json

_HOST = re.compile(r"(?:[a-z0-9-]+\.){2,}[a-z]{2,}/|[a-z0-9-]+\.(?:com|cn|net)/", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x20\x7f\"'<>\\\\`]")
# Between pictures: before the next address, or anywhere where no address has a scheme. A comma inside one
# stays: `1,w_200.jpg` is a name on some image servers.
_NEXT_ADDRESS = re.compile(r"[,;|、，；\s]+(?:[^/|,;\s]*\|)?(?=https?://|//)", re.IGNORECASE)
_NEXT_PATH = re.compile(
    r"[,;|、，；\s]+(?=/?[^,;|、，；\s]+\.(?:jpe?g|png|gif|webp|bmp|avif)\b)", re.IGNORECASE
)
# Taobao's assistant puts `name:position:number:|` before each address.
_BEHIND_BAR = re.compile(r"^[^|/]*\|(?=https?://|//)", re.IGNORECASE)
# Nearly all of them: one address without anything that could separate two.
_PLAIN = re.compile(r"https?://[a-zA-Z0-9.-]+(?::[0-9]+)?/[a-zA-Z0-9._~%/@!*+=:?&()-]*")
_LOCAL = re.compile(r"[a-z]:[\\/]|\\\\|file:|data:|=|[{\[]", re.IGNORECASE)


def read_image(value: object) -> tuple[str, str]:
    """Return a picture's address (http, https or a relative path), with the issue found in it.

    The address is empty if none can be used: another scheme, such as `javascript:`, is never kept. Of several
    pictures the first is taken.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value, ""
    text = _first_text(value)
    if _LOCAL.match(text):
        return "", "is a file on a computer" if text[1:2] == ":" else "is no picture address"
    url, oddity = _with_scheme(_first_address(text))
    if not url or _FORBIDDEN.search(url):
        return "", "is no picture address"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "is no picture address"
    is_web = parts.scheme.lower() in ("http", "https")
    if not is_web and (parts.scheme or ":" in url.partition("/")[0]):
        return "", "is neither http nor https nor a path"
    return (url, oddity) if parts.hostname or not is_web else ("", "is no picture address")


def _first_text(value: object) -> str:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = parse_json(value)
        except ValueError:
            return ""
    return as_text(
        read_object(value, "image") if isinstance(value, list | tuple | Mapping) else value
    ).strip()


def _first_address(text: str) -> str:
    url = _NEXT_ADDRESS.split(_BEHIND_BAR.sub("", text, count=1))[0]
    if "://" not in url and not url.startswith("//"):
        url = _NEXT_PATH.split(url)[0]
    return url.strip(",;|、 \t\n").replace(" ", "%20")


def _with_scheme(url: str) -> tuple[str, str]:
    if url.startswith("//"):
        return "https:" + url, "has no scheme"
    return ("https://" + url, "has no scheme") if _HOST.match(url) else (url, "")
