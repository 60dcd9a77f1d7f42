"""The dictionaries of a shop: synonyms and entities, those of the package with the shop's own on top."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from shangsou.atomic_files import atomic_replace
from shangsou.errors import UnusableInput
from shangsou.text.entities import EntityKind, parse_entities
from shangsou.text.synonyms import SynonymDictionary, parse_synonyms

SYNONYMS_FILE = "synonyms.txt"
# Those of the package, in this order; a shop has one file, which is read after them.
_SHIPPED_SYNONYMS = (SYNONYMS_FILE, "brands.txt", "departments.txt", "regional.txt", "english.txt")
ENTITIES_FILE = "entities.txt"


def shipped_synonyms() -> SynonymDictionary:
    """Return the synonyms that ship with the package."""
    return _parse_all_synonyms("", b"")


def shipped_entities() -> Mapping[str, EntityKind | None]:
    """Return the entities that ship with the package."""
    return _parse_all_entities("", b"")


def read_synonyms(home: Path) -> SynonymDictionary:
    """Return the synonyms of the package and a shop's own; raises `UnusableInput` that names the line."""
    return _parse_all_synonyms(str(home / SYNONYMS_FILE), read_optional(home / SYNONYMS_FILE) or b"")


def read_entities(home: Path) -> Mapping[str, EntityKind | None]:
    """Return the entities of the package and a shop's own; raises `UnusableInput` that names the line."""
    return _parse_all_entities(str(home / ENTITIES_FILE), read_optional(home / ENTITIES_FILE) or b"")


def read_own_synonyms(home: Path) -> str:
    """Return the text of a shop's own synonyms, empty where it has none."""
    return _read_own_text(home / SYNONYMS_FILE)


def write_own_synonyms(home: Path, text: str) -> None:
    """Replace a shop's own synonyms, or raise `UnusableInput` that names the line and leave them be."""
    parse_synonyms((SYNONYMS_FILE, text))
    _write_own(home, SYNONYMS_FILE, text)


def read_own_entities(home: Path) -> str:
    """Return the text of a shop's own entities, empty where it has none."""
    return _read_own_text(home / ENTITIES_FILE)


def write_own_entities(home: Path, text: str) -> None:
    """Replace a shop's own entities, or raise `UnusableInput` that names the line and leave them be."""
    parse_entities((ENTITIES_FILE, text))
    _write_own(home, ENTITIES_FILE, text)


def _read_own_text(path: Path) -> str:
    return (read_optional(path) or b"").decode("utf-8-sig", "replace")


def _write_own(home: Path, name: str, text: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    # On the same disk, so that it takes the place of the old one at once; gone if that fails.
    with TemporaryDirectory(dir=home, prefix=f".{name}-") as folder:
        written = Path(folder) / name
        written.write_text(text, "utf-8")
        atomic_replace(written, home / name)


def read_optional(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none; raises `UnusableInput` where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read: {problem.strerror}") from None


def _read_shipped(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


# A server reads them twice a second.
@lru_cache(maxsize=4)
def _parse_all_synonyms(own_name: str, own: bytes) -> SynonymDictionary:
    """Return the synonyms of the package and a shop's own."""
    shipped = ((name, _read_shipped(name)) for name in _SHIPPED_SYNONYMS)
    return parse_synonyms(*shipped, (own_name, _decode(own_name, own)))


@lru_cache(maxsize=4)
def _parse_all_entities(own_name: str, own: bytes) -> Mapping[str, EntityKind | None]:
    """Return the entities of the package and a shop's own."""
    return parse_entities((ENTITIES_FILE, _read_shipped(ENTITIES_FILE)), (own_name, _decode(own_name, own)))


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput(f"{name} is no text in UTF-8; save it as UTF-8") from None
