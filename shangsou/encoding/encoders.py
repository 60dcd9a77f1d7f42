"""Open the encoder that the settings name."""

from shangsou.cpu import usable_cores
from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.encoding.onnx import OnnxEncoder
from shangsou.encoding.precision import choose_precision
from shangsou.encoding.weights import (
    ModelWeights,
    ensure_quantized,
    fetch_weights,
    find_weights,
    require_weights,
)
from shangsou.settings import DEFAULT_MODEL, Settings

DIMENSIONS = 512
"""Dimensions of the default model's vectors."""


def open_encoder(
    settings: Settings, model: str | None = None, *, threads: int | None = None, fetch: bool = False
) -> Encoder:
    """Return an encoder of `model`: the default model on onnxruntime, any other on torch.

    Parameters
    ----------
    model
        Name or folder. None: that of the settings, else the default model.
    threads
        Cores that one call of `encode` may use. None: those of the settings, else all.
    fetch
        Download the weights of the default model if they are missing.

    Raises
    ------
    WeightsUnavailable
        The weights are missing, or a library that the model needs is not installed.
    """
    name = model or settings.model or DEFAULT_MODEL
    cores = threads or settings.threads or usable_cores()
    if name != DEFAULT_MODEL:
        from shangsou.encoding.torch import SentenceTransformerEncoder

        return SentenceTransformerEncoder(name, threads=cores)
    weights = find_weights(settings) if fetch else require_weights(settings)
    return open_default_encoder(weights or fetch_weights(settings), settings, threads=cores)


def open_default_encoder(weights: ModelWeights, settings: Settings, *, threads: int) -> OnnxEncoder:
    """Return an encoder of the default model in the precision of the settings."""
    precision = choose_precision(settings.precision)
    return OnnxEncoder(
        ensure_quantized(weights) if precision == "int8" else weights.float32,
        weights.tokenizer,
        ModelStamp(DEFAULT_MODEL, weights.model_hash, DIMENSIONS, precision),
        threads=threads,
    )
