"""The encoders of a home, opened one after the other, or the reason why one cannot be."""

from collections.abc import Iterator

from indexer.model_switch import find_usable
from relevance.reason import Reason
from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.registry import RegisteredModel, list_models
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.search.personal.ranker_store import ranker_files
from shangsou.settings import DEFAULT_MODEL, Settings
from training.comparison.comparison_input import ComparisonInput

DEFAULT_RANKER = "default"
"""The name of the ranker that ships with the program."""


def open_encoders(
    settings: Settings, wanted: ComparisonInput
) -> Iterator[tuple[str, CachedEncoder | Reason, RegisteredModel | None]]:
    """Yield the encoders that are wanted by name, the default one first, each opened when its turn comes.

    In place of one that cannot be used stands the reason. Vectors are kept with those of the index.
    """
    for name in encoder_names(settings, wanted):
        try:
            model = find_usable(settings, name)
            yield name, CachedEncoder(open_encoder(settings, name), settings.home / "vectors"), model
        except ShangsouError as problem:
            yield name, unusable(problem), None


def encoder_names(settings: Settings, wanted: ComparisonInput) -> list[str]:
    """Return the names of the encoders that are wanted, whether they can be used or not."""
    known = [DEFAULT_MODEL, *(one.name for one in list_models(settings.home))]
    folders = [name for name in wanted.names if name not in (*known, *ranker_names(settings))]
    return [name for name in (*known, *folders) if wanted.wants(name)]


def ranker_names(settings: Settings) -> list[str]:
    """Return the names of the default ranker and of all trained ones."""
    trained = [path.stem for path in ranker_files(settings.home) if path.suffix == ".json"]
    return [DEFAULT_RANKER, *trained]


def check_names(settings: Settings, names: tuple[str, ...]) -> None:
    """Raise `UnusableInput` for a name of no model; a model that is there and broken has a name."""
    encoders = [DEFAULT_MODEL, *(one.name for one in list_models(settings.home))]
    rankers = ranker_names(settings)
    for name in names:
        if name in (*encoders, *rankers):
            continue
        try:
            find_usable(settings, name)
        except UnusableInput:
            raise UnusableInput(
                f"there is no model {name}; there are the encoders {', '.join(encoders)} and the rankers "
                f"{', '.join(rankers)}"
            ) from None


def unusable(problem: Exception) -> Reason:
    """Return why a model, or all of a kind, could not be measured."""
    return Reason(str(problem), f"无法测量：{problem}")
