"""A stub server for the tests that leave it as it was."""

import signal
from collections.abc import Iterator

import pytest

from tests.fixtures.searchapi import ServerProcess, running_stub_server


@pytest.fixture
def default_hangup() -> Iterator[None]:
    """Let programs that are started heed SIGHUP: they inherit that it is ignored, as it is under nohup."""
    previous = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, previous)


@pytest.fixture(scope="package")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server, whose start takes 1.5 s, for every test that neither stops it nor holds a search."""
    with running_stub_server(tmp_path_factory.mktemp("stub-server")) as server:
        yield server
