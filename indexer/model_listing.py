"""Listing of models: what each is, and which generations were built with it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from shangsou.encoding.encoders import DIMENSIONS
from shangsou.encoding.registry import RegisteredModel, list_models, mark_if_erased_before
from shangsou.encoding.weights import find_weights
from shangsou.engines.engine import Generation
from shangsou.engines.stores import open_store
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import DEFAULT_MODEL, Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model. Empty is what is not known of it."""

    name: str
    current: bool = False
    """Whether the current generation was built with it."""
    kind: str = ""
    dimensions: int | None = None
    model_hash: str = ""
    folder: str = ""
    size_bytes: int = 0
    created_at: str = ""
    base: str = ""
    base_hash: str = ""
    pairs_hash: str = ""
    run_folder: str = ""
    trained_on_events_until: str = ""
    erased_since: str = ""
    generations: tuple[str, ...] = ()
    problem: str = ""
    """Why it cannot be used."""

    def to_json(self) -> dict[str, object]:
        """Return it as plain JSON values."""
        return asdict(self) | {"generations": list(self.generations)}

    def to_line(self) -> str:
        """Return it in a line for people."""
        mark = "*" if self.current else " "
        if self.problem:
            return f"{mark} {self.name:28} {self.problem}"
        built = f"  {', '.join(self.generations)}" if self.generations else ""
        erased = f"  a shopper was erased at {self.erased_since}" if self.erased_since else ""
        dimensions = f"{self.dimensions} dims"
        return (
            f"{mark} {self.name:28} {self.kind:7} {dimensions:9} {self.model_hash:16}  "
            f"{self.created_at[:10]:10}{built}{erased}"
        )


def list_all(settings: Settings, others: Sequence[RegisteredModel] = ()) -> list[ListedModel]:
    """Return the default model, then the trained ones of a home and `others` that it does not hold."""
    listed = [_describe_default(settings)]
    for model in list_models(settings.home):
        if isinstance(model, RegisteredModel):
            # Its folder may have been copied here by hand.
            mark_if_erased_before(settings.home, model)
            listed.append(_describe(model))
        else:
            listed.append(ListedModel(model.name, problem=model.problem))
    names = {one.name for one in listed}
    listed += [_describe(model) for model in others if model.name not in names]
    generations = _generations(settings)
    return [_with_generations(one, generations) for one in listed]


def card_lines(payload: Mapping[str, object], indent: str = "") -> str:
    """Return a card as lines for people; what it does not say is left out."""
    lines = []
    for field, value in payload.items():
        name = field.replace("_", " ")
        if isinstance(value, Mapping) and value:
            lines.append(f"{indent}{name}:\n{card_lines(value, indent + '  ')}")
        elif isinstance(value, list | tuple) and value:
            items = "".join(f"{indent}  - {_item(item)}\n" for item in value)
            lines.append(f"{indent}{name}:\n{items}")
        elif value not in ("", None, {}, [], ()):
            lines.append(f"{indent}{name}: {value}\n")
    return "".join(lines)


def _item(value: object) -> str:
    """Return an item of a list on one line, as `leg personal, name all`."""
    if not isinstance(value, Mapping):
        return str(value)
    return ", ".join(
        f"{name.replace('_', ' ')} {f'({_item(inner)})' if isinstance(inner, Mapping) else inner}"
        for name, inner in value.items()
        if inner is not None
    )


def _describe_default(settings: Settings) -> ListedModel:
    weights = find_weights(settings)
    if weights is None:
        return ListedModel(DEFAULT_MODEL, problem='not fetched yet; run "shangsou model fetch"')
    return ListedModel(
        DEFAULT_MODEL,
        kind="onnx",
        dimensions=DIMENSIONS,
        model_hash=weights.model_hash,
        folder=str(weights.folder),
        size_bytes=_size(weights.folder),
    )


def _describe(model: RegisteredModel) -> ListedModel:
    listed = ListedModel(
        model.name,
        kind=model.config.kind,
        dimensions=model.config.dimensions,
        model_hash=model.model_hash,
        folder=str(model.folder),
        size_bytes=_size(model.folder),
        erased_since=model.erased_since,
    )
    try:
        card = model.card
    except UnusableInput as problem:
        return replace(listed, problem=str(problem))
    return replace(
        listed,
        created_at=card.created_at,
        base=card.base,
        base_hash=card.base_hash,
        pairs_hash=card.pairs_hash,
        run_folder=card.run_folder,
        trained_on_events_until=card.trained_on_events_until,
    )


def _with_generations(listed: ListedModel, generations: Sequence[Generation]) -> ListedModel:
    built = [one for one in generations if listed.model_hash and one.recipe.model_hash == listed.model_hash]
    return replace(
        listed, current=any(one.current for one in built), generations=tuple(one.name for one in built)
    )


def _generations(settings: Settings) -> list[Generation]:
    try:
        return open_store(settings).generations()
    except ShangsouError as problem:
        # The models are there whether the engine answers or not.
        log.warning("which generations were built with a model cannot be told: %s", problem)
        return []


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
