"""The toy, written once for all tests."""

import warnings
from pathlib import Path

import pytest

from tests.training.encoder.toy import toy_pairs, write_pairs, write_toy_bert
from training.encoder.base_weights import BaseEncoder, open_base


@pytest.fixture(autouse=True)
def torch_on_one_thread():
    """Threads of so small a model only wait for each other. Its state outlives no test."""
    import torch

    threads, random_state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        # Of torch's own modules, when they are first imported.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"torch\.|transformers\.")
        yield
    torch.set_num_threads(threads)
    torch.set_rng_state(random_state)


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_bert(tmp_path_factory.mktemp("toy") / "bert")


@pytest.fixture
def toy(toy_folder: Path, settings) -> BaseEncoder:
    """A toy of this test alone, untrained."""
    return open_base(str(toy_folder), settings)


@pytest.fixture
def settings(tmp_path: Path):
    from shangsou.settings import Settings

    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="session")
def pairs_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pairs(tmp_path_factory.mktemp("pairs") / "pairs.jsonl", toy_pairs())
