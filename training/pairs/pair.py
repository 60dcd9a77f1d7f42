"""The pair of a query and a product, and its file: JSON Lines."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from shangsou.encoding.model_card import EventsBehind
from shangsou.errors import UnusableInput

Source = Literal["click", "purchase", "co-purchase", "variant", "phrase", "written"]
Split = Literal["train", "validation", "test"]
SOURCES: Final[tuple[Source, ...]] = get_args(Source)
SPLITS: Final[tuple[Split, ...]] = get_args(Split)


@dataclass(frozen=True, slots=True)
class Pair:
    """A query, and a product whose title is to lie near it."""

    query: str
    """Normalized, as it is encoded; for `variant` and `co-purchase` the title of another product."""
    product_id: str
    title: str
    """Of the product, normalized, as it is encoded."""
    weight: float
    """How much it counts, above 0: 1 is a click at the top."""
    source: Source
    group: int
    """A number of what counts as one product: variants, and near-duplicate titles."""
    query_group: int | None = None
    """That of the product whose title the query is; None for a query that was typed or written."""
    shopper_hash: str = ""
    """Of the shopper whose action it was; empty for pairs of no shopper. The same in one file alone."""
    split: Split = "train"
    events_until: str = ""
    """The moment of the last event that pairs of this file were made of, ISO 8601, UTC; empty for pairs of no
    event."""
    erasures_known_until: str = ""
    """When it was looked up who had been forgotten or had opted out, ISO 8601, UTC; empty for pairs of no
    event. A model that is trained on the pairs is marked by whoever is erased later."""


def pair_line(pair: Pair) -> str:
    """Return the line of a pair, with its end."""
    return json.dumps(asdict(pair), ensure_ascii=False) + "\n"


def read_pairs(path: Path) -> Iterator[Pair]:
    """Yield the pairs of a file, in order.

    Raises `UnusableInput` with file and line for a line that is no pair, and for a file that cannot be read.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield _read_line(line, f"{path}:{number}")
    except OSError as problem:
        raise UnusableInput(f"{path}: cannot be read as pairs: {problem}") from None


def events_of(pairs: Sequence[Pair]) -> EventsBehind:
    """Return the events that pairs were made of, of however many files."""
    of_events = [pair for pair in pairs if pair.events_until]
    return EventsBehind(
        max((pair.events_until for pair in of_events), default=""),
        min((pair.erasures_known_until or pair.events_until for pair in of_events), default=""),
    )


def hash_pairs(path: Path) -> str:
    """Return the SHA-256 of a file of pairs, by which models say what they were trained on."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_line(line: bytes, place: str) -> Pair:
    try:
        pair = Pair(**json.loads(line))
    except (ValueError, TypeError) as problem:
        raise UnusableInput(f'{place}: no pair of "shangsou train pairs": {problem}') from None
    if pair.source not in SOURCES or pair.split not in SPLITS or not pair.query or not pair.title:
        raise UnusableInput(
            f"{place}: a pair needs query, title, one of {', '.join(SOURCES)} as source and one of "
            f"{', '.join(SPLITS)} as split"
        )
    if not (isinstance(pair.weight, int | float) and 0 < pair.weight < float("inf")):
        raise UnusableInput(f"{place}: a weight of {pair.weight!r} is no number above 0")
    return pair
