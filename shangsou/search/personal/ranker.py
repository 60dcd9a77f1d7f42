"""The ranker: a small network from features to a score, stored as JSON and run without torch."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shangsou.errors import RecipeMismatch, UnusableInput
from shangsou.search.personal.features import FEATURE_VERSION, FEATURES
from shangsou.search.personal.history_items import Attention

DEFAULT_FILE = "ranker.json"
# A feature further from its mean than so many standard deviations counts as that: a network has seen none.
_MAX_DEVIATIONS = 6.0
_Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RankerFile:
    """A ranker as it is kept: which recipe it was made for, and its numbers."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    features: Annotated[int, Field(ge=1)]
    """`FEATURE_VERSION` that it was made for."""
    model_hash: str
    """Of the encoder that it was trained with; empty for one that was set by hand and suits any."""
    attention: tuple[float, float, float]
    """`Attention`."""
    linear: dict[Literal[FEATURES], float]  # type: ignore[valid-type]
    """Weight of each feature; one left out weighs 0."""
    means: _Row = ()
    """Of the features in training, subtracted, as `scales` divide; empty: 0 and 1."""
    scales: _Row = ()
    hidden: tuple[_Row, ...] = ()
    """Weights of the hidden layer, a row for each of its units; empty: there is none."""
    hidden_bias: _Row = ()
    output: _Row = ()
    """Weights of the hidden units in the score."""
    origin: str = ""
    """Where the numbers come from, for people."""
    validation: dict[str, float] | None = None
    """What it reached on shoppers held apart."""


class Ranker:
    """A ranker that is ready to score."""

    def __init__(self, file: RankerFile, name: str) -> None:
        width = len(FEATURES)
        self.name = name
        self.attention = Attention(*file.attention)
        self._means = np.array(file.means or (0.0,) * width, np.float32)
        self._scales = np.array(file.scales or (1.0,) * width, np.float32)
        self._linear = np.array([file.linear.get(feature, 0.0) for feature in FEATURES], np.float32)
        self._hidden = np.array(file.hidden, np.float32).reshape(-1, width)
        self._hidden_bias = np.array(file.hidden_bias, np.float32)
        self._output = np.array(file.output, np.float32)
        self._max_deviations = _MAX_DEVIATIONS if file.means else np.inf

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a score for each row of features, shape (candidates,)."""
        scaled = np.clip((features - self._means) / self._scales, -self._max_deviations, self._max_deviations)
        scores: NDArray[np.float32] = scaled @ self._linear
        if len(self._hidden):
            scores = scores + np.maximum(scaled @ self._hidden.T + self._hidden_bias, 0) @ self._output
        return scores


def default_ranker() -> Ranker:
    """Return the ranker that ships with the package, whose weights were set by hand."""
    text = files(__package__).joinpath(DEFAULT_FILE).read_bytes()
    return Ranker(parse_ranker(text, DEFAULT_FILE), "default")


def parse_ranker(text: bytes, source: str) -> RankerFile:
    """Return the ranker that a file holds.

    Raises
    ------
    UnusableInput
        It is no ranker; names the field.
    RecipeMismatch
        It was made for other features.
    """
    try:
        version = json.loads(text).get("features")
    except (ValueError, AttributeError):
        raise UnusableInput(f'{source} is no ranker; run "shangsou train ranker" again') from None
    if version != FEATURE_VERSION:
        raise RecipeMismatch(
            f"{source} was trained on features of version {version!r}, this program has version "
            f'{FEATURE_VERSION}; run "shangsou train ranker" again'
        )
    try:
        file = TypeAdapter(RankerFile).validate_json(text)
    except ValidationError as problem:
        wrong = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'it'}: {error['msg']}" for error in problem.errors()[:3]
        )
        raise UnusableInput(f'{source} is no ranker: {wrong}; run "shangsou train ranker" again') from None
    _check_shapes(file, source)
    return file


def ranker_to_json(file: RankerFile) -> dict[str, Any]:
    """Return a ranker as plain JSON values."""
    payload: dict[str, Any] = TypeAdapter(RankerFile).dump_python(file, mode="json")
    return payload


def _check_shapes(file: RankerFile, source: str) -> None:
    width, units = len(FEATURES), len(file.hidden)
    fits = (
        all(len(row) in (0, width) for row in (file.means, file.scales))
        and all(len(row) == width for row in file.hidden)
        and len(file.hidden_bias) == len(file.output) == units
        and all(scale > 0 for scale in file.scales)
    )
    if not fits:
        raise UnusableInput(
            f"{source} is no ranker: its layers do not fit {width} features and {units} hidden units; "
            'run "shangsou train ranker" again'
        )
