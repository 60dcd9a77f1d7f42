"""The server as a process over trained models, where torch cannot be imported."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shangsou.settings import Settings
from tests.fixtures.searchapi import ServerProcess, running_program, wait_until
from tests.fixtures.switched_models import PRODUCTS, index
from tests.fixtures.trained_models import install_toy

STUB = 'raise RuntimeError("torch was imported")\n'


@contextmanager
def serving(home: Path, stubs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    """Serve a home with one worker; `torch` and `sentence_transformers` are packages that raise."""
    for name in ("torch", "sentence_transformers", "transformers"):
        (stubs / name).mkdir(parents=True)
        (stubs / name / "__init__.py").write_text(STUB)
    path = os.pathsep.join([str(stubs), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.delenv("SHANGSOU_MODEL", raising=False)
    with running_program("serve", "--port", "0", home=home, workers="1") as server:
        yield server


def search(server: ServerProcess, query: str, mode: str) -> tuple[list[str], object]:
    """What is found, and what is degraded."""
    answer = server.ask("/v1/search", {"query": query, "mode": mode}).json()
    hits = answer["hits"]
    assert isinstance(hits, list)
    return [hit["product_id"] for hit in hits], answer["degraded"]


def ready_text(server: ServerProcess) -> str:
    return server.ask("/readyz").body.decode()


@pytest.mark.parametrize("kind", ["onnx", "static"])
def test_a_trained_model_searches_by_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    home = tmp_path / "home"
    install_toy(home, "own", kind)
    index(Settings(home=home, model="own"), *PRODUCTS)
    with serving(home, tmp_path / "stubs", monkeypatch) as server:
        server.wait_until_ready()
        assert search(server, "红裙", "semantic") == (["dress"], [])
    assert "torch was imported" not in server.stderr()


def test_where_its_folder_is_gone_words_find_on_and_readyz_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    install_toy(home, "own", "static")
    index(Settings(home=home, model="own"), *PRODUCTS)
    shutil.rmtree(home / "models" / "own")
    with serving(home, tmp_path / "stubs", monkeypatch) as server:
        wait_until(lambda: "the trained model own is gone" in ready_text(server), "/readyz names the model")
        found, degraded = search(server, "红裙", "hybrid")
        assert found == ["dress"]
        assert degraded != []
        # Where folders lie is for the log alone.
        assert str(home) not in ready_text(server)
    assert f"there is no {home / 'models' / 'own'}" in server.stderr()
    assert "torch was imported" not in server.stderr()
