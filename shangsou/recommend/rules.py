"""The merchant's rules for shelves: products never to show, and products to show first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from shangsou.atomic_files import atomic_replace
from shangsou.errors import UnusableInput
from shangsou.recommend.shelf import KINDS, PRODUCT_KINDS, ShelfKind

RULES_FILE = "recommend.txt"
# A comment is on its own line or after a space, as in synonyms.txt.
_COMMENT = re.compile(r"(^|\s)#.*")
_LINE = re.compile(
    r"(?P<verb>exclude|pin)\s+(?P<product>.+?)(?:\s*=>\s*(?P<kinds>[a-z, -]+?)(?:\s+of\s+(?P<beside>.+))?)?"
)


class Pin(NamedTuple):
    """A product to show first."""

    product_id: str
    kind: ShelfKind
    anchor_id: str = ""
    """The only product whose shelf it is pinned to; empty: every shelf of the kind."""


@dataclass(frozen=True, slots=True)
class ShelfRules:
    """The rules of a merchant for all shelves."""

    excluded: frozenset[tuple[str, ShelfKind]] = field(default_factory=frozenset)
    pins: tuple[Pin, ...] = ()
    """In the order of the file."""

    def excluded_from(self, kind: ShelfKind) -> frozenset[str]:
        """Return the ids excluded from a kind of shelf."""
        return frozenset(product_id for product_id, of in self.excluded if of == kind)

    def pinned_to(self, kind: ShelfKind, anchor_id: str) -> list[str]:
        """Return the ids pinned to a shelf, in order."""
        return [pin.product_id for pin in self.pins if pin.kind == kind and pin.anchor_id in ("", anchor_id)]


def parse_rules(text: str, source: str = RULES_FILE) -> ShelfRules:
    """Parse rules, one on each line; raises `UnusableInput` that names the line.

    `exclude ID` shows a product on no shelf, `exclude ID => new, trending` on none of these kinds;
    `pin ID => trending` shows it first there, `pin ID => together of OTHER` beside one product. `#` begins
    a comment. A product that is both excluded and pinned is excluded.
    """
    excluded: set[tuple[str, ShelfKind]] = set()
    pins: list[Pin] = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = _COMMENT.sub("", line).strip()
        if not content:
            continue
        location = f"{source}:{number}"
        match = _LINE.fullmatch(content)
        if match is None or (match["verb"] == "pin" and not match["kinds"]):
            raise UnusableInput(
                f'{location}: "{content[:80]}" is no rule; write "exclude ID", '
                '"exclude ID => new, trending", "pin ID => trending" or "pin ID => together of OTHER"'
            )
        kinds = tuple(_kinds(match["kinds"], location)) if match["kinds"] else KINDS
        anchor_id = (match["beside"] or "").strip()
        if anchor_id and (match["verb"] == "exclude" or not PRODUCT_KINDS.issuperset(kinds)):
            raise UnusableInput(
                f'{location}: "of {anchor_id[:40]}" goes with pin and '
                f"{', '.join(sorted(PRODUCT_KINDS))} alone"
            )
        if match["verb"] == "exclude":
            excluded.update((match["product"], kind) for kind in kinds)
        else:
            pins.extend(Pin(match["product"], kind, anchor_id) for kind in kinds)
    return ShelfRules(frozenset(excluded), tuple(pins))


def read_rules_text(home: Path) -> str:
    """Return the text of the merchant's rules, empty if there are none; raises `UnusableInput`."""
    path = home / RULES_FILE
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise UnusableInput(f"{path} is no text in UTF-8; save it as UTF-8") from None
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read: {problem.strerror}") from None


def write_rules(home: Path, text: str) -> None:
    """Replace the rules; raises `UnusableInput` that names the line, leaving the rules unchanged."""
    parse_rules(text)
    home.mkdir(parents=True, exist_ok=True)
    # On the same disk, so that it replaces the old file atomically; removed if that fails.
    with TemporaryDirectory(dir=home, prefix=".recommend-") as folder:
        written = Path(folder) / RULES_FILE
        written.write_text(text, "utf-8")
        atomic_replace(written, home / RULES_FILE)


def _kinds(text: str, location: str) -> Iterator[ShelfKind]:
    kinds_by_name = {str(kind): kind for kind in KINDS}
    for name in (part.strip() for part in text.split(",")):
        if name not in kinds_by_name:
            raise UnusableInput(
                f'{location}: "{name[:40]}" is no kind of shelf; there are {", ".join(KINDS)}'
            )
        yield kinds_by_name[name]
