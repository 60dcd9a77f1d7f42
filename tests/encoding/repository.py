"""A Maven repository on loopback, with a jar that is complete, truncated, or never ends."""

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from onnx import TensorProto, helper, save_model

from shangsou.encoding.download import ARTIFACT, GROUP, VERSION

JAR_PATH = f"{GROUP.replace('.', '/')}/{ARTIFACT}/{VERSION}/{ARTIFACT}-{VERSION}.jar"


def write_jar(repository: Path) -> str:
    """Put a jar with a model of one node into a folder laid out as a repository; return its SHA-256."""
    jar = repository / JAR_PATH
    jar.parent.mkdir(parents=True)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("in", "out")]
    graph = helper.make_graph([helper.make_node("Identity", ["in"], ["out"])], "tiny", ends[:1], ends[1:])
    save_model(helper.make_model(graph), repository / "tiny.onnx")
    with zipfile.ZipFile(jar, "w") as archive:
        archive.write(repository / "tiny.onnx", "bge-small-zh-v1.5.onnx")
        archive.writestr("bge-small-zh-v1.5-tokenizer.json", "{}")
    return hashlib.sha256(jar.read_bytes()).hexdigest()


class Repository:
    """What the server answers with, and what it was asked."""

    def __init__(self, jar: bytes | None) -> None:
        self.jar = jar
        self.announced_bytes: int | None = None
        """Content-Length, where it is not that of the jar."""
        self.held: Event | None = None
        """Set it to let the connection end; None ends it after the jar."""
        self.started = Event()
        self.jars_asked = 0
        self.url = ""


@contextmanager
def serving(repository: Repository) -> Iterator[Repository]:
    """Serve it on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.endswith(JAR_PATH) or repository.jar is None:
                self.send_error(404)
                return
            repository.jars_asked += 1
            self.send_response(200)
            self.send_header("Content-Length", str(repository.announced_bytes or len(repository.jar)))
            self.end_headers()
            self.wfile.write(repository.jar)
            self.wfile.flush()
            repository.started.set()
            if repository.held is not None:
                repository.held.wait()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        repository.url = f"http://127.0.0.1:{server.server_port}/maven2"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield repository
        finally:
            if repository.held is not None:
                repository.held.set()
            server.shutdown()
            thread.join()
