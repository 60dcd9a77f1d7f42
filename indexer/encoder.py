"""The encoder used to build an index."""

from typing import TYPE_CHECKING

from shangsou.engines.engine import GenerationStore
from shangsou.engines.generations import current_generation
from shangsou.settings import Settings

if TYPE_CHECKING:
    from shangsou.encoding.cache import CachedEncoder


def open_index_encoder(settings: Settings, store: GenerationStore) -> "CachedEncoder":
    """Return an encoder that caches its vectors, fetching the default weights if they are missing.

    The model is that of the settings, else the one of the current generation, else the default.
    Raises `WeightsUnavailable`.
    """
    from shangsou.encoding.cache import CachedEncoder
    from shangsou.encoding.encoders import open_encoder
    from shangsou.encoding.registry import is_name_of

    current = current_generation(store)
    recipe = current.recipe if current else None
    model, is_trained = settings.model, False
    if recipe is not None and (model is None or is_name_of(settings.home, model, recipe.model)):
        model, is_trained = recipe.model, recipe.is_trained
    encoder = open_encoder(settings, model, threads=settings.threads, fetch=True, is_trained=is_trained)
    return CachedEncoder(encoder, settings.home / "vectors")
