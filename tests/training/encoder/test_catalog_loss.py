"""A query is told from all titles as the untrained encoder has them."""

from importlib.util import find_spec

import numpy as np
import pytest

from training.encoder.base_vectors import EncodedTexts
from training.encoder.base_weights import BaseEncoder
from training.encoder.batches import Example
from training.encoder.catalog_loss import CatalogLoss
from training.encoder.kept_titles import FixedTitles
from training.encoder.options import FineTuningOptions
from training.encoder.train import encode_with

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
OPTIONS = FineTuningOptions(temperature=0.1, nearness=0.2)
TITLES = ["红棉伞", "蓝棉伞", "红棉鞋"]


def loss_of(
    toy: BaseEncoder, examples: list[Example], batch: list[Example], *, known_cosine: float = -1.0
) -> float:
    toy.model.eval()
    catalog = FixedTitles(EncodedTexts(TITLES, encode_with(toy.model)(TITLES)), known_cosine)
    return float(CatalogLoss(toy.model, catalog, examples, OPTIONS)(batch).item())


def test_the_loss_is_the_cross_entropy_of_the_product_among_all_titles(toy: BaseEncoder):
    example = Example("伞红", TITLES[0], 0, 1.0)
    encode = encode_with(toy.model)
    logits = (encode(["伞红"]) @ encode(TITLES).T)[0] / 0.1
    expected = np.log(np.exp(logits).sum()) - logits[0]
    assert loss_of(toy, [example], [example]) == pytest.approx(expected, abs=1e-4)


def test_another_product_of_the_query_is_no_negative(toy: BaseEncoder):
    examples = [Example("伞红", TITLES[0], 0, 1.0), Example("伞红", TITLES[1], 1, 1.0)]
    encode = encode_with(toy.model)
    logits = (encode(["伞红"]) @ encode(TITLES).T)[0] / 0.1
    expected = np.log(np.exp(logits[[0, 2]]).sum()) - logits[0]
    assert loss_of(toy, examples, examples[:1]) == pytest.approx(expected, abs=1e-4)


def test_what_a_cosine_lacks_to_those_of_known_queries_counts_a_fifth(toy: BaseEncoder):
    example = Example("伞红", TITLES[0], 0, 1.0)
    encode = encode_with(toy.model)
    cosine = float(encode(["伞红"])[0] @ encode(TITLES)[0])
    ranked = loss_of(toy, [example], [example], known_cosine=cosine - 0.01)
    lacking = loss_of(toy, [example], [example], known_cosine=cosine + 0.05)
    # .05 over the temperature of .1 is .5, a fifth of which is .1.
    assert lacking - ranked == pytest.approx(0.1, abs=1e-3)


def test_a_query_that_lies_nearer_than_known_ones_is_not_drawn(toy: BaseEncoder):
    example = Example("伞红", TITLES[0], 0, 1.0)
    near = loss_of(toy, [example], [example], known_cosine=-0.5)
    assert near == pytest.approx(loss_of(toy, [example], [example], known_cosine=-1.0), abs=1e-6)


def test_titles_get_no_gradient_and_queries_do(toy: BaseEncoder):
    toy.model.eval()
    vectors = encode_with(toy.model)(TITLES)
    example = Example("伞红", TITLES[0], 0, 1.0)
    loss = CatalogLoss(toy.model, FixedTitles(EncodedTexts(TITLES, vectors), 1.0), [example], OPTIONS)
    loss([example]).backward()
    words = toy.model[0].auto_model.embeddings.word_embeddings.weight.grad
    ids = toy.model.tokenizer(["伞红", "蓝"], add_special_tokens=False)["input_ids"]
    assert all(words[token].abs().sum() > 0 for token in ids[0])
    # 蓝 stands in titles alone.
    assert words[ids[1][0]].abs().sum() == 0
