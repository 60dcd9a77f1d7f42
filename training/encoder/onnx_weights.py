"""The weights of a BERT in its ONNX graph: read by their names in transformers, and replaced."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, numpy_helper

# The exporter names a node by the module that it came from, while it stores the matrix that the node reads
# transposed, under a number.
_MATRIX_NODE = re.compile(r"/(encoder/layer\.\d+/.+)/MatMul")
_NAMED = ("embeddings.", "encoder.")
_WORDS = "embeddings.word_embeddings.weight"

Tensors = Mapping[str, NDArray[np.float32]]
"""By their names in the state of a `BertModel`."""


def read_tensors(model: ModelProto) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a BERT that was exported module by module."""
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    tensors = {
        name: numpy_helper.to_array(tensor) for name, tensor in stored.items() if name.startswith(_NAMED)
    }
    for name, initializer in _matrices(model.graph):
        tensors[name] = np.ascontiguousarray(numpy_helper.to_array(stored[initializer]).T)
    return tensors


def replace_tensors(model: ModelProto, tensors: Tensors) -> None:
    """Put other weights into a graph, in place.

    Raises `ValueError` unless they are those that the graph has, in their shapes; words may have joined.
    """
    shapes = _shapes(tensors)
    present = _shapes(read_tensors(model))
    if shapes != present:
        differing = sorted(
            name for name in shapes.keys() | present.keys() if shapes.get(name) != present.get(name)
        )
        raise ValueError(f"the graph has other weights: {', '.join(differing[:3])}")
    initializer_of = dict(_matrices(model.graph))
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, tensor in tensors.items():
        initializer = initializer_of.get(name)
        values = tensor if initializer is None else np.ascontiguousarray(tensor.T)
        target = initializer or name
        stored[target].CopyFrom(numpy_helper.from_array(values.astype(np.float32), target))


def _shapes(tensors: Tensors) -> dict[str, tuple[int, ...]]:
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    words = shapes.get(_WORDS)
    # A graph looks up rows of words, however many there are.
    return shapes if words is None else shapes | {_WORDS: words[1:]}


def _matrices(graph: GraphProto) -> Iterator[tuple[str, str]]:
    """Yield the name of each matrix with that of its initializer."""
    initializers = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        found = _MATRIX_NODE.fullmatch(node.name)
        if node.op_type == "MatMul" and found and node.input[1] in initializers:
            yield f"{found[1].replace('/', '.')}.weight", node.input[1]
