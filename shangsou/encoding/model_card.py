"""The card of a trained model: what it was made of and what it can do."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from shangsou.errors import UnusableInput

FILE: Final = "card.json"
_REQUIRED_LICENCES = frozenset({"base", "data", "result"})


class EventsBehind(NamedTuple):
    """The shoppers' events that a model was trained on, by moments in ISO 8601; both empty for none."""

    until: str = ""
    """Of the last event."""
    erasures_known_until: str = ""
    """When it was looked up whose events must not count."""


NO_EVENTS: Final = EventsBehind()
"""Of a model that was trained on none."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """After Mitchell et al. (2019), Model Cards for Model Reporting. Written once, by training."""

    created_at: str
    """ISO 8601, UTC."""
    base: str
    """The model that training began with; empty for none."""
    base_hash: str
    licences: Mapping[str, str]
    """Of `base`, `data` and `result`."""
    data: Mapping[str, object] = field(default_factory=dict)
    """What it was trained on, with counts."""
    trained_on_events_until: str = ""
    """The last moment of the shoppers' events behind it, ISO 8601; empty where it was trained on none. Events
    behind its base or teacher count (`registry.events_behind`)."""
    erasures_known_until: str = ""
    """When it was looked up which shoppers' events must not count, ISO 8601: a model is marked by whoever is
    erased later. Empty where it was trained on no events, or before this was noted."""
    parameters: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[str, object] = field(default_factory=dict)
    """What was measured, on what."""
    limits: tuple[str, ...] = ()
    """What it is not good for, a sentence each."""
    pairs_hash: str = ""
    """SHA-256 of the file of pairs."""
    run_folder: str = ""
    """Where parameters, curves and checkpoints of its training are."""

    def __post_init__(self) -> None:
        missing = _REQUIRED_LICENCES - self.licences.keys()
        if missing:
            raise ValueError(f"a card names the licences of base, data and result; {sorted(missing)} missing")
        for moment in (self.created_at, self.trained_on_events_until, self.erasures_known_until):
            if moment:
                parse_moment(moment)


def write_card(path: Path, card: ModelCard) -> None:
    """Write a card into a new file; raises `UnusableInput` for what is no JSON."""
    try:
        text = json.dumps(asdict(card), ensure_ascii=False, indent=2, allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise UnusableInput(f"the model's card holds a value that JSON cannot: {problem}") from None
    path.write_text(text + "\n", encoding="utf-8")


def read_card(path: Path) -> ModelCard:
    """Return the card in a file; raises `UnusableInput` where it cannot be read."""
    try:
        payload = json.loads(path.read_bytes())
        return ModelCard(**payload | {"limits": tuple(payload.get("limits", ()))})
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise UnusableInput(f"{path} is no card of a model: {problem}") from None


def card_to_json(card: ModelCard) -> dict[str, object]:
    """Return a card as plain JSON values."""
    return asdict(card)


def parse_moment(text: str) -> datetime:
    """Return a moment in ISO 8601, in UTC where it names no zone; raises ValueError for other texts."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
