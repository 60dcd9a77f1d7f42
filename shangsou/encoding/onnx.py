"""The default model and trained ones on onnxruntime: no torch, and twice as fast."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.encoder import ModelStamp
from shangsou.encoding.model_config import Pooling
from shangsou.errors import EncoderUnavailable, WeightsUnavailable

_FETCH = 'run "shangsou model fetch", which replaces damaged files'
# Texts are truncated here. The longest of 74,362 real titles has 73 tokens. Descriptions are longer, but
# mostly not about what the product is, and 512 tokens cost more than twice as much (docs/adr/0002).
MAX_TOKENS = 256
# Tokens in a batch of one thread, padding included. Measured on titles of 28 tokens: 8 to
# 16 of them (230 to 450 tokens) are encoded 10 % faster than 64, in less memory, and affect each other's
# integer scales less.
_BATCH_TOKENS = 512


class OnnxEncoder:
    """An encoder with one session shared by all threads: each batch runs on one thread.

    So a query costs one core, searches do not wait for each other, and an indexer's batches keep
    `threads` cores busy.

    Parameters
    ----------
    model, tokenizer
        An ONNX graph from token ids to one vector for each token, or for the first alone; `tokenizer.json`.
    stamp
        Of the model. Where its dimensions are fewer than the graph's, the first ones are taken.
    threads
        Cores that one call of `encode` may use.
    pooling, max_tokens
        How token vectors become one of a text, and where texts are truncated.
    advice
        What to do where the files cannot be read.
    """

    def __init__(  # noqa: PLR0913 - what tells one model from another
        self,
        model: Path,
        tokenizer: Path,
        stamp: ModelStamp,
        *,
        threads: int,
        pooling: Pooling = "cls",
        max_tokens: int = MAX_TOKENS,
        advice: str = _FETCH,
    ) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.stamp = stamp
        self._threads = threads
        self._pooling = pooling
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # An arena would keep the memory of the largest batch forever; doing without costs no time.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        # onnxruntime's own log: errors only. Its warnings are for kernel developers.
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as problem:  # tokenizers and onnxruntime raise bare Exceptions
            raise WeightsUnavailable(f"{model.parent} cannot be read: {problem}; {advice}") from problem
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._inputs = [model_input.name for model_input in self._session.get_inputs()]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the texts' vectors, shape (len(texts), dimensions), rows of length 1."""
        vectors = np.empty((len(texts), self.stamp.dimensions), np.float32)
        try:
            tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
            batches = list(_batches([len(ids) for ids in tokens]))

            def encode_batch(rows: NDArray[np.intp]) -> None:
                vectors[rows] = self._run([tokens[row] for row in rows])

            if len(batches) <= 1 or self._threads == 1:
                for rows in batches:
                    encode_batch(rows)
            else:
                with ThreadPoolExecutor(self._threads, "encoder") as pool:
                    list(pool.map(encode_batch, batches))
        except Exception as problem:  # see above
            raise EncoderUnavailable(f"{self.stamp.model} failed: {problem}") from problem
        return vectors

    def _run(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        lengths = [len(ids) for ids in tokens]
        ids = np.zeros((len(tokens), max(lengths)), np.int64)
        mask = np.zeros_like(ids)
        for row, length in enumerate(lengths):
            ids[row, :length] = tokens[row]
            mask[row, :length] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: inputs[name] for name in self._inputs})[0]
        pooled: NDArray[np.float32]
        if self._pooling == "cls":
            pooled = hidden[:, 0, : self.stamp.dimensions]
        else:
            weights = (mask / mask.sum(axis=1, keepdims=True)).astype(np.float32)
            pooled = np.einsum("tk,tkd->td", weights, hidden[:, :, : self.stamp.dimensions])
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled


def _batches(lengths: Sequence[int]) -> Iterator[NDArray[np.intp]]:
    """Yield batches of rows with texts of similar length, longest first, to keep padding small."""
    order = np.argsort(-np.asarray(lengths, dtype=np.intp), kind="stable")
    start = 0
    while start < len(order):
        end = start + max(1, _BATCH_TOKENS // lengths[order[start]])
        yield order[start:end]
        start = end
