"""A real Elasticsearch without Docker: Elastic's own test distribution, from Maven Central."""

import hashlib
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

VERSION = "8.19.21"
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
# 14 s on an idle machine with two cores, 83 s measured on a busy one.
START_TIMEOUT_S = 300.0
# Linux's file system in memory; the tests' indices take some hundred MB at once.
_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED = 2 << 30
# Code runs too briefly to be worth compiling twice: two fifths less processor time over the tests that ask
# Elasticsearch most, 49 s instead of 83.
_COMPILE_ONCE = "-XX:TieredStopAtLevel=1"
_SETTINGS = {
    "cluster.name": "shangsou-test",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": "0",
    "transport.port": "0",
    "node.portsfile": "true",
    "xpack.security.enabled": "false",
    "action.auto_create_index": "false",
    # A full disk of the machine must not make the indices of a test read-only.
    "cluster.routing.allocation.disk.threshold_enabled": "false",
}
_TLS = "xpack.security.http.ssl.enabled"


class NoServer(Exception):
    """No Elasticsearch can be had here; the message says why."""


@contextmanager
def running_elasticsearch(
    heap: str = "1g",
    *,
    for_tests: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> Iterator["ElasticsearchServer"]:
    """Start a server on free ports of the loopback interface, and stop and remove it afterwards.

    Tests make a hundred small indices, and each waits for the disk a dozen times: `for_tests` the data is
    in memory, where the machine has a file system for that, and Java compiles quickly instead of well.
    `settings` go before ours, `files` into its folder of settings.
    """
    for program, purpose in (
        ("java", "Elasticsearch needs 17 or newer"),
        ("setpriv", "it starts the server"),
    ):
        if shutil.which(program) is None:
            raise NoServer(f"no {program} on PATH: {purpose}")
    archive = _fetch_archive()
    # Not below /root, where the server's own user could not read it.
    folder = Path(tempfile.mkdtemp(prefix="shangsou-elasticsearch-"))
    in_memory = for_tests and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_NEEDED
    data = Path(tempfile.mkdtemp(prefix="shangsou-elasticsearch-", dir=_MEMORY if in_memory else folder))
    try:
        java_options = f"-Xms{heap} -Xmx{heap} {_COMPILE_ONCE if for_tests else ''}"
        settings = {**_SETTINGS, "path.data": str(data), **settings}
        server = ElasticsearchServer(
            folder, data, archive=archive, java_options=java_options, settings=settings, files=files
        )
        try:
            server.wait()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


class ElasticsearchServer:
    """A server process; `url` is known after `wait`."""

    url: str

    def __init__(
        self,
        folder: Path,
        data: Path,
        *,
        archive: Path,
        java_options: str,
        settings: Mapping[str, str],
        files: Mapping[str, bytes],
    ) -> None:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        home = folder / f"elasticsearch-{VERSION}"
        (home / "bin" / "elasticsearch").chmod(0o755)
        lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
        (home / "config" / "elasticsearch.yml").write_text(lines, "utf-8")
        for name, content in files.items():
            (home / "config" / name).write_bytes(content)
        self._scheme = "https" if settings.get(_TLS) == "true" else "http"
        self._logs = home / "logs"
        self._output = folder / "output.txt"
        # A run that is killed takes its server along; and the server refuses to run as root.
        run_as = ["setpriv", "--pdeathsig=TERM"]
        if os.geteuid() == 0:
            run_as += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            for path in [folder, data, *folder.rglob("*")]:
                shutil.chown(path, "nobody", "nogroup")
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [*run_as, str(home / "bin" / "elasticsearch")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=home,
                env={
                    "PATH": os.environ["PATH"],
                    "ES_JAVA_HOME": _java_home(),
                    "ES_JAVA_OPTS": java_options,
                },
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return when the server answers; raise `NoServer` with its last words if it does not."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            ports = self._logs / "http.ports"
            if ports.exists() and (addresses := ports.read_text("utf-8").split()):
                self.url = f"{self._scheme}://{addresses[0]}"
                if _answers(self.url):
                    return
            time.sleep(0.1)
        last_words = self._output.read_text("utf-8", "replace")[-2000:]
        raise NoServer(f"Elasticsearch {VERSION} did not start: {last_words}")

    def hang(self) -> None:
        """Stop its processes where they are: connections stand, and nothing is answered."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `hang`."""
        os.killpg(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the server at once, with the launcher: the group is ours alone."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop the server; stopping twice does no harm."""
        if self._process.poll() is None:
            self.resume()
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


def _fetch_archive() -> Path:
    from jgo.maven import MavenContext

    project = MavenContext().project("org.elasticsearch.distribution.integ-test-zip", "elasticsearch")
    try:
        archive = Path(project.at_version(VERSION).artifact(packaging="zip").resolve())
    except Exception as problem:  # whatever a network can do; the caller skips with these words
        raise NoServer(f"Elasticsearch {VERSION} cannot be fetched from Maven: {problem}") from problem
    with archive.open("rb") as packed:
        digest = hashlib.file_digest(packed, "sha256").hexdigest()
    if digest != SHA256:
        raise NoServer(f"{archive} has SHA-256 {digest} instead of {SHA256}; delete it and try again")
    return archive


def _java_home() -> str:
    """Return where Java is: as Elasticsearch's own variable says, else that on PATH.

    The packages of Elasticsearch bring a newer one than 17, which compares vectors by instructions of the
    processor; this distribution brings none.
    """
    if chosen := os.environ.get("ES_JAVA_HOME"):
        return chosen
    java = shutil.which("java")
    return str(Path(java).resolve().parents[1]) if java else ""


def _answers(url: str) -> bool:
    address = f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s"
    # Whoever it is, it was started here.
    context = ssl._create_unverified_context() if url.startswith("https") else None
    try:
        with urlopen(address, timeout=5, context=context) as response:
            return bool(response.status == 200)
    except HTTPError as refusal:
        return refusal.code == HTTPStatus.UNAUTHORIZED
    except (URLError, OSError):
        return False
