"""What both engines do alike with generations: stamp them, read the stamps, let the oldest go."""

from collections.abc import Mapping, Sequence
from typing import Any

from shangsou.engines.engine import Generation, GenerationStore
from shangsou.engines.recipe import recipe_from_json, recipe_to_json
from shangsou.errors import RecipeMismatch

# Generations kept for rollback, the current one among them (from the issue that asked for rollback:
# "the last three are kept").
KEPT_GENERATIONS = 3


def current_generation(store: GenerationStore) -> Generation | None:
    """Return the generation that is current; None where there is none that this version reads."""
    return next((generation for generation in store.generations() if generation.current), None)


def stamp_of(generation: Generation, *, file_format: int) -> dict[str, object]:
    """Return what is kept with a generation, as plain JSON values."""
    return {
        "format": file_format,
        "created_at": generation.created_at,
        "documents": generation.documents,
        "source": generation.source,
        "recipe": recipe_to_json(generation.recipe),
    }


def read_stamp(plain: Mapping[str, Any], name: str, *, file_format: int, place: str) -> Generation:
    """Return the generation that a stamp describes, not marked as current.

    Raises `RecipeMismatch` for a stamp of another version; `place` tells there where it was found.
    """
    try:
        if plain.get("format") != file_format:
            raise TypeError
        recipe = recipe_from_json(plain["recipe"])
        return Generation(name, plain["created_at"], plain["documents"], recipe, plain["source"])
    except (TypeError, KeyError):
        raise RecipeMismatch(
            f'{name} {place} was built by another version of shangsou; run "shangsou index"'
        ) from None


def superseded(names: Sequence[str], current: str, previous: str | None) -> list[str]:
    """Return which of the generations go, of names from the oldest to the newest.

    The current one stays, the one that was current until now, which is still being searched, and the
    newest others.
    """
    others = [name for name in names if name not in (current, previous)]
    kept_others = KEPT_GENERATIONS - 1 - (previous in names and previous != current)
    return others[: max(0, len(others) - kept_others)]
