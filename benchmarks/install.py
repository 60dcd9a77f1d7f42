"""First use from a bare clone: install the runtime, then answer the first search."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ANSWERED_WITHIN_S = 600


def measure(_data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the size of the runtime and the seconds from `make demo` to an answer, with an empty home."""
    clone = Path(tempfile.mkdtemp(prefix="shangsou-clone-"))
    try:
        subprocess.run(["git", "clone", "-q", ".", clone / "shangsou"], check=True)
        port = _free_port()
        started = time.perf_counter()
        with subprocess.Popen(
            ["make", "demo", f"PORT={port}"],
            cwd=clone / "shangsou",
            env=os.environ | {"SHANGSOU_HOME": str(clone / "home")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as demo:
            try:
                while not _answers(port):
                    if demo.poll() is not None or time.perf_counter() - started > ANSWERED_WITHIN_S:
                        raise RuntimeError("make demo did not answer")
                    time.sleep(0.2)
                seconds = time.perf_counter() - started
            finally:
                os.killpg(demo.pid, signal.SIGTERM)
        size = subprocess.run(
            ["du", "-sm", clone / "shangsou/.venv"], capture_output=True, text=True, check=True
        )
        return {
            "runtime_mb": int(size.stdout.split()[0]),
            "bare_clone_to_first_search_s": round(seconds, 1),
        }
    finally:
        shutil.rmtree(clone, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/v1/search?q=%E8%BF%9E%E8%A1%A3%E8%A3%99")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
