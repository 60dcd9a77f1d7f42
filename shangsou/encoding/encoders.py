"""Open the encoder that the settings name."""

from shangsou.cpu import usable_cores
from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.encoding.onnx import OnnxEncoder
from shangsou.encoding.precision import choose_precision
from shangsou.encoding.registry import RegisteredModel, find_model, require_model
from shangsou.encoding.static import StaticEncoder
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
    settings: Settings,
    model: str | None = None,
    *,
    threads: int | None = None,
    fetch: bool = False,
    is_trained: bool = False,
) -> Encoder:
    """Return an encoder of `model`: the default model and trained ones without torch, any other on torch.

    Parameters
    ----------
    model
        Name of the default model or of a trained one, or any folder or name that sentence-transformers
        opens. None: that of the settings, else the default model.
    threads
        Cores that one call of `encode` may use. None: those of the settings, else all.
    fetch
        Download the weights of the default model if they are missing.
    is_trained
        Whether the recipe of an index says that the name is that of a trained model: it leads to no other.

    Raises
    ------
    WeightsUnavailable
        The weights or the folder of a trained model are missing, or a library that the model needs is not
        installed.
    """
    name = model or settings.model or DEFAULT_MODEL
    cores = threads or settings.threads or usable_cores()
    trained = require_model(settings.home, name) if is_trained else find_model(settings.home, name)
    if trained is not None:
        return open_registered(trained, settings, threads=cores)
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


def open_registered(model: RegisteredModel, settings: Settings, *, threads: int) -> Encoder:
    """Return an encoder of a trained model, in the precision of the settings where it has one to choose."""
    config = model.config
    precision = choose_precision(settings.precision) if config.has_int8 else "float32"
    stamp = ModelStamp(
        model.name,
        model.model_hash,
        config.dimensions,
        precision,
        cosine_offset=config.cosine_offset,
        cosine_factor=config.cosine_factor,
        is_trained=True,
    )
    if config.kind == "static":
        return StaticEncoder(model.folder, stamp, max_tokens=config.max_tokens)
    return OnnxEncoder(
        ensure_quantized(model.weights) if precision == "int8" else model.weights.float32,
        model.weights.tokenizer,
        stamp,
        threads=threads,
        pooling=config.pooling,
        max_tokens=config.max_tokens,
        advice="copy the model's folder again, or train it again",
    )
