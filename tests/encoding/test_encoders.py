"""One contract for every encoder, and how near their vectors are to each other."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shangsou.encoding.encoder import Encoder
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.onnx import MAX_TOKENS
from shangsou.encoding.weights import require_weights
from shangsou.errors import EncoderUnavailable, WeightsUnavailable
from shangsou.settings import DEFAULT_MODEL, Settings

KINDS = ["onnx float32", "onnx int8", "torch"]
# Of many lengths, so that an encoder that sorts them has to put them back in order.
TITLES = [
    "法式复古红色连衣裙女夏季新款收腰显瘦气质长裙",
    "手机壳 适用 iPhone 15 Pro 透明防摔",
    "",
    "雨伞",
    "Sony WH-1000XM4 无线降噪蓝牙耳机",
    "纯棉四件套床上用品 1.8m床 简约北欧风",
    "儿童运动鞋男童2026春秋新款透气网面软底防滑跑步鞋小学生休闲鞋",
    "🎁",
    "12.9元 9支装 中性笔",
    "a",
] * 8


@pytest.fixture(scope="session")
def open_kind(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Encoder]:
    """Open the default model in one of its ways."""

    @cache
    def opened(kind: str) -> Encoder:
        if kind == "torch":
            if find_spec("sentence_transformers") is None:
                pytest.skip("the extra [torch] is not installed")
            from tests.encoding.sentence_transformer import write_sentence_transformer

            folder = tmp_path_factory.mktemp("sentence-transformer")
            write_sentence_transformer(require_weights(Settings(home=models_folder.parent)), folder)
            return open_encoder(Settings(), str(folder), threads=2)
        precision = "int8" if kind == "onnx int8" else "float32"
        return open_encoder(
            Settings(home=models_folder.parent, precision=precision), DEFAULT_MODEL, threads=2
        )

    return opened


@pytest.fixture(scope="session")
def title_vectors(open_kind: Callable[[str], Encoder]) -> Callable[[str], NDArray[np.float32]]:
    """Return the vectors of all titles by an encoder of a kind."""
    return cache(lambda kind: open_kind(kind).encode(TITLES))


@pytest.fixture(params=KINDS)
def encoder(open_kind: Callable[[str], Encoder], request: pytest.FixtureRequest) -> Encoder:
    return open_kind(request.param)


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosine of each row of `a` with the same row of `b`."""
    product: NDArray[np.float32] = (a * b).sum(axis=1)
    return product


def test_rows_have_length_1_and_the_stamped_dimensions(encoder: Encoder):
    vectors = encoder.encode(TITLES)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TITLES), encoder.stamp.dimensions) == (80, 512)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_are_no_rows(encoder: Encoder):
    assert encoder.encode([]).shape == (0, 512)


def test_rows_stand_in_the_order_of_the_texts(encoder: Encoder):
    alone = np.vstack([encoder.encode([title]) for title in TITLES[:10]])
    together = encoder.encode(TITLES)[:10]
    # int8 depends a little on the texts that it is encoded with; another title is far away.
    assert cosines(alone, together).min() > 0.98
    assert (alone @ together.T).argmax(axis=1).tolist() == list(range(10))


def test_what_means_the_same_is_nearer_than_what_does_not(encoder: Encoder):
    dress, skirt, charger = encoder.encode(["红色连衣裙", "女士裙子 大红", "手机充电器"])
    assert dress @ skirt > dress @ charger + 0.1


def test_a_text_is_cut_where_the_model_stops_reading(encoder: Encoder):
    # A character is a token; one more stands at either end.
    longest = "长" * (MAX_TOKENS - 2)
    (whole,), (cut,), (shorter,) = (encoder.encode([text]) for text in (longest, longest * 3, longest[:-200]))
    assert cut @ whole > 0.99999
    assert shorter @ whole < 0.9999


def test_many_threads_at_once_get_the_vectors_that_one_gets(encoder: Encoder):
    texts = TITLES[:10]
    expected = [encoder.encode([text])[0] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: encoder.encode([text])[0], texts))
    assert cosines(np.vstack(found), np.vstack(expected)).min() > 0.99999


def test_float32_gives_a_text_the_same_vector_in_any_company(open_kind: Callable[[str], Encoder]):
    encoder = open_kind("onnx float32")
    alone = np.vstack([encoder.encode([title]) for title in TITLES[:10]])
    assert encoder.encode(TITLES)[:10] == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "reference", "nearest"),
    [
        ("onnx float32", "torch", 0.9999),
        ("onnx int8", "onnx float32", 0.98),
        ("onnx int8", "torch", 0.98),
    ],
)
def test_vectors_of_all_ways_agree(
    kind: str, reference: str, nearest: float, title_vectors: Callable[[str], NDArray[np.float32]]
):
    assert cosines(title_vectors(kind), title_vectors(reference)).min() >= nearest


def test_the_stamp_names_the_model_and_its_weights(open_kind: Callable[[str], Encoder]):
    float32, int8 = open_kind("onnx float32").stamp, open_kind("onnx int8").stamp
    assert float32.model == int8.model == "BAAI/bge-small-zh-v1.5"
    assert float32.model_hash == int8.model_hash
    assert len(float32.model_hash) == 16
    assert (float32.precision, int8.precision) == ("float32", "int8")


def test_a_torch_model_has_the_same_stamp_whenever_it_is_opened(open_kind: Callable[[str], Encoder]):
    stamp = open_kind("torch").stamp
    assert open_encoder(Settings(), stamp.model, threads=2).stamp == stamp


def test_a_model_that_fails_while_encoding_is_an_unavailable_encoder(
    open_kind: Callable[[str], Encoder], monkeypatch: pytest.MonkeyPatch
):
    encoder = open_kind("onnx float32")

    def failing(tokens: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(encoder, "_run", failing)
    with pytest.raises(EncoderUnavailable, match="out of memory"):
        encoder.encode(["雨伞"])


def test_weights_that_cannot_be_read_are_fetched_again_with_model_fetch(models_folder: Path, tmp_path: Path):
    from shangsou.encoding.encoder import ModelStamp
    from shangsou.encoding.onnx import OnnxEncoder

    (tmp_path / "model.onnx").write_bytes(b"no model")
    tokenizer = models_folder / "bge-small-zh-v1.5" / "tokenizer.json"
    with pytest.raises(WeightsUnavailable, match='"shangsou model fetch"'):
        OnnxEncoder(tmp_path / "model.onnx", tokenizer, ModelStamp("m", "h", 512, "float32"), threads=1)


def test_missing_default_weights_name_the_command_that_fetches_them(tmp_path: Path):
    with pytest.raises(WeightsUnavailable, match='run "shangsou model fetch"'):
        open_encoder(Settings(home=tmp_path), DEFAULT_MODEL)


def test_another_model_without_the_torch_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(WeightsUnavailable, match=r"pip install 'shangsou\[torch\]'"):
        open_encoder(Settings(home=tmp_path, model="shibing624/text2vec-base-chinese"))


def test_a_model_folder_that_is_not_there_is_named(open_kind: Callable[[str], Encoder], tmp_path: Path):
    open_kind("torch")
    with pytest.raises(
        WeightsUnavailable, match=f"{tmp_path}/absent could not be loaded: there is no folder of this name"
    ):
        open_encoder(Settings(model=f"{tmp_path}/absent"))
