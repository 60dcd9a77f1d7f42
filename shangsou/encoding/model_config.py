"""The configuration of a trained model: `encoder.json` in its folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from shangsou.errors import WeightsUnavailable

Kind = Literal["onnx", "static"]
Pooling = Literal["cls", "mean"]

FILE: Final = "encoder.json"


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What an encoder must know of a model besides its weights."""

    kind: Kind
    """`onnx`: a transformer; `static`: a table of units, whose weighted mean is the vector of a text."""
    dimensions: int
    """Of the vectors. Fewer than the model computes: its first ones, as Matryoshka training orders them."""
    pooling: Pooling
    """The first token, or the mean of all; always `mean` for `static`."""
    max_tokens: int
    """Texts are truncated here."""
    has_int8: bool = False
    """Whether `quantize` knows the architecture, so that it can be served with integer weights."""
    cosine_offset: float = 0.0
    """Where its cosines lie: at `cosine_offset` + `cosine_factor` x those of the default model."""
    cosine_factor: float = 1.0


def write_config(path: Path, config: ModelConfig) -> None:
    """Write a configuration into a new file."""
    path.write_text(json.dumps(asdict(config), indent=2) + "\n", encoding="utf-8")


def read_config(path: Path) -> ModelConfig:
    """Return the configuration in a file; raises `WeightsUnavailable` where it cannot be read."""
    try:
        return ModelConfig(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as problem:
        raise WeightsUnavailable(
            f"{path} cannot be read ({problem}); copy the model's folder again, or train it again"
        ) from None
