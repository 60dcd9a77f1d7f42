"""`shangsou serve` as a program: the settings it refuses, with their messages and exit codes."""

import socket
from pathlib import Path

from tests.fixtures.searchapi import running_program


def test_serving_other_machines_without_a_key_ends_with_2(tmp_path: Path):
    with running_program("serve", "--host", "0.0.0.0", home=tmp_path, listening=False) as program:
        assert program.wait() == 2
    assert "SHANGSOU_ADMIN_KEY" in program.stderr()


def test_a_busy_port_ends_with_1_before_anything_is_fetched(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with running_program("serve", "--port", port, home=tmp_path / "home", listening=False) as program:
            assert program.wait() == 1
    assert f"port {port} of 127.0.0.1 is in use" in program.stderr()
    assert not (tmp_path / "home").exists()


def test_weights_that_cannot_be_fetched_end_it_with_2_and_the_command_to_run(tmp_path: Path):
    (tmp_path / "repository").mkdir()
    with running_program(
        "serve", "--port", "0", home=tmp_path, listening=False, model_repository=str(tmp_path / "repository")
    ) as program:
        assert program.wait() == 2
    assert "shangsou model fetch" in program.stderr()
    assert "Traceback" not in program.stderr()


def test_a_wrong_setting_is_named(tmp_path: Path):
    with running_program("serve", home=tmp_path, listening=False, engine="sqlite") as program:
        assert program.wait() == 2
    assert "SHANGSOU_ENGINE" in program.stderr()
