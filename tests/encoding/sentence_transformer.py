"""The default model's ONNX weights as a sentence-transformers folder, for torch and for training."""

import json
import shutil
from pathlib import Path

from shangsou.encoding.onnx import MAX_TOKENS
from shangsou.encoding.weights import ModelWeights

# BAAI/bge-small-zh-v1.5: from its published configuration and the shapes of its weights.
_CONFIGURATION = {
    "vocab_size": 21128,
    "hidden_size": 512,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "intermediate_size": 2048,
    "max_position_embeddings": 512,
}
_TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": _CONFIGURATION["max_position_embeddings"],
    **{f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")},
}
_MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
_EXPORTED_MATRIX = "onnx::MatMul_"


def write_sentence_transformer(weights: ModelWeights, folder: Path) -> None:
    """Write the default model so that `SentenceTransformer(str(folder))` opens it: first token, length 1."""
    import onnx
    import torch
    from onnx import numpy_helper
    from transformers import BertConfig, BertModel

    graph = onnx.load(weights.float32).graph
    # The exporter transposed the matrices and named them after its own counting: the node that
    # multiplies by one tells which it is, /encoder/layer.0/attention/self/query/MatMul and so on.
    owners = {
        name: node.name.strip("/").removesuffix("/MatMul").replace("/", ".") + ".weight"
        for node in graph.node
        if node.op_type == "MatMul"
        for name in node.input
        if name.startswith(_EXPORTED_MATRIX)
    }
    bert = BertModel(BertConfig.from_dict(_CONFIGURATION), add_pooling_layer=False)
    state = {}
    for tensor in graph.initializer:
        name = owners.get(tensor.name, tensor.name)
        if name in bert.state_dict():
            values = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            state[name] = values.T.contiguous() if tensor.name in owners else values
    bert.load_state_dict(state)
    folder.mkdir(parents=True, exist_ok=True)
    bert.save_pretrained(folder)
    shutil.copyfile(weights.tokenizer, folder / "tokenizer.json")
    _write_json(folder / "tokenizer_config.json", _TOKENIZER)
    _write_json(
        folder / "modules.json",
        [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for index, (path, kind) in enumerate(_MODULES)
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    _write_json(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": _CONFIGURATION["hidden_size"],
            "pooling_mode_cls_token": True,
            "pooling_mode_mean_tokens": False,
        },
    )
    (folder / "2_Normalize").mkdir(exist_ok=True)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
