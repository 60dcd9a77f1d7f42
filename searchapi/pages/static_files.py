"""The files of the pages, under an address that changes with their content.

Modules import each other by relative paths, so the hash stands in the folder's name: one for all files.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static"
_IMPORT = re.compile(
    r'^(?:import|export) .*?from "\./([a-z]+\.js)";$|^import "\./([a-z]+\.js)";$', re.MULTILINE
)

_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def read(name: str) -> bytes | None:
    """Return the content of a file, None where there is none of this name."""
    return next((path.read_bytes() for path in FOLDER.iterdir() if path.name == name), None)


def content_type(name: str) -> str:
    """Return the content type of a file, whatever the machine's own table says."""
    return _CONTENT_TYPES[Path(name).suffix]


@cache
def version() -> str:
    """Return a hash of the names and the content of all files."""
    content = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        content.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    # 48 bits: two deployments that share them by chance are not to be expected.
    return content.hexdigest()[:12]


@cache
def modules(*entries: str) -> tuple[str, ...]:
    """Return modules and all that they import, each once; a browser would find them level by level."""
    found: dict[str, None] = {}
    pending = list(entries)
    while pending:
        name = pending.pop(0)
        if name not in found:
            found[name] = None
            source = (FOLDER / name).read_text(encoding="utf-8")
            pending += [match[1] or match[2] for match in _IMPORT.finditer(source)]
    return tuple(found)
