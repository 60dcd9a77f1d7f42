"""Masked words of a text, filled by a model: what it takes a shop to write there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from shangsou.errors import UnusableInput
from training.pretraining.network import MaskedLanguageModel

MASK = "[MASK]"
# Beginnings that are gone on with, and fillings that are returned.
_BEAM = 5


@dataclass(frozen=True, slots=True)
class Fill:
    """What may stand in the place of the masks."""

    words: str
    """The tokens in order, without spaces."""
    probability: float
    """The product over the masks, from the left, each with those before it filled."""


def check_template(template: str, tokenizer: Any, max_tokens: int) -> None:
    """Raise `UnusableInput` for a text without a mask, or longer than the model reads."""
    if MASK not in template:
        raise UnusableInput(
            f'--fill "{template}" has no {MASK}; write one for each character, as 这条{MASK}裙'
        )
    count = len(tokenizer(template)["input_ids"])
    if count > max_tokens:
        raise UnusableInput(f"--fill has {count} tokens, and the model reads {max_tokens}; shorten the text")


def fill(model: MaskedLanguageModel, tokenizer: Any, template: str) -> list[Fill]:
    """Return the likeliest fillings of a text by a beam search from the left, the best first."""
    begun = tokenizer(template, return_tensors="pt")["input_ids"][0].to(model.bias.device)
    places = (begun == tokenizer.mask_token_id).nonzero()[:, 0].tolist()
    special = torch.tensor(sorted(tokenizer.all_special_ids), device=begun.device)
    tokens, scores = begun.unsqueeze(0), torch.zeros(1, device=begun.device)
    for place in places:
        with torch.no_grad():
            states = model(tokens, torch.ones_like(tokens, dtype=torch.bool))
            likelihoods = torch.log_softmax(model.predict(states[:, place]).float(), dim=1)
        likelihoods[:, special] = -torch.inf
        sums = (scores.unsqueeze(1) + likelihoods).flatten()
        scores, chosen = sums.topk(min(_BEAM, len(sums)))
        size = likelihoods.shape[1]
        tokens = tokens[chosen // size].clone()
        tokens[:, place] = chosen % size
    return [
        Fill(_words(tokenizer, row[places].tolist()), float(score.exp()))
        for row, score in zip(tokens, scores, strict=True)
    ]


def _words(tokenizer: Any, tokens: Sequence[int]) -> str:
    # "##" begins a piece that goes on with a word.
    return "".join(token.removeprefix("##") for token in tokenizer.convert_ids_to_tokens(tokens))
