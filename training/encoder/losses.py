"""The losses of sentence-transformers that fine-tuning uses."""

from collections.abc import Sequence
from typing import Any

from training.encoder.batches import Example
from training.encoder.options import DIMENSIONS, FineTuningOptions

# What the guide finds nearer than this share of the chosen product's cosine is no negative (the margin of
# Moreira et al. 2024, as for hard negatives).
_MARGIN = 0.05


def matryoshka_dimensions(dimensions: int) -> tuple[int, ...]:
    """Return the lengths at which vectors of these dimensions are trained, longest first."""
    return (dimensions, *(one for one in DIMENSIONS if one < dimensions))


def build_loss(model: Any, guide: Any, options: FineTuningOptions, *, mini_batch: int) -> Any:
    """Return the loss of a batch: InfoNCE at several lengths of the vectors (Kusupati et al. 2022).

    A batch of more than `mini_batch` pairs is computed in parts with the gradient of the whole (Gao et al.
    2021). The guided loss always is, since the other would encode with the guide once for each length.

    Parameters
    ----------
    model, guide
        `SentenceTransformer`s: the one to train, and the untrained one.
    """
    from sentence_transformers.sentence_transformer import losses

    loss: Any
    if options.loss == "gist":
        loss = losses.CachedGISTEmbedLoss(
            model,
            guide,
            temperature=options.temperature,
            mini_batch_size=mini_batch,
            margin_strategy="relative",
            margin=_MARGIN,
        )
    elif options.batch_size > mini_batch:
        loss = losses.CachedMultipleNegativesRankingLoss(
            model, scale=1 / options.temperature, mini_batch_size=mini_batch
        )
    else:
        loss = losses.MultipleNegativesRankingLoss(model, scale=1 / options.temperature)
    lengths = matryoshka_dimensions(model.get_embedding_dimension())
    return losses.MatryoshkaLoss(model, loss, matryoshka_dims=lengths)


def loss_of_batch(model: Any, loss: Any, examples: Sequence[Example]) -> Any:
    """Return the loss of a batch as a tensor: queries, titles and, where all have one, negatives."""
    columns = [[example.query for example in examples], [example.title for example in examples]]
    if all(example.negative for example in examples):
        columns.append([example.negative for example in examples])
    return loss([_features(model, texts) for texts in columns], None)


def embed(model: Any, texts: Sequence[str]) -> Any:
    """Return the texts' vectors as a tensor that gradients flow through, rows of length 1."""
    import torch

    return torch.nn.functional.normalize(model(_features(model, texts))["sentence_embedding"], dim=1)


def _features(model: Any, texts: Sequence[str]) -> dict[str, Any]:
    return {
        name: values.to(model.device)
        for name, values in model.preprocess(list(texts)).items()
        if hasattr(values, "to")
    }
