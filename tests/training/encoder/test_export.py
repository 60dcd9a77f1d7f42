"""The exported model computes what torch computes, and is there whole or not at all."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shangsou.encoding.installation import open_onnx
from shangsou.errors import TrainingFailed
from tests.fixtures.full_disk import full_disk
from tests.training.encoder.toy import install
from training.encoder import export
from training.encoder.base_weights import BaseEncoder, open_base
from training.encoder.export import export_model

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
TITLES = ["红棉伞", "黑铁锅", "白丝帽蓝木椅"]


def shift(base: BaseEncoder) -> None:
    """Change every weight, as training does."""
    import torch

    torch.manual_seed(7)
    with torch.no_grad():
        for tensor in base.model.parameters():
            tensor.add_(0.1 * torch.randn_like(tensor))


def encoded(base: BaseEncoder) -> np.ndarray:
    return base.model.encode(TITLES, normalize_embeddings=True)


def test_any_bert_is_exported_with_its_vectors(toy: BaseEncoder, tmp_path: Path):
    exported = export_model(toy, tmp_path / "exported", TITLES)
    assert (exported.dimensions, exported.pooling, exported.max_tokens) == (64, "mean", 32)
    # Alone and in a batch with padding.
    assert np.abs(open_onnx(exported, "toy").encode(TITLES) - encoded(toy)).max() < 1e-4
    assert np.abs(open_onnx(exported, "toy").encode(TITLES[:1]) - encoded(toy)[:1]).max() < 1e-4


def test_a_graph_that_serves_takes_the_trained_weights(toy: BaseEncoder, settings, tmp_path: Path):
    base = open_base(install(export_model(toy, tmp_path / "base", TITLES), settings), settings)
    before = encoded(base)
    shift(base)
    exported = export_model(base, tmp_path / "trained", TITLES)
    assert np.abs(encoded(base) - before).max() > 0.01
    assert np.abs(open_onnx(exported, "toy").encode(TITLES) - encoded(base)).max() < 1e-4


def test_training_goes_on_as_before_after_an_export(toy: BaseEncoder, tmp_path: Path):
    before, attention = encoded(toy), toy.model[0].auto_model.config._attn_implementation
    export_model(toy, tmp_path / "exported", TITLES)
    assert toy.model[0].auto_model.config._attn_implementation == attention
    assert np.array_equal(encoded(toy), before)


def test_an_export_that_was_interrupted_is_made_again(toy: BaseEncoder, tmp_path: Path):
    left = tmp_path / "exported"
    left.mkdir()
    (left / "float32.onnx").write_bytes(b"cut off")
    (left / "other").write_bytes(b"")
    exported = export_model(toy, left, TITLES)
    assert np.abs(open_onnx(exported, "toy").encode(TITLES) - encoded(toy)).max() < 1e-4
    assert sorted(path.name for path in left.iterdir()) == ["float32.onnx", "tokenizer.json"]


def test_a_full_disk_is_reported_with_the_way_out(toy: BaseEncoder, tmp_path: Path):
    with full_disk(1000), pytest.raises(TrainingFailed, match=r"not exported: .*full.*the same command"):
        export_model(toy, tmp_path / "exported", TITLES)


def test_a_graph_with_other_vectors_is_not_exported(
    toy: BaseEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Other:
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            return toy.model.encode(list(texts), normalize_embeddings=True) + 2e-4

    monkeypatch.setattr(export, "open_onnx", lambda *_: Other())
    with pytest.raises(TrainingFailed, match="other vectors"):
        export_model(toy, tmp_path / "exported", TITLES)
