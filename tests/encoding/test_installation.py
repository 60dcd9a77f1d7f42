"""Trained models: what is installed is complete and encodes as it should, and nothing is overwritten."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.installation import OnnxFiles, StaticFiles, install_model
from shangsou.encoding.model_card import ModelCard
from shangsou.encoding.registry import (
    UnusableModel,
    find_model,
    list_models,
    mark_erased,
)
from shangsou.errors import EncoderUnavailable, UnusableInput, WeightsUnavailable
from shangsou.settings import DEFAULT_MODEL, Settings
from tests.fixtures.trained_models import (
    CARD,
    DIMENSIONS,
    UNITS,
    install_toy,
    onnx_files,
    row_of,
    static_files,
    unit_table,
)

ON_EVENTS = replace(CARD, trained_on_events_until="2026-11-30T00:00:00+00:00")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


def encode(home: Path, name: str, *texts: str) -> NDArray[np.floating]:
    return open_encoder(Settings(home=home), name, threads=1).encode(texts)


def vector(dimensions: int = DIMENSIONS, **values: float) -> NDArray[np.floating]:
    """The vector of length 1 that points into the dimensions of units, by their weights."""
    made = np.zeros(dimensions)
    for unit, value in values.items():
        made[row_of(unit)] = value
    return made / np.linalg.norm(made)


def test_an_installed_transformer_pools_the_first_token(home: Path, files: Path) -> None:
    installed = install_model(home, "shop-1", onnx_files(files), CARD)
    found = encode(home, "shop-1", "红裙", "杯", "红红杯")
    assert found == pytest.approx(
        np.stack([vector(CLS=1, 红=1, 裙=1), vector(CLS=1, 杯=1), vector(CLS=1, 红=2, 杯=1)])
    )
    stamp = open_encoder(Settings(home=home), "shop-1").stamp
    assert (stamp.model, stamp.model_hash) == ("shop-1", installed.model_hash)
    assert (stamp.dimensions, stamp.precision) == (DIMENSIONS, "float32")


def test_the_mean_leaves_out_padding(home: Path, files: Path) -> None:
    install_model(home, "shop-1", onnx_files(files, pooling="mean"), CARD)
    # The positions of [CLS] 红 裙 hold [CLS]+红+裙, 红+裙 and 裙, those of [CLS] 杯 [CLS]+杯, 杯 and padding.
    found = encode(home, "shop-1", "红裙", "杯")
    assert found == pytest.approx(np.stack([vector(CLS=1, 红=2, 裙=3), vector(CLS=1, 杯=2)]))


def test_fewer_dimensions_are_the_first_ones_with_length_1(home: Path, files: Path) -> None:
    dimensions = row_of("裙") + 1
    install_model(home, "shop-1", onnx_files(files, dimensions=dimensions), CARD)
    assert encode(home, "shop-1", "红裙杯") == pytest.approx(vector(dimensions, CLS=1, 红=1, 裙=1)[None])


def test_a_static_model_is_the_weighted_mean_of_its_units(home: Path, files: Path) -> None:
    weights = np.ones(len(unit_table()))
    weights[row_of("裙")] = 3
    install_model(home, "words", static_files(files, weights=weights.tolist()), CARD)
    found = encode(home, "words", "红裙", "红x裙", "红裙红")
    assert found == pytest.approx(
        np.stack([vector(红=1, 裙=3), vector(红=1, 裙=3), vector(红=2, 裙=3)]), abs=1e-6
    )


def test_a_static_model_gives_texts_without_a_known_unit_one_vector_of_length_1(
    home: Path, files: Path
) -> None:
    install_model(home, "words", static_files(files), CARD)
    empty, unknown = encode(home, "words", "", "xyz")
    assert empty == pytest.approx(np.full(DIMENSIONS, DIMENSIONS**-0.5))
    assert unknown == pytest.approx(empty)


def test_a_static_model_reads_as_many_units_as_it_says(home: Path, files: Path) -> None:
    install_model(home, "words", static_files(files), CARD)
    assert encode(home, "words", "红" * 8 + "裙") == pytest.approx(vector(红=1)[None])


def test_half_precision_tables_are_read(home: Path, files: Path) -> None:
    made = static_files(files)
    np.save(made.vectors, unit_table().astype(np.float16))
    install_model(home, "words", made, CARD)
    assert encode(home, "words", "红杯") == pytest.approx(vector(红=1, 杯=1)[None], abs=1e-6)


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b", "../up", "red dress", "x" * 65, "bge-small-zh-v1.5", DEFAULT_MODEL, "模型"]
)
def test_what_cannot_be_a_folder_of_its_own_cannot_be_a_name(home: Path, files: Path, name: str) -> None:
    with pytest.raises(UnusableInput, match="cannot name a model"):
        install_model(home, name, static_files(files), CARD)
    assert not home.exists()


def test_a_name_is_taken_once(home: Path, files: Path) -> None:
    first = install_model(home, "shop-1", onnx_files(files), CARD)
    with pytest.raises(UnusableInput, match="there is a model shop-1 already"):
        install_model(home, "shop-1", static_files(files), CARD)
    assert find_model(home, "shop-1") == first


def test_a_transformer_whose_texts_are_all_the_same_is_refused(home: Path, files: Path) -> None:
    # Of the sum up to each position the first is that of [CLS] alone.
    import onnx

    made = onnx_files(files)
    model = onnx.load(made.float32)
    model.graph.node[1].attribute[0].i = 0
    onnx.save(model, made.float32)
    with pytest.raises(UnusableInput, match="one and the same vector"):
        install_model(home, "shop-1", made, CARD)
    assert isinstance(next(list_models(home)), UnusableModel)


def test_a_table_that_does_not_fit_its_tokenizer_is_refused(home: Path, files: Path) -> None:
    made = static_files(files)
    np.save(made.vectors, unit_table()[:-1])
    np.save(made.weights, np.ones(len(unit_table()) - 1))
    with pytest.raises(UnusableInput, match=rf"tokenizer .* say floats of shape \({3 + len(UNITS)}, 64\)"):
        install_model(home, "words", made, CARD)


def test_what_is_no_onnx_is_refused(home: Path, files: Path) -> None:
    made = onnx_files(files)
    made.float32.write_bytes(b"no model")
    with pytest.raises(UnusableInput, match="is no ONNX model"):
        install_model(home, "shop-1", made, CARD)


def test_a_model_of_the_default_architecture_is_served_with_integer_weights(
    models_folder: Path, home: Path, files: Path
) -> None:
    original = models_folder / "bge-small-zh-v1.5"
    tuned = perturbed(original / "float32.onnx", files)
    install_model(home, "tuned", OnnxFiles(tuned, original / "tokenizer.json", 512, "cls", 256), CARD)
    texts = ["法式复古红色连衣裙女夏季新款", "手机壳 透明防摔", "雨伞"]
    settings = Settings(home=home, precision="int8")
    int8 = open_encoder(settings, "tuned")
    float32 = open_encoder(settings.model_copy(update={"precision": "float32"}), "tuned")
    assert (int8.stamp.precision, float32.stamp.precision) == ("int8", "float32")
    assert int8.stamp.model_hash == float32.stamp.model_hash != "69a0b846f4f116b5"
    # As near as the default model in its two precisions (tests/encoding/test_encoders.py).
    assert (int8.encode(texts) * float32.encode(texts)).sum(axis=1).min() > 0.98


def test_damaged_weights_are_not_quantized_but_named(models_folder: Path, home: Path, files: Path) -> None:
    original = models_folder / "bge-small-zh-v1.5"
    made = OnnxFiles(original / "float32.onnx", original / "tokenizer.json", 512, "cls", 256)
    installed = install_model(home, "tuned", made, CARD)
    path = installed.folder / "float32.onnx"
    # Of the same size: beyond the first half nothing but zeros, which is no graph.
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(bytes(path.stat().st_size - file.tell()))
    with pytest.raises(WeightsUnavailable, match=r"tuned/float32.onnx is damaged.*; copy the model's folder"):
        open_encoder(Settings(home=home, precision="int8"), "tuned")


def perturbed(path: Path, folder: Path) -> Path:
    """Write a model whose matrices are another's with some noise, as training leaves them."""
    import onnx
    from onnx import numpy_helper

    model, random = onnx.load(path), np.random.default_rng(7)
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) == 2:
            values = numpy_helper.to_array(tensor)
            noise = random.normal(0, 0.05 * values.std(), values.shape)
            tensor.CopyFrom(numpy_helper.from_array((values + noise).astype(np.float32), tensor.name))
    folder.mkdir()
    onnx.save(model, folder / "tuned.onnx")
    return folder / "tuned.onnx"


def test_other_architectures_are_served_in_full_precision_whatever_the_settings_say(home: Path) -> None:
    install_toy(home, "toy")
    assert open_encoder(Settings(home=home, precision="int8"), "toy").stamp.precision == "float32"


def test_the_folder_of_a_model_is_a_name_of_it(home: Path) -> None:
    installed = install_toy(home, "toy")
    assert find_model(home, str(installed.folder)) == installed


def test_the_folder_of_another_home_is_served_without_torch_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    folder = install_toy(home, "toy", "static").folder
    stamp = open_encoder(Settings(home=tmp_path / "elsewhere"), str(folder)).stamp
    assert stamp.model == str(folder)


def test_an_incomplete_model_is_named_and_never_taken_for_a_name_of_the_hub(home: Path) -> None:
    (install_toy(home, "toy").folder / "float32.onnx").unlink()
    with pytest.raises(WeightsUnavailable, match="toy holds no complete model"):
        open_encoder(Settings(home=home), "toy")


def test_an_installation_that_was_killed_is_done_again(home: Path, files: Path) -> None:
    # What lies there before the record of the files, which is written last.
    folder = home / "models" / "toy"
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text("half of")
    assert isinstance(next(list_models(home)), UnusableModel)
    installed = install_model(home, "toy", static_files(files), CARD)
    assert list(list_models(home)) == [installed]


def test_a_model_that_fails_while_encoding_is_an_unavailable_encoder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_toy(home, "words", "static")
    encoder = open_encoder(Settings(home=home), "words")
    monkeypatch.setattr(encoder, "_weights", None)
    with pytest.raises(EncoderUnavailable, match="words failed"):
        encoder.encode(["红裙"])


def test_another_pooling_of_the_same_files_is_another_model(home: Path, files: Path) -> None:
    by_first = install_model(home, "first", onnx_files(files), CARD)
    by_mean = install_model(home, "mean", onnx_files(files, pooling="mean"), CARD)
    assert by_first.model_hash != by_mean.model_hash


def test_the_same_files_are_the_same_model_under_any_name(home: Path, files: Path) -> None:
    made = static_files(files)
    one, other = (install_model(home, name, made, CARD) for name in ("one", "other"))
    assert one.model_hash == other.model_hash


def test_a_card_keeps_what_training_wrote(home: Path) -> None:
    card = replace(ON_EVENTS, figures={"mrr@10": 0.5}, limits=("Only dresses.",), data={"pairs": 12})
    assert install_toy(home, "toy", card=card).card == card


def test_a_card_without_a_licence_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"\['result'\] missing"):
        ModelCard("2026-12-01T08:00:00+00:00", "", "", {"base": "MIT", "data": "own"})


def test_a_card_that_json_cannot_hold_is_refused(home: Path, files: Path) -> None:
    with pytest.raises(UnusableInput, match="card holds a value"):
        install_model(home, "toy", static_files(files), replace(CARD, figures={"loss": float("nan")}))


def test_files_that_are_not_there_are_named(home: Path, files: Path) -> None:
    made = static_files(files)
    missing = StaticFiles(files / "absent.npy", made.weights, made.tokenizer, 8)
    with pytest.raises(FileNotFoundError, match="absent"):
        install_model(home, "toy", missing, CARD)


@pytest.mark.parametrize(
    "record", ['{"format": 1}', '{"format": 1, "model_hash": "x", "files": {"a": {}}}', "[]", "3"]
)
def test_a_damaged_record_is_an_incomplete_model_and_keeps_no_erasure_from_the_others(
    home: Path, record: str
) -> None:
    (install_toy(home, "broken").folder / "weights.json").write_text(record)
    install_toy(home, "whole", card=ON_EVENTS)
    assert next(type(one) for one in list_models(home)) is UnusableModel
    assert mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC)) == ["whole"]


@pytest.mark.parametrize("name", ["x" * 5_000, "../x", "模型", "a\0b", ""])
def test_a_name_that_no_folder_can_have_is_no_model(home: Path, name: str) -> None:
    assert find_model(home, name) is None


def test_a_folder_that_is_named_from_where_one_stands_is_known_by_its_whole_path(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = install_toy(home, "toy", "static").folder
    monkeypatch.chdir(folder.parent)
    found = find_model(tmp_path / "elsewhere", "toy")
    assert found is not None
    assert found.name == str(folder)


@pytest.mark.parametrize("dimensions", [-1, 0, 4_097])
def test_dimensions_that_no_index_has_are_refused(home: Path, files: Path, dimensions: int) -> None:
    made = replace(onnx_files(files), dimensions=dimensions)
    with pytest.raises(UnusableInput, match=f"vectors of {dimensions} dimensions"):
        install_model(home, "toy", made, CARD)


def test_a_table_encodes_a_text_among_many_exactly_as_alone(home: Path, files: Path) -> None:
    weights = np.random.default_rng(0).random(len(unit_table(DIMENSIONS))).tolist()
    install_model(home, "small-1", static_files(files, weights=weights), CARD)
    texts = ["红裙", "", "杯", "😀", "红红裙杯裙"] * 60
    alone = np.concatenate([encode(home, "small-1", text) for text in texts[:5]])
    assert (encode(home, "small-1", *texts) == np.tile(alone, (60, 1))).all()


def test_the_default_model_without_its_publisher_is_named_in_full(home: Path) -> None:
    with pytest.raises(WeightsUnavailable, match=f"name it {DEFAULT_MODEL}"):
        find_model(home, "bge-small-zh-v1.5")
