"""Words of the shop join the vocabulary."""

from importlib.util import find_spec

import pytest

from shangsou.text.segmenter import Segmenter
from training.encoder.base_weights import BaseEncoder
from training.pretraining.vocabulary import add_words, choose_shop_words

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
SEGMENTER = Segmenter("棉伞 100000 n\n红鞋 100000 n\n铁锅 100000 n")


def test_the_words_of_most_texts_are_taken_where_they_are_no_token_yet(toy: BaseEncoder):
    texts = ["棉伞"] * 30 + ["红鞋"] * 25 + ["铁锅"] * 19 + ["伞"] * 40
    tokenizer = toy.model.tokenizer
    # 铁锅 stands in fewer than 20 texts, and 伞 is a token.
    assert choose_shop_words(texts, tokenizer, SEGMENTER, most=5) == ["棉伞", "红鞋"]
    assert choose_shop_words(texts, tokenizer, SEGMENTER, most=1) == ["棉伞"]
    assert choose_shop_words(texts, tokenizer, SEGMENTER, most=0) == []


def test_a_word_begins_as_the_mean_of_its_pieces(toy: BaseEncoder):
    import torch

    bert, tokenizer = toy.model[0].auto_model, toy.model.tokenizer
    table = bert.get_input_embeddings().weight.detach().clone()
    pieces = tokenizer("棉伞", add_special_tokens=False)["input_ids"]
    assert len(pieces) == 2
    add_words(bert, tokenizer, ["棉伞"])
    (word,) = tokenizer("棉伞", add_special_tokens=False)["input_ids"]
    assert word == len(table)
    assert torch.allclose(bert.get_input_embeddings().weight[word], table[pieces].mean(0))
    assert torch.equal(bert.get_input_embeddings().weight[: len(table)], table)
    assert bert.config.vocab_size == len(table) + 1
