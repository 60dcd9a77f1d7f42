"""Fetching the default weights, and everything that can go wrong with it."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from shangsou.encoding import graph, weights
from shangsou.encoding.weights import (
    ModelWeights,
    ensure_quantized,
    fetch_weights,
    find_weights,
    require_weights,
)
from shangsou.errors import WeightsUnavailable
from shangsou.settings import Settings
from tests.encoding.repository import JAR_PATH, Repository, serving, write_jar


@pytest.fixture
def repository_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder laid out as a repository, whose tiny jar counts as the original."""
    folder = tmp_path / "repository"
    monkeypatch.setattr(weights, "JAR_SHA256", write_jar(folder))
    monkeypatch.setattr(graph, "cut_to_first_token", lambda _: None)
    return folder


@pytest.fixture
def jar(repository_folder: Path) -> bytes:
    return (repository_folder / JAR_PATH).read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the weights go."""
    return tmp_path / "home" / "models" / "bge-small-zh-v1.5"


def settings(tmp_path: Path, repository: str) -> Settings:
    return Settings(home=tmp_path / "home", model_repository=repository, precision="float32")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


WHOLE = {".lock", "float32.onnx", "tokenizer.json", "weights.json"}


def test_the_error_for_missing_weights_names_model_fetch(tmp_path: Path):
    with pytest.raises(WeightsUnavailable, match='run "shangsou model fetch"'):
        require_weights(settings(tmp_path, "unused"))


@pytest.mark.parametrize("address", ["{}", "file://{}"], ids=["folder", "file address"])
def test_a_folder_laid_out_as_a_repository_will_do(
    address: str, tmp_path: Path, repository_folder: Path, folder: Path
):
    chosen = settings(tmp_path, address.format(repository_folder))
    fetched = fetch_weights(chosen)
    assert fetched == find_weights(chosen)
    assert fetched.folder == folder
    assert names(folder) == WHOLE
    assert (repository_folder / JAR_PATH).exists()


def test_weights_come_over_http_and_progress_adds_up_to_the_whole(tmp_path: Path, jar: bytes, folder: Path):
    came: list[int] = []
    with serving(Repository(jar)) as repository:
        fetch_weights(settings(tmp_path, repository.url), lambda count, _: came.append(count))
    assert sum(came) == len(jar)
    assert names(folder) == WHOLE


def test_weights_that_are_here_are_used_without_the_network(tmp_path: Path, repository_folder: Path):
    fetched = fetch_weights(settings(tmp_path, str(repository_folder)))
    shutil.rmtree(repository_folder)
    offline = settings(tmp_path, str(repository_folder))
    assert require_weights(offline) == fetched
    assert fetch_weights(offline) == fetched


def test_a_jar_with_another_hash_is_refused_and_nothing_of_it_stays(tmp_path: Path, jar: bytes, folder: Path):
    with (
        serving(Repository(jar + b"!")) as repository,
        pytest.raises(WeightsUnavailable, match=r"SHA-256 .* instead of .*SHANGSOU_MODEL_REPOSITORY"),
    ):
        fetch_weights(settings(tmp_path, repository.url))
    assert names(folder) == {".lock"}


def test_a_jar_that_is_cut_off_is_refused(tmp_path: Path, jar: bytes, folder: Path):
    cut = Repository(jar[:100])
    cut.announced_bytes = len(jar)
    with serving(cut), pytest.raises(WeightsUnavailable, match="shangsou model fetch"):
        fetch_weights(settings(tmp_path, cut.url))
    assert names(folder) == {".lock"}


def test_a_repository_that_cannot_be_reached_is_named_with_what_to_do(tmp_path: Path, silent_port: int):
    with pytest.raises(WeightsUnavailable) as raised:
        fetch_weights(settings(tmp_path, f"http://127.0.0.1:{silent_port}/maven2"))
    for part in (f"127.0.0.1:{silent_port}", "shangsou model fetch", "SHANGSOU_MODEL_REPOSITORY"):
        assert part in str(raised.value)


def test_a_repository_without_the_jar_is_named(tmp_path: Path):
    with (
        serving(Repository(None)) as repository,
        pytest.raises(WeightsUnavailable, match=r"from http://127.*\.jar is not there"),
    ):
        fetch_weights(settings(tmp_path, repository.url))


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def disk_full(*args: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(weights, "download_jar", disk_full)
    with pytest.raises(WeightsUnavailable, match=r"disk of .* is full.*SHANGSOU_HOME"):
        fetch_weights(settings(tmp_path, "unused"))


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "home").write_text("a file, no folder", encoding="utf-8")
    with pytest.raises(WeightsUnavailable, match=r"cannot be written.*SHANGSOU_HOME"):
        fetch_weights(settings(tmp_path, "unused"))


def test_a_fetch_that_is_killed_leaves_no_weights_and_the_next_one_completes(
    tmp_path: Path, jar: bytes, folder: Path
):
    stalled = Repository(jar[:100])
    stalled.announced_bytes, stalled.held = len(jar), Event()
    with serving(stalled):
        process = subprocess.Popen(
            [sys.executable, "-c", "from shangsou.cli import main; main()", "model", "fetch"],
            env={
                **os.environ,
                "SHANGSOU_HOME": str(tmp_path / "home"),
                "SHANGSOU_MODEL_REPOSITORY": stalled.url,
            },
        )
        assert stalled.started.wait(timeout=60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert find_weights(settings(tmp_path, "unused")) is None
    with serving(Repository(jar)) as repository:
        fetch_weights(settings(tmp_path, repository.url))
    assert names(folder) == WHOLE


def test_of_two_fetches_at_once_one_downloads(tmp_path: Path, jar: bytes):
    with serving(Repository(jar)) as repository, ThreadPoolExecutor(2) as pool:
        chosen = settings(tmp_path, repository.url)
        first, second = pool.map(fetch_weights, [chosen, chosen])
    assert first == second
    assert repository.jars_asked == 1


def test_a_file_that_was_cut_off_counts_as_missing(tmp_path: Path, repository_folder: Path):
    chosen = settings(tmp_path, str(repository_folder))
    model = fetch_weights(chosen).float32
    model.write_bytes(model.read_bytes()[:-1])
    assert find_weights(chosen) is None


def test_fetching_again_replaces_a_damaged_file(tmp_path: Path, repository_folder: Path):
    chosen = settings(tmp_path, str(repository_folder))
    model = fetch_weights(chosen).float32
    whole = model.read_bytes()
    model.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    fetch_weights(chosen)
    assert model.read_bytes() == whole


@pytest.mark.parametrize("record", ["", "{", '{"format": 0}'], ids=["empty", "cut off", "of another format"])
def test_a_record_that_cannot_be_read_counts_as_missing_weights(
    record: str, tmp_path: Path, repository_folder: Path
):
    chosen = settings(tmp_path, str(repository_folder))
    folder = fetch_weights(chosen).folder
    (folder / "weights.json").write_text(record, encoding="utf-8")
    assert find_weights(chosen) is None
    assert fetch_weights(chosen) == find_weights(chosen)


@pytest.mark.parametrize(
    ("seven_bits", "name", "largest"), [(True, "int8-seven-bits.onnx", 64), (False, "int8.onnx", 128)]
)
def test_integer_weights_fit_the_processor_that_they_are_made_on(
    *,
    seven_bits: bool,
    name: str,
    largest: int,
    models_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(weights, "needs_seven_bits", lambda: seven_bits)
    moved = tmp_path / "moved"
    shutil.copytree(
        models_folder / "bge-small-zh-v1.5",
        moved,
        ignore=shutil.ignore_patterns("int8*"),
        copy_function=os.link,
    )
    made = ensure_quantized(ModelWeights(moved, "hash"))
    assert made == moved / name
    matrices = [
        numpy_helper.to_array(tensor)
        for tensor in onnx.load(made).graph.initializer
        if tensor.data_type == onnx.TensorProto.INT8
    ]
    values = np.concatenate([matrix.ravel() for matrix in matrices if matrix.size > 512])
    assert largest // 2 < np.abs(values.astype(int)).max() <= largest
    assert ensure_quantized(ModelWeights(moved, "hash")) == made
