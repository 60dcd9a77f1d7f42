"""Export of a trained encoder as the files that serving reads, checked against torch."""

import os
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shangsou.atomic_files import disk_problem
from shangsou.encoding.installation import OnnxFiles, open_onnx
from shangsou.encoding.weights import FLOAT32, TOKENIZER
from shangsou.errors import TrainingFailed
from training.encoder.base_weights import TRIAL_TEXTS, BaseEncoder
from training.encoder.onnx_weights import replace_tensors

# Between the vectors of torch and of onnxruntime: rounding makes some 1e-7.
_MAX_DIFFERENCE = 1e-4
_OPSET = 14
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUT = "last_hidden_state"


def export_model(base: BaseEncoder, folder: Path, texts: Sequence[str]) -> OnnxFiles:
    """Write the model of a base, with the weights that it has by now, and return what was written.

    What is in the folder is replaced; where a process is killed the folder holds no model, and it is to be
    exported again. Where the base came from an ONNX graph, that graph takes the new weights: it can be served
    with integers and computes the first token alone as before.

    Parameters
    ----------
    texts
        For comparing the vectors of torch and of onnxruntime, besides some of ours.

    Raises
    ------
    TrainingFailed
        The disk is full, or the vectors differ by more than 1e-4.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _write_graph(base, folder / FLOAT32)
        (folder / TOKENIZER).write_text(_tokenizer(base), encoding="utf-8")
    except OSError as problem:
        raise TrainingFailed(
            f"the model was not exported: {disk_problem(problem) or f'{folder}: {problem}'}; what was "
            "trained is kept in the checkpoints: run the same command again"
        ) from problem
    files = OnnxFiles(folder / FLOAT32, folder / TOKENIZER, base.dimensions, base.pooling, base.max_tokens)
    _check(base, files, [*TRIAL_TEXTS, *texts])
    return files


def _write_graph(base: BaseEncoder, target: Path) -> None:
    import onnx

    bert = base.model[0].auto_model
    if base.graph is None:
        _export_graph(bert, target)
        return
    model = onnx.load(base.graph)
    replace_tensors(model, {name: tensor.cpu().numpy() for name, tensor in bert.state_dict().items()})
    onnx.save_model(model, target)


def _export_graph(bert: Any, target: Path) -> None:
    """Export a BERT with nodes that are named by its modules."""
    import torch

    class Hidden(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        """A BERT without its pooler, with its parts as its own: names in the graph begin with them."""

        def __init__(self) -> None:
            super().__init__()
            self.embeddings, self.encoder = bert.embeddings, bert.encoder
            self.compute = bert.forward

        def forward(self, ids: Any, mask: Any, types: Any) -> Any:
            return self.compute(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state

    device, attention = bert.device, bert.config._attn_implementation
    bert.to("cpu").eval()
    # The fused kernel is one operation of torch, and ONNX has none like it.
    bert.set_attn_implementation("eager")
    ids = torch.ones((2, 4), dtype=torch.int64)
    try:
        with warnings.catch_warnings():
            # The exporter that follows TorchScript is deprecated; its successor needs another package.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Hidden().eval(),
                (ids, ids, torch.zeros_like(ids)),
                os.fspath(target),
                dynamo=False,
                opset_version=_OPSET,
                input_names=list(_INPUTS),
                output_names=[_OUTPUT],
                dynamic_axes={name: {0: "texts", 1: "tokens"} for name in (*_INPUTS, _OUTPUT)},
            )
    finally:
        bert.set_attn_implementation(attention)
        bert.to(device)


def _tokenizer(base: BaseEncoder) -> str:
    """Return the tokenizer as JSON, without the padding and truncation that the last batch left in it."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(base.model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return str(tokenizer.to_str(pretty=True))


def _check(base: BaseEncoder, files: OnnxFiles, texts: Sequence[str]) -> None:
    served = open_onnx(files, base.name).encode(texts)
    trained = base.model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    difference = float(np.abs(served - trained).max())
    if not difference <= _MAX_DIFFERENCE:
        raise TrainingFailed(
            "the exported model computes other vectors than the trained one: they differ by "
            f"{difference:.1e}, and {_MAX_DIFFERENCE:g} is allowed; it was left in {files.float32.parent}, "
            "and what was trained is kept in the checkpoints"
        )
