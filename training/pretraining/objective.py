"""The losses of a step of pre-training: of the encoder, of the decoder, and of retention."""

from typing import Any, NamedTuple

import torch
from torch.nn import functional

from training.pretraining.network import MaskedLanguageModel
from training.pretraining.options import PretrainingOptions

# Cosines count in the units in which fine-tuning tells texts apart (`FineTuningOptions.temperature`).
_TEMPERATURE = 0.02


class Batch(NamedTuple):
    """Texts of a step as tensors, shape (texts, tokens) each, as `MaskedTexts` has them."""

    original: Any
    seen: Any
    is_predicted: Any
    is_text: Any
    is_of_word: Any
    places_seen: Any
    """By the decoder, shape (texts, tokens, tokens)."""
    read_by_base: Any
    is_read_by_base: Any
    """The whole texts, as the untrained BERT reads them."""

    def part(self, start: int, end: int) -> "Batch":
        """Return some of the texts."""
        return Batch(*(tensor[start:end] for tensor in self))


class Losses(NamedTuple):
    """Of a step, each a mean."""

    encoder: Any
    """Cross entropy of a token that the encoder does not see, in nats."""
    decoder: Any
    """Of any token, predicted from the vector; 0 for the objective `mlm`."""
    distance: Any
    """1 - cosine between the vector of a masked text and that of the base for the whole text; 0 without
    retention."""

    def total(self, options: PretrainingOptions) -> Any:
        """Return what is minimized."""
        return self.encoder + self.decoder + options.retention * self.distance / _TEMPERATURE**2


def losses(model: MaskedLanguageModel, base: Any, batch: Batch, options: PretrainingOptions) -> Losses:
    """Return the losses of a batch.

    Parameters
    ----------
    base
        The untrained BERT.
    """
    states = model(batch.seen, batch.is_text)
    encoder = functional.cross_entropy(
        model.predict(states[batch.is_predicted]).float(), batch.original[batch.is_predicted]
    )
    nothing = torch.zeros((), device=encoder.device)
    vectors = model.vectors(states, batch.is_text)
    decoder = nothing
    if options.objective == "retromae":
        decoder = _decoder_loss(model, vectors, batch)
    distance = nothing
    if options.retention:
        with torch.no_grad():
            whole = base(input_ids=batch.read_by_base, attention_mask=batch.is_read_by_base.long())
            before = model.vectors(whole.last_hidden_state, batch.is_read_by_base)
        distance = 1 - functional.cosine_similarity(vectors.float(), before.float()).mean()
    return Losses(encoder, decoder, distance)


def _decoder_loss(model: MaskedLanguageModel, vectors: Any, batch: Batch) -> Any:
    embeddings = model.bert.embeddings
    positions = embeddings.position_embeddings.weight[: batch.original.shape[1]]
    states = model.decoder(vectors, embeddings(input_ids=batch.original), positions, batch.places_seen)
    return functional.cross_entropy(
        model.predict(states[batch.is_of_word]).float(), batch.original[batch.is_of_word]
    )
