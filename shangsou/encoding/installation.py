"""Install a trained model in a home: checked, never over another one, whole or not at all."""

import math
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.encoding.model_card import FILE as CARD
from shangsou.encoding.model_card import ModelCard, write_card
from shangsou.encoding.model_config import FILE as CONFIG
from shangsou.encoding.model_config import ModelConfig, Pooling, write_config
from shangsou.encoding.onnx import OnnxEncoder
from shangsou.encoding.registry import (
    RegisteredModel,
    check_name,
    find_model,
    hash_files,
    mark_if_erased_before,
    model_folder,
)
from shangsou.encoding.static import VECTORS, WEIGHTS, StaticEncoder
from shangsou.encoding.weights import FLOAT32, TOKENIZER
from shangsou.errors import EncoderUnavailable, UnusableInput, WeightsUnavailable

# Elasticsearch takes no longer vectors.
_MAX_DIMENSIONS = 4_096
# Of several lengths, so that a graph of a fixed length or without padding fails; one of them empty.
_TRIAL_TEXTS = ("", "雨伞", "法式复古红色连衣裙女夏季新款收腰显瘦气质长裙")


@dataclass(frozen=True, slots=True)
class OnnxFiles:
    """A transformer as training exported it; the files are copied."""

    float32: Path
    """From `input_ids`, `attention_mask` and perhaps `token_type_ids`, each (texts, tokens) of int64, to
    (texts, tokens, dimensions)."""
    tokenizer: Path
    dimensions: int
    pooling: Pooling
    max_tokens: int
    cosine_offset: float = 0.0
    """As `fit_cosine_scale` finds them, with `cosine_factor`."""
    cosine_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """A table of units as training wrote it; the files are copied."""

    vectors: Path
    """`.npy`, shape (units, dimensions), float32 or float16."""
    weights: Path
    """`.npy`, shape (units,)."""
    tokenizer: Path
    """Whose ids are rows of the table."""
    max_tokens: int
    cosine_offset: float = 0.0
    """As `fit_cosine_scale` finds them, with `cosine_factor`."""
    cosine_factor: float = 1.0


def open_onnx(files: OnnxFiles, name: str) -> OnnxEncoder:
    """Return the encoder of files, on one thread; raises `WeightsUnavailable` where they cannot be read."""
    return OnnxEncoder(
        files.float32,
        files.tokenizer,
        _stamp(name, files.dimensions),
        threads=1,
        pooling=files.pooling,
        max_tokens=files.max_tokens,
        advice="export it again",
    )


def open_static(files: StaticFiles, name: str) -> StaticEncoder:
    """Return the encoder of files that lie in one folder; raises `WeightsUnavailable` as `open_onnx`."""
    dimensions = np.load(files.vectors, mmap_mode="r").shape[-1]
    return StaticEncoder(files.vectors.parent, _stamp(name, dimensions), max_tokens=files.max_tokens)


def install_model(home: Path, name: str, files: OnnxFiles | StaticFiles, card: ModelCard) -> RegisteredModel:
    """Install a model below `models/` of a home, and return it.

    It encodes a few texts first, and a graph of the default architecture is cut to what pooling uses. A
    process that is killed leaves a folder that counts as no model, and that the next call replaces.

    Raises
    ------
    UnusableInput
        The name cannot be one or is taken, or the files do not encode.
    OSError
        They cannot be read or written.
    """
    check_name(name)
    if not (math.isfinite(files.cosine_offset) and 0 < files.cosine_factor < math.inf):
        raise UnusableInput(
            f"{name} was not installed: cosines at {files.cosine_offset} + {files.cosine_factor} x those of "
            "the default model are no scale; the factor is above 0"
        )
    folder = model_folder(home, name)
    with folder.exclusive_lock():
        if folder.model_hash:
            raise UnusableInput(
                f"there is a model {name} already, and none is overwritten: choose another name, or remove "
                f"{folder.path} if no index uses it"
            )
        with folder.scratch_folder() as scratch:
            config = _prepare(files, scratch)
            if not 1 <= config.dimensions <= _MAX_DIMENSIONS or config.max_tokens < 1:
                raise UnusableInput(
                    f"{name} was not installed: vectors of {config.dimensions} dimensions, from "
                    f"{config.max_tokens} tokens; there are 1 to {_MAX_DIMENSIONS:,}, from at least 1"
                )
            weights = {path.name: path for path in sorted(scratch.iterdir())}
            _try(scratch, files, config, name)
            model_hash = hash_files(weights, config)
            write_config(scratch / CONFIG, config)
            write_card(scratch / CARD, card)
            folder.replace([*weights.values(), scratch / CONFIG, scratch / CARD], model_hash)
    model = find_model(home, name)
    if model is None:
        raise WeightsUnavailable(f"{folder.path} was removed while it was written")
    mark_if_erased_before(home, model)
    return model


def _prepare(files: OnnxFiles | StaticFiles, scratch: Path) -> ModelConfig:
    """Copy the files as they are to be served, and return how they are read."""
    shutil.copyfile(files.tokenizer, scratch / TOKENIZER)
    if isinstance(files, StaticFiles):
        shutil.copyfile(files.vectors, scratch / VECTORS)
        shutil.copyfile(files.weights, scratch / WEIGHTS)
        try:
            shape = np.load(scratch / VECTORS, mmap_mode="r").shape
        except ValueError as problem:
            raise UnusableInput(f"{files.vectors} is no array of numpy: {problem}") from None
        return ModelConfig(
            "static",
            int(shape[-1]) if shape else 0,
            "mean",
            files.max_tokens,
            cosine_offset=files.cosine_offset,
            cosine_factor=files.cosine_factor,
        )
    has_int8 = _write_graph(files, scratch / FLOAT32)
    return ModelConfig(
        "onnx",
        files.dimensions,
        files.pooling,
        files.max_tokens,
        has_int8,
        cosine_offset=files.cosine_offset,
        cosine_factor=files.cosine_factor,
    )


def _write_graph(files: OnnxFiles, target: Path) -> bool:
    """Write the graph, cut where that is known to be exact, and return whether `quantize` knows it."""
    import onnx

    from shangsou.encoding.graph import cut_to_first_token, is_cut_to_first_token, is_default_architecture

    try:
        # With what an exporter wrote into files of its own.
        model = onnx.load(files.float32)
    except OSError:
        raise
    except Exception as problem:  # protobuf's errors are another class in each of its implementations
        raise UnusableInput(f"{files.float32} is no ONNX model: {problem}") from None
    is_known = is_default_architecture(model)
    if is_known and files.pooling == "cls" and not is_cut_to_first_token(model):
        cut_to_first_token(model)
    onnx.save_model(model, target)
    return is_known and (files.pooling == "cls" or not is_cut_to_first_token(model))


def _try(scratch: Path, files: OnnxFiles | StaticFiles, config: ModelConfig, name: str) -> None:
    try:
        encoder: Encoder = (
            StaticEncoder(scratch, _stamp(name, config.dimensions), max_tokens=config.max_tokens)
            if isinstance(files, StaticFiles)
            else open_onnx(replace(files, float32=scratch / FLOAT32, tokenizer=scratch / TOKENIZER), name)
        )
        vectors = encoder.encode(_TRIAL_TEXTS)
    except (EncoderUnavailable, WeightsUnavailable) as problem:
        raise UnusableInput(f"{name} was not installed, since it does not encode: {problem}") from None
    if not np.isfinite(vectors).all():
        raise UnusableInput(f"{name} was not installed: vectors of {list(_TRIAL_TEXTS)} are not finite")
    if np.ptp(vectors, axis=0).max() == 0:
        raise UnusableInput(f"{name} was not installed: {list(_TRIAL_TEXTS)} have one and the same vector")


def _stamp(name: str, dimensions: int) -> ModelStamp:
    return ModelStamp(name, "", dimensions, "float32")
