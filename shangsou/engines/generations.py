"""Generation handling shared by both engines: stamps, rollback, and removal of the oldest."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from shangsou.engines.engine import Generation, GenerationStore, LiveEngine
from shangsou.engines.recipe import recipe_from_json, recipe_to_json
from shangsou.errors import DamagedIndex, NoIndex, RecipeMismatch, UnusableInput
from shangsou.sample.source import is_sample_shop

log = logging.getLogger(__name__)
# Generations kept for rollback, including the current one.
MAX_GENERATIONS = 3


@lru_cache(64)
def pass_over(name: str, reason: str) -> None:
    """Log, once a process, that a generation cannot be read by this version."""
    log.warning("%s is passed over: %s", name, reason)


def current_generation(store: GenerationStore) -> Generation | None:
    """Return the current generation; None if there is none that this version can read."""
    return next((generation for generation in store.generations() if generation.current), None)


def replaced_by(draft: Generation, generations: Sequence[Generation]) -> str:
    """Return the generation that a new one replaces, to which a rollback goes; empty if there is none.

    One that only merges changes into the current one takes its place: it replaces what that one replaced.
    With another encoder it is more than that, and a rollback takes the encoder back.
    """
    current = next((generation for generation in generations if generation.current), None)
    if current is None:
        return ""
    has_same_encoder = draft.recipe.model_hash == current.recipe.model_hash
    return (current.replaces or "") if draft.merges == current.name and has_same_encoder else current.name


def make_stamp(generation: Generation, *, file_format: int) -> dict[str, object]:
    """Return the stamp of a generation, as plain JSON values."""
    return {
        "format": file_format,
        "created_at": generation.created_at,
        "documents": generation.documents,
        "source": generation.source,
        "replaces": generation.replaces,
        "sequence": generation.sequence,
        "merges": generation.merges,
        "recipe": recipe_to_json(generation.recipe),
    }


def read_stamp(payload: Mapping[str, Any], name: str, *, file_format: int, location: str) -> Generation:
    """Return the generation described by a stamp, not marked as current.

    Raises `RecipeMismatch`, which names the `location`, for a stamp of another version.
    """
    try:
        if payload.get("format") != file_format:
            raise TypeError
        recipe = recipe_from_json(payload["recipe"])
        return Generation(
            name,
            payload["created_at"],
            payload["documents"],
            recipe,
            payload["source"],
            replaces=payload["replaces"],
            sequence=payload["sequence"],
            merges=payload["merges"],
        )
    except (TypeError, KeyError):
        advice = (
            'was built by another version of shangsou; run "shangsou merge", which rebuilds it from its '
            'products, or "shangsou index FILE"'
        )
        raise RecipeMismatch(f"{name} {location} {advice}", public=f"{name} {advice}") from None


def roll_back(
    store: GenerationStore,
    name: str | None = None,
    before_switch: Callable[[Generation], None] | None = None,
) -> tuple[Generation, Generation | None]:
    """Make the previously current generation current again, or the one that is named.

    `before_switch` is called with it before it serves.

    Returns
    -------
    after
        The generation that is current now.
    before
        The one that was current before; None if there was none.

    Raises
    ------
    NoIndex
        There is no generation.
    UnusableInput
        There is no such generation, or none was current before.
    IndexBusy
        An indexer is at work.
    DamagedIndex, RecipeMismatch, EngineUnavailable
        It cannot be opened.
    """
    store.check_writable()
    with store.lock():
        generations = store.generations()
        before = next((generation for generation in generations if generation.current), None)
        target = _rollback_target(generations, before, name)
        # One that cannot be opened would not serve.
        store.open(target.name).close()
        if before_switch:
            before_switch(target)
        store.switch(target.name)
    return target, before


def open_before(store: GenerationStore, damaged: DamagedIndex, *, logs: bool = True) -> LiveEngine:
    """Open the generation before a damaged one, or else the newest other one that is whole.

    Raises `damaged` where there is none. With `logs` those that cannot be opened are logged.
    """
    others = [generation.name for generation in store.generations() if generation.name != damaged.generation]
    before = [name for name in others if _number(name) < _number(damaged.generation)]
    for name in [*before, *(name for name in others if name not in before)]:
        try:
            return store.open(name)
        except (DamagedIndex, RecipeMismatch) as problem:
            if logs:
                log.warning("%s", problem)
    raise damaged


def _number(name: str) -> int:
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def find_superseded(
    names: Sequence[str], generations: Sequence[Generation], current: str, previous: str | None
) -> list[str]:
    """Return the generations to remove.

    Kept are the current one, the one that was current until now, which is still being searched, those that
    were current before, and the newest others. Also kept is the newest one that is more than twice as large
    as the current one: the current one may be half a catalog, which is noticed days later.

    Parameters
    ----------
    names
        Names of all generations, oldest first.
    generations
        Those of them that this version can read.
    current
        The name of the new current generation.
    previous
        The one that was current until now.
    """
    by_name = {generation.name: generation for generation in generations}
    searched = [current] if previous is None else [current, previous]
    kept = list(dict.fromkeys([*searched, *_served_before(current, by_name), *reversed(names)]))[
        :MAX_GENERATIONS
    ]
    larger = (
        name
        for name in reversed(names)
        if name in by_name
        and current in by_name
        and would_lose_most(by_name[name], by_name[current].documents)
    )
    kept += [name for name in [next(larger, None)] if name is not None]
    return [name for name in names if name not in kept]


def find_superseded_beside(generations: Sequence[Generation]) -> list[str]:
    """Return the generations to remove after one was built beside the current one.

    They hold the products of another generation with another model, as what is built to be measured does, and
    no rollback leads to them. The newest of each model is kept, of as many models as generations are kept for
    rollback.

    Parameters
    ----------
    generations
        Those that this version can read, newest first.
    """
    by_name = {generation.name: generation for generation in generations}
    current = next((generation.name for generation in generations if generation.current), "")
    live = {current, *_served_before(current, by_name)}
    kept: set[str] = set()
    superseded = []
    for one in generations:
        if one.name in live or not one.merges or one.merges != one.replaces:
            continue
        if one.recipe.model_hash in kept or len(kept) == MAX_GENERATIONS:
            superseded.append(one.name)
        else:
            kept.add(one.recipe.model_hash)
    return superseded


def would_lose_most(generation: Generation, documents: int) -> bool:
    """Return whether a count is less than half of a generation's, unless that is the sample shop."""
    return generation.documents > 2 * documents and not is_sample_shop(generation.source)


def _served_before(name: str, by_name: Mapping[str, Generation]) -> list[str]:
    """Return the generations that were current before one, latest first."""
    served = [name]
    while (earlier := by_name[served[-1]].replaces if served[-1] in by_name else None) in by_name:
        if earlier in served:
            break
        served.append(str(earlier))
    return served[1:]


def _rollback_target(
    generations: Sequence[Generation], current: Generation | None, name: str | None
) -> Generation:
    if not generations:
        raise NoIndex('there is no index yet; run "shangsou index FILE" or "shangsou demo"')
    names = ", ".join(generation.name for generation in generations)
    by_name = {generation.name: generation for generation in generations}
    if name is not None:
        if name not in by_name:
            raise UnusableInput(f"there is no generation {name}; there are {names}")
        return by_name[name]
    if current is None:
        return generations[0]
    if current.replaces in by_name:
        return by_name[current.replaces]
    if current.replaces:
        raise UnusableInput(
            f"{current.replaces}, which served before {current.name}, has been removed; there are {names}: "
            'name one, as "shangsou rollback --to gen-N"'
        )
    raise UnusableInput(
        f"nothing served before {current.name}; there are {names}: "
        'name one, as "shangsou rollback --to gen-N"'
    )
