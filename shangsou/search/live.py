"""The generation that is searched, with the encoder that fits it."""

import logging
import time
from dataclasses import dataclass

from shangsou.encoding.encoder import Encoder
from shangsou.encoding.encoders import open_encoder
from shangsou.engines.engine import Engine, GenerationStore
from shangsou.engines.recipe import ANALYSER_VERSION, IndexRecipe
from shangsou.errors import NoIndex, RecipeMismatch, ShangsouError, WeightsUnavailable
from shangsou.search.personal.traits import TraitReader
from shangsou.settings import Settings

log = logging.getLogger(__name__)
# How often a generation that was refused, or weights that were missing, are tried again.
_RETRY_S = 10.0
_NO_INDEX = 'no index yet; run "shangsou index FILE" or "shangsou demo"'


@dataclass(frozen=True, slots=True)
class Live:
    """What one search works with, replaced as a whole."""

    engine: Engine
    encoder: Encoder | None
    encoder_missing: str
    """Why there is no encoder; empty when there is one."""
    traits: TraitReader


class LiveIndex:
    """Opens the current generation, and again when it is switched. One thread follows, any may read."""

    def __init__(self, settings: Settings, store: GenerationStore) -> None:
        self._settings = settings
        self._store = store
        self._live: Live | None = None
        self._problem: ShangsouError = NoIndex(_NO_INDEX)
        self._tried = ""
        self._retry_at = 0.0

    @property
    def live(self) -> Live | None:
        """Return what is open, None where nothing is yet."""
        return self._live

    def opened(self) -> Live:
        """Return what is open; raises why nothing is."""
        live = self._live
        if live is None:
            raise self._problem
        return live

    def follow(self) -> None:
        """Open the current generation where it is not open yet, or not in full; keep the old one on failure.

        Raises NoIndex, RecipeMismatch or EngineUnavailable.
        """
        try:
            self._follow()
        except ShangsouError as problem:
            self._problem = problem
            raise

    def close(self) -> None:
        """Close the generation; to be called when no search is under way."""
        if self._live is not None:
            self._live.engine.close()

    def _follow(self) -> None:
        name = self._store.current()
        if name is None:
            raise NoIndex(_NO_INDEX)
        live = self._live
        if live is not None and live.encoder is not None and live.engine.generation.name == name:
            return
        if name == self._tried and time.monotonic() < self._retry_at:
            if isinstance(self._problem, RecipeMismatch):
                raise self._problem
            return
        self._tried, self._retry_at = name, time.monotonic() + _RETRY_S
        self._live = self._open(name)
        self._problem = NoIndex(_NO_INDEX)
        log.info("serving generation %s", name)

    def _open(self, name: str) -> Live:
        engine = self._store.open(name)
        recipe = engine.generation.recipe
        if recipe.analyser != ANALYSER_VERSION:
            raise RecipeMismatch(
                f"index {name} was built with analyser version {recipe.analyser} but this process has "
                f'{ANALYSER_VERSION}; run "shangsou index" again'
            )
        try:
            encoder = self._encoder(recipe)
        except WeightsUnavailable as problem:
            return Live(engine, None, str(problem), TraitReader(engine))
        stamp = encoder.stamp
        if (stamp.model_hash, stamp.dimensions) != (recipe.model_hash, recipe.dimensions):
            raise RecipeMismatch(
                f"index {name} was built with {recipe.model} ({recipe.dimensions} dims, {recipe.model_hash}) "
                f"but this process uses {stamp.model} ({stamp.dimensions} dims, {stamp.model_hash}); "
                'run "shangsou index" or set SHANGSOU_MODEL'
            )
        return Live(engine, encoder, "", TraitReader(engine))

    def _encoder(self, recipe: IndexRecipe) -> Encoder:
        """Return the encoder for an index: the one that is open, where it fits."""
        wanted = self._settings.model or recipe.model
        previous = self._live.encoder if self._live else None
        if previous is not None and (previous.stamp.model, previous.stamp.model_hash) == (
            wanted,
            recipe.model_hash,
        ):
            return previous
        return open_encoder(self._settings, wanted, threads=1)
