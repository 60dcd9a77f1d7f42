"""A BERT with what pre-training puts on it: a head that predicts words, and the decoder of RetroMAE."""

import copy
from typing import Any

import torch
from torch import nn

from shangsou.encoding.model_config import Pooling


class MaskedLanguageModel(nn.Module):
    """An encoder that predicts the tokens that it does not see.

    The weights of an encoder hold no such head: it begins as the embeddings of the tokens, which it shares
    with the encoder, behind a layer that changes nothing yet.
    """

    def __init__(self, bert: Any, pooling: Pooling) -> None:
        super().__init__()
        hidden = bert.config.hidden_size
        self.bert = bert
        self.pooling = pooling
        dense = nn.Linear(hidden, hidden)
        nn.init.eye_(dense.weight)
        nn.init.zeros_(dense.bias)
        self.head = nn.Sequential(dense, nn.GELU(), nn.LayerNorm(hidden, eps=bert.config.layer_norm_eps))
        self.bias = nn.Parameter(torch.zeros(bert.config.vocab_size))
        self.decoder = Decoder(bert)

    def forward(self, tokens: Any, is_text: Any) -> Any:
        """Return the states of the last layer, shape (texts, tokens, dimensions)."""
        return self.bert(input_ids=tokens, attention_mask=is_text.long()).last_hidden_state

    def vectors(self, states: Any, is_text: Any) -> Any:
        """Return the texts' vectors before they are brought to length 1, shape (texts, dimensions)."""
        if self.pooling == "cls":
            return states[:, 0]
        weights = is_text.unsqueeze(-1).to(states.dtype)
        return (states * weights).sum(1) / weights.sum(1)

    def predict(self, states: Any) -> Any:
        """Return the logits of each token of the vocabulary, shape (..., vocabulary)."""
        return self.head(states) @ self.bert.embeddings.word_embeddings.weight.T + self.bias


class Decoder(nn.Module):
    """The enhanced decoder of RetroMAE (Xiao et al. 2022): one layer that predicts a text from its vector.

    Each place asks with the vector and its position, and sees the vector and some of the other tokens. It
    begins as a copy of the encoder's last layer.
    """

    def __init__(self, bert: Any) -> None:
        super().__init__()
        layer = copy.deepcopy(bert.encoder.layer[-1])
        attention = layer.attention.self
        self.query, self.key, self.value = attention.query, attention.key, attention.value
        self.heads = bert.config.num_attention_heads
        self.output = layer.attention.output
        self.intermediate, self.feed_forward = layer.intermediate, layer.output

    def forward(self, vectors: Any, embeddings: Any, positions: Any, is_seen: Any) -> Any:
        """Return a state for each place of the texts, shape (texts, tokens, dimensions).

        Parameters
        ----------
        vectors
            Of the texts, shape (texts, dimensions).
        embeddings
            Of their tokens, shape (texts, tokens, dimensions). The first is replaced by the vector.
        positions
            Shape (tokens, dimensions).
        is_seen
            Which token each place sees, shape (texts, tokens, tokens).
        """
        asking = vectors.unsqueeze(1) + positions
        seen = torch.cat([vectors.unsqueeze(1), embeddings[:, 1:]], dim=1)
        attended = nn.functional.scaled_dot_product_attention(
            self._by_head(self.query(asking)),
            self._by_head(self.key(seen)),
            self._by_head(self.value(seen)),
            attn_mask=is_seen.unsqueeze(1),
        )
        state = self.output(attended.transpose(1, 2).flatten(2), asking)
        return self.feed_forward(self.intermediate(state), state)

    def _by_head(self, states: Any) -> Any:
        return states.unflatten(2, (self.heads, -1)).transpose(1, 2)


def places_seen(is_text: Any, share_hidden: float, generator: torch.Generator) -> Any:
    """Return which token each place of the decoder sees, shape (texts, tokens, tokens).

    The first, which is the vector, and a random part of the others, never the one at its own place.
    """
    texts, tokens = is_text.shape
    is_drawn = torch.rand((texts, tokens, tokens), generator=generator) >= share_hidden
    is_drawn &= ~torch.eye(tokens, dtype=torch.bool)
    is_seen = is_drawn.to(is_text.device) & is_text.unsqueeze(1)
    is_seen[:, :, 0] = True
    return is_seen
