"""Bases: the ONNX graph that serves, and any BERT."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shangsou.encoding.encoder import ModelStamp
from shangsou.encoding.onnx import OnnxEncoder
from shangsou.encoding.weights import require_weights
from shangsou.errors import UnusableInput, WeightsUnavailable
from shangsou.settings import DEFAULT_MODEL, Settings
from tests.fixtures.trained_models import install_toy
from tests.training.encoder.toy import install, write_toy_bert
from training.encoder.base_weights import BaseEncoder, check_tokenizer, open_base
from training.encoder.export import export_model

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
TITLES = ["红棉伞", "黑铁锅", "白丝帽蓝木椅"]


def encoded(base: BaseEncoder, texts: list[str]) -> np.ndarray:
    return base.model.encode(texts, normalize_embeddings=True)


def test_the_default_model_has_the_vectors_that_are_served(models_folder: Path):
    settings = Settings(home=models_folder.parent)
    base, weights = open_base(DEFAULT_MODEL, settings), require_weights(settings)
    stamp = ModelStamp(DEFAULT_MODEL, weights.model_hash, 512, "float32")
    encoder = OnnxEncoder(weights.float32, weights.tokenizer, stamp, threads=1)
    texts = ["法式复古红色连衣裙女", "ipad air 2022 保护套", "长" * 300, ""]
    assert np.abs(encoder.encode(texts) - encoded(base, texts)).max() < 1e-5
    config = base.model[0].auto_model.config
    assert base.model_hash == weights.model_hash
    assert (config.num_hidden_layers, config.num_attention_heads, config.vocab_size) == (4, 8, 21_128)
    assert (base.dimensions, base.pooling, base.max_tokens) == (512, "cls", 256)


def test_missing_default_weights_name_the_command_that_fetches_them(settings: Settings):
    with pytest.raises(WeightsUnavailable, match="shangsou model fetch"):
        open_base(DEFAULT_MODEL, settings)


def test_a_trained_model_is_a_base_with_the_same_vectors(
    toy: BaseEncoder, settings: Settings, tmp_path: Path
):
    name = install(export_model(toy, tmp_path / "exported", TITLES), settings)
    again = open_base(name, settings)
    assert np.abs(encoded(again, TITLES) - encoded(toy, TITLES)).max() < 1e-5
    assert (again.name, again.pooling, again.max_tokens, again.dimensions) == ("toy", "mean", 32, 64)
    assert again.graph == settings.home / "models" / "toy" / "float32.onnx"


def test_equal_weights_have_the_same_hash_and_others_another(
    toy: BaseEncoder, toy_folder: Path, settings, tmp_path: Path
):
    other = write_toy_bert(tmp_path / "bert", seed=2)
    assert open_base(str(toy_folder), settings).model_hash == toy.model_hash
    assert open_base(str(other), settings).model_hash != toy.model_hash


def test_a_tokenizer_with_more_tokens_than_the_weights_have_is_another_models(
    settings: Settings, tmp_path: Path
):
    folder = write_toy_bert(tmp_path / "bert", words=20)
    with pytest.raises(UnusableInput, match="32 tokens and its weights 20"):
        open_base(str(folder), settings)


def test_a_tokenizer_of_another_language_is_refused(toy: BaseEncoder):
    check_tokenizer(toy, TITLES)
    with pytest.raises(UnusableInput, match="made for another language"):
        check_tokenizer(toy, ["连衣裙", "保护套"])


def test_what_is_no_bert_is_named(settings: Settings, tmp_path: Path, toy: BaseEncoder):
    with pytest.raises(UnusableInput, match="there is no folder of this name"):
        open_base(str(tmp_path / "nowhere"), settings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnusableInput, match="could not be loaded"):
        open_base(str(tmp_path / "empty"), settings)


def test_a_folder_of_another_kind_of_model_is_named(settings: Settings, tmp_path: Path):
    from transformers import GPT2Config, GPT2Model

    folder = write_toy_bert(tmp_path / "gpt")
    config = GPT2Config(vocab_size=33, n_positions=32, n_embd=64, n_layer=1, n_head=1)
    GPT2Model(config).save_pretrained(folder)
    with pytest.raises(UnusableInput, match="is a gpt2 with mean pooling; only BERT"):
        open_base(str(folder), settings)


def test_a_graph_that_cannot_be_read_is_named(settings: Settings, tmp_path: Path, toy: BaseEncoder):
    name = install(export_model(toy, tmp_path / "exported", TITLES), settings)
    graph = settings.home / "models" / name / "float32.onnx"
    # Of the same size: a file that is cut off makes the model incomplete.
    graph.write_bytes(b"x" * graph.stat().st_size)
    with pytest.raises(UnusableInput, match=r"float32\.onnx does not hold the weights of a BERT"):
        open_base(name, settings)


def test_a_table_of_units_is_no_base(settings: Settings):
    install_toy(settings.home, "units", "static")
    with pytest.raises(UnusableInput, match="units is a table of units"):
        open_base("units", settings)
