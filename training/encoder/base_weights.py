"""The model that fine-tuning begins with, in sentence-transformers: the default, or any other BERT."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from shangsou.encoding.encoders import DIMENSIONS
from shangsou.encoding.installation import OnnxFiles, open_onnx
from shangsou.encoding.model_config import Pooling
from shangsou.encoding.model_hub import check_name_leads_to_model
from shangsou.encoding.onnx import MAX_TOKENS
from shangsou.encoding.registry import RegisteredModel, find_model
from shangsou.encoding.weights import require_weights
from shangsou.errors import UnusableInput
from shangsou.settings import DEFAULT_MODEL, Settings
from training.encoder.onnx_weights import read_tensors

# Of each published size of BERT (Devlin et al. 2018, Turc et al. 2019); a graph does not name it.
_HEAD_SIZE = 64
# Between the vectors of torch and of onnxruntime: rounding makes some 1e-7.
_MAX_DIFFERENCE = 1e-5
# Of 74,362 real titles, normalized, the default model does not know .0004 of the tokens; of a tokenizer of
# another language most are unknown.
_MAX_UNKNOWN = 0.2

TRIAL_TEXTS = ("", "雨伞", "ipad air 2022 保护套", "法式复古红色连衣裙女夏季新款收腰显瘦气质长裙")
"""For comparing vectors: of several lengths, so that a graph that reads padding is found out."""


@dataclass(frozen=True, slots=True)
class BaseEncoder:
    """A model to fine-tune."""

    name: str
    model: Any
    """A `SentenceTransformer` of a BERT and its pooling, on the CPU."""
    pooling: Pooling
    max_tokens: int
    model_hash: str
    """As recipes have it of the default model and trained ones; of others that of weights and tokenizer."""
    graph: Path | None = None
    """The ONNX file that the weights were read from."""

    @property
    def dimensions(self) -> int:
        """Of its vectors."""
        return int(self.model[0].auto_model.config.hidden_size)


def open_base(name: str, settings: Settings) -> BaseEncoder:
    """Return the model of a name.

    Parameters
    ----------
    name
        The default model, whose weights are in the home; a trained model of the home; or a BERT as
        sentence-transformers reads it: a folder with `config.json`, weights and vocabulary, or a name on the
        model hub.

    Raises
    ------
    UnusableInput
        There is no such model, it is no BERT, or its tokenizer is another model's.
    WeightsUnavailable
        The weights of the default model, or of a trained one, are not in the home.
    """
    if name == DEFAULT_MODEL:
        weights = require_weights(settings)
        files = OnnxFiles(weights.float32, weights.tokenizer, DIMENSIONS, "cls", MAX_TOKENS)
        return _from_onnx(name, files, weights.model_hash)
    trained = find_model(settings.home, name)
    if trained is None:
        return _from_transformers(name)
    return _from_onnx(name, _files(trained), trained.model_hash)


def check_tokenizer(base: BaseEncoder, titles: Sequence[str]) -> None:
    """Raise `UnusableInput` where the tokenizer of a model does not know the characters of titles."""
    tokenizer = base.model.tokenizer
    tokens = [
        token for ids in tokenizer(list(titles), add_special_tokens=False)["input_ids"] for token in ids
    ]
    unknown = tokens.count(tokenizer.unk_token_id) / max(1, len(tokens))
    if unknown > _MAX_UNKNOWN:
        raise UnusableInput(
            f"the tokenizer of {base.name} knows {1 - unknown:.0%} of the words and characters of these "
            "titles: it was made for another language; choose a base for Chinese, as bert-base-chinese"
        )


def _files(model: RegisteredModel) -> OnnxFiles:
    config = model.config
    if config.kind != "onnx":
        raise UnusableInput(f"{model.name} is a table of units, with no weights of a BERT to fine-tune")
    return OnnxFiles(
        model.weights.float32, model.weights.tokenizer, config.dimensions, config.pooling, config.max_tokens
    )


def _from_onnx(name: str, files: OnnxFiles, model_hash: str) -> BaseEncoder:
    import onnx

    graph = files.float32
    try:
        tensors = read_tensors(onnx.load(graph))
    except Exception as problem:  # protobuf's DecodeError, and what numpy makes of a broken tensor
        raise UnusableInput(f"{graph} cannot be read: {problem}") from problem
    with TemporaryDirectory() as folder:
        _write_bert(Path(folder), tensors, files.tokenizer, graph)
        model = _sentence_transformer(folder, files)
    _check_fits(model, name)
    served = open_onnx(files, name).encode(TRIAL_TEXTS)
    difference = float(np.abs(served - model.encode(list(TRIAL_TEXTS), normalize_embeddings=True)).max())
    if not difference <= _MAX_DIFFERENCE:
        raise UnusableInput(
            f"{graph} is another model than BERT with heads of {_HEAD_SIZE} dimensions: read as one, its "
            f"vectors differ by {difference:.1e}; use it as the folder that it was exported from"
        )
    return BaseEncoder(name, model, files.pooling, files.max_tokens, model_hash, graph)


def _write_bert(folder: Path, tensors: dict[str, Any], tokenizer: Path, graph: Path) -> None:
    """Write weights as transformers reads them."""
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    try:
        words, hidden = tensors["embeddings.word_embeddings.weight"].shape
        config = BertConfig(
            vocab_size=words,
            hidden_size=hidden,
            num_hidden_layers=sum(name.endswith("attention.self.query.weight") for name in tensors),
            num_attention_heads=max(1, hidden // _HEAD_SIZE),
            intermediate_size=len(tensors["encoder.layer.0.intermediate.dense.bias"]),
            max_position_embeddings=len(tensors["embeddings.position_embeddings.weight"]),
            type_vocab_size=len(tensors["embeddings.token_type_embeddings.weight"]),
        )
        bert = BertModel(config, add_pooling_layer=False)
        # A copy: what onnx returns cannot be written to.
        bert.load_state_dict({key: torch.tensor(values) for key, values in tensors.items()})
    except (KeyError, ValueError, RuntimeError) as problem:
        raise UnusableInput(f"{graph} does not hold the weights of a BERT: {problem}") from None
    bert.save_pretrained(folder)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(tokenizer),
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        model_max_length=config.max_position_embeddings,
        **{f"{kind}_token": f"[{kind.upper()}]" for kind in ("pad", "unk", "cls", "sep", "mask")},
    ).save_pretrained(folder)


def _sentence_transformer(folder: str, files: OnnxFiles) -> Any:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling as PoolingModule
    from sentence_transformers.sentence_transformer.modules import Transformer

    transformer = Transformer(
        folder, max_seq_length=files.max_tokens, model_kwargs={"add_pooling_layer": False}
    )
    pooling = PoolingModule(transformer.get_embedding_dimension(), files.pooling)
    return SentenceTransformer(modules=[transformer, pooling], device="cpu")


def _from_transformers(name: str) -> BaseEncoder:
    from sentence_transformers import SentenceTransformer

    model: Any
    try:
        check_name_leads_to_model(name)
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError, RuntimeError, KeyError, AttributeError) as problem:
        raise UnusableInput(
            f'the base {name} could not be loaded: {problem}; name a model of "shangsou model list", or a '
            "folder with config.json, model.safetensors and vocab.txt or tokenizer.json"
        ) from problem
    kinds = [type(module).__name__ for module in model]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise UnusableInput(
            f"the base {name} consists of {', '.join(kinds)}; only a transformer and its pooling are served"
        )
    if model[0].auto_model.config.model_type != "bert" or model[1].pooling_mode not in ("cls", "mean"):
        raise UnusableInput(
            f"the base {name} is a {model[0].auto_model.config.model_type} with {model[1].pooling_mode} "
            "pooling; only BERT with cls or mean pooling is served"
        )
    # Its output is not read; some folders have none, and transformers would add random weights.
    model[0].auto_model.pooler = None
    _check_fits(model, name)
    max_tokens = min(MAX_TOKENS, model.max_seq_length or MAX_TOKENS)
    model.max_seq_length = max_tokens
    return BaseEncoder(name, model, model[1].pooling_mode, max_tokens, _hash(model))


def _check_fits(model: Any, name: str) -> None:
    words, tokens = model[0].auto_model.config.vocab_size, len(model.tokenizer)
    if tokens > words:
        raise UnusableInput(
            f"the tokenizer of {name} has {tokens:,} tokens and its weights {words:,}: it is another "
            "model's; copy the folder again, with the tokenizer that belongs to it"
        )


def _hash(model: Any) -> str:
    digest = hashlib.sha256(model.tokenizer.backend_tokenizer.to_str().encode())
    for name, tensor in sorted(model[0].auto_model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()[:16]
