"""Words of the shop that join the vocabulary of an encoder."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from shangsou.text.segmenter import Segmenter

# Judgement: a rarer word is met too seldom in an epoch to learn more than its pieces say already.
_MIN_TEXTS = 20


def choose_shop_words(texts: Iterable[str], tokenizer: Any, segmenter: Segmenter, *, most: int) -> list[str]:
    """Return the words that stand in most texts, of two characters or more and of two tokens or more.

    Parameters
    ----------
    texts
        Normalized.
    tokenizer
        Of transformers.
    most
        How many; fewer where there are no more that stand in 20 texts.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word for word in segmenter.cut(text) if len(word) > 1 and word.isalnum()})
    frequent = sorted(
        (word for word, count in counts.items() if count >= _MIN_TEXTS),
        key=lambda word: (-counts[word], word),
    )
    chosen: list[str] = []
    for word in frequent:
        if len(chosen) == most:
            break
        if len(tokenizer.tokenize(word)) > 1:
            chosen.append(word)
    return chosen


def add_words(model: Any, tokenizer: Any, words: Sequence[str]) -> None:
    """Let words join a BERT and its tokenizer, in place. Each begins as the mean of its pieces."""
    import torch

    if not words:
        return
    pieces = [tokenizer(word, add_special_tokens=False)["input_ids"] for word in words]
    before = len(tokenizer)
    tokenizer.add_tokens(list(words))
    table = model.get_input_embeddings().weight.detach()
    means = torch.stack([table[ids].mean(0) for ids in pieces])
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight[before:] = means
