"""The heads of a masked language model, and what its decoder may see."""

from importlib.util import find_spec

import pytest

from training.encoder.base_weights import BaseEncoder

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


def test_the_head_begins_as_the_embeddings_of_the_tokens(toy: BaseEncoder):
    import torch

    from training.pretraining.network import MaskedLanguageModel

    bert = toy.model[0].auto_model
    model = MaskedLanguageModel(bert, "cls")
    states = torch.randn(2, 3, 64)
    layer = torch.nn.functional.layer_norm(torch.nn.functional.gelu(states), (64,), eps=1e-12)
    wanted = layer @ bert.embeddings.word_embeddings.weight.T
    assert torch.allclose(model.predict(states), wanted, atol=1e-5)
    # One table: what the head learns of a token the encoder reads.
    assert sum(parameter.shape == wanted.shape[-1:] for parameter in model.parameters()) == 1


def test_the_vector_is_that_of_the_encoder(toy: BaseEncoder):
    import torch

    from training.pretraining.network import MaskedLanguageModel

    tokens = toy.model.tokenizer(["红棉伞", "鞋"], padding=True, return_tensors="pt")
    is_text = tokens["attention_mask"].bool()
    served = torch.tensor(toy.model.encode(["红棉伞", "鞋"]))
    with torch.no_grad():
        model = MaskedLanguageModel(toy.model[0].auto_model, toy.pooling).eval()
        vectors = model.vectors(model(tokens["input_ids"], is_text), is_text)
    assert torch.allclose(vectors, served, atol=1e-5)


def test_a_place_sees_the_vector_and_never_its_own_token():
    import torch

    from training.pretraining.network import places_seen

    is_text = torch.tensor([[True] * 50 + [False] * 10])
    seen = places_seen(is_text, 0.5, torch.Generator().manual_seed(0))[0]
    assert seen[:, 0].all()
    assert not seen.diagonal()[1:].any()
    # What fills a text up is seen by nobody.
    assert not seen[:, 50:].any()
    assert float(seen[:, 1:50].float().mean()) == pytest.approx(0.5, abs=0.05)


def test_the_decoder_predicts_a_token_from_others_alone(toy: BaseEncoder):
    import torch

    from training.pretraining.network import MaskedLanguageModel

    model = MaskedLanguageModel(toy.model[0].auto_model, "cls").eval()
    vectors, positions = torch.randn(1, 64), torch.randn(4, 64)
    seen = torch.tensor([[[1, 0, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [1, 0, 0, 0]]]).bool()

    def states(embeddings):
        with torch.no_grad():
            return model.decoder(vectors, embeddings, positions, seen)[0]

    embeddings = torch.randn(1, 4, 64)
    changed = embeddings.clone()
    changed[0, 2] += 1
    before, after = states(embeddings), states(changed)
    # Places 0 and 1 see the third token; its own place and the last do not.
    assert [bool(torch.allclose(before[place], after[place])) for place in range(4)] == [
        False,
        False,
        True,
        True,
    ]
