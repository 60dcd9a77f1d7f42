"""Any other model, on sentence-transformers and torch (the extra `[torch]`)."""

import hashlib
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.encoder import ModelStamp
from shangsou.encoding.model_hub import check_name_leads_to_model
from shangsou.errors import EncoderUnavailable, WeightsUnavailable

_BATCH_SIZE = 32  # the default of sentence-transformers


class SentenceTransformerEncoder:
    """An encoder that follows the model's own configuration; rows are scaled to length 1.

    Parameters
    ----------
    model
        A folder, or a name on the model hub (or on its mirror, by the hub's own variable HF_ENDPOINT).
    threads
        Cores that torch may use in this process. A GPU is used if there is one.

    Raises
    ------
    WeightsUnavailable
        sentence-transformers is not installed, or the model is not available.
    """

    def __init__(self, model: str, *, threads: int) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError as problem:
            raise WeightsUnavailable(
                f"the model {model} runs on torch, but {problem.name} is not installed; run "
                "\"pip install 'shangsou[torch]'\", or unset SHANGSOU_MODEL for the default model"
            ) from problem
        torch.set_num_threads(threads)
        try:
            check_name_leads_to_model(model)
            self._model = SentenceTransformer(model)
        except (OSError, ValueError, RuntimeError) as problem:
            raise WeightsUnavailable(
                f"the model {model} could not be loaded: {problem}; set SHANGSOU_MODEL to a folder with a "
                "sentence-transformers model, or HF_ENDPOINT to a mirror of the hub that can be reached"
            ) from problem
        # Tokenizers cannot be configured by one thread while another uses them ("Already borrowed").
        self._lock = Lock()
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            # If a model has no pooler, transformers adds one with random weights, which is unused.
            if "pooler." not in name:
                digest.update(name.encode())
                digest.update(tensor.cpu().flatten().view(torch.uint8).numpy())
        dimensions = self._encode(["维"]).shape[1]
        self.stamp = ModelStamp(model, digest.hexdigest()[:16], dimensions, "float32")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the texts' vectors, shape (len(texts), dimensions), rows of length 1."""
        if not texts:
            return np.empty((0, self.stamp.dimensions), np.float32)
        try:
            return self._encode(list(texts))
        except RuntimeError as problem:
            raise EncoderUnavailable(f"{self.stamp.model} failed: {problem}") from problem

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        with self._lock:
            vectors: NDArray[np.float32] = self._model.encode(
                texts, batch_size=_BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)
