"""Names of models, looked for in folders, in what was fetched before, and on the model hub."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("huggingface_hub")
from huggingface_hub import constants

from shangsou.encoding.model_hub import check_name_leads_to_model

_KNOWN = "shop/encoder"
_OF_LIBRARY = "sentence-transformers/encoder"


class _Hub(BaseHTTPRequestHandler):
    """A model hub with one model."""

    asked: int

    def do_GET(self) -> None:
        # The library asks about itself too, once in a process.
        self.server.asked += self.path.startswith("/api/models/")
        is_known = self.path in (f"/api/models/{_KNOWN}", f"/api/models/{_OF_LIBRARY}")
        self.send_response(200 if is_known else 404)
        if not is_known:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(f'{{"id": "{_KNOWN}"}}'.encode() if is_known else b"{}")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hub) as server:
        server.asked = 0
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "fetched"))
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_model_of_the_hub_is_found(hub: ThreadingHTTPServer):
    check_name_leads_to_model(_KNOWN)
    assert hub.asked == 1


def test_a_name_without_an_organization_may_be_of_the_library(hub: ThreadingHTTPServer):
    check_name_leads_to_model("encoder")
    with pytest.raises(FileNotFoundError, match="no model on the model hub"):
        check_name_leads_to_model("encodre")


def test_a_misspelled_name_is_asked_for_once(hub: ThreadingHTTPServer):
    with pytest.raises(FileNotFoundError, match="no folder of this name, and no model on the model hub"):
        check_name_leads_to_model("shop/encodre")
    assert hub.asked == 1


def test_a_hub_that_cannot_be_reached_is_named(hub: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch):
    # Nothing listens on port 1.
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(ConnectionError, match="the model hub cannot be asked"):
        check_name_leads_to_model(_KNOWN)


def test_a_folder_is_asked_for_nowhere(hub: ThreadingHTTPServer, tmp_path: Path):
    check_name_leads_to_model(str(tmp_path))
    assert not hub.asked


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("fetched/models--shop--encoder", _KNOWN),
        ("of-library/models--shop--encoder", _KNOWN),
        ("fetched/models--sentence-transformers--encoder", "encoder"),
    ],
)
def test_what_was_fetched_before_is_asked_for_nowhere(
    hub: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, name: str
):
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "of-library"))
    fetched = tmp_path / folder
    (fetched / "snapshots" / "1").mkdir(parents=True)
    (fetched / "refs").mkdir()
    (fetched / "refs" / "main").write_text("1")
    check_name_leads_to_model(name)
    assert not hub.asked


@pytest.mark.parametrize("name", ["/absent/folder", "a name with spaces", "../encoder"])
def test_what_no_hub_can_have_is_no_folder(hub: ThreadingHTTPServer, name: str):
    with pytest.raises(
        FileNotFoundError, match="no folder of this name, and the model hub has no such names"
    ):
        check_name_leads_to_model(name)
    assert not hub.asked
