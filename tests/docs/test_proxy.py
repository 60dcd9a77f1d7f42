"""The proxy of docs/security.md, as nginx runs it: TLS in front, and the clients behind it told apart."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from searchapi.keys import new_key, write_keys
from tests.fixtures.searchapi import running_program, wait_until

pytestmark = pytest.mark.nginx
PAGE = Path(__file__).parents[2] / "docs" / "security.md"
NAME = "shop.example"
CLIENT, ANOTHER = "127.0.0.2", "127.0.0.3"
NOW = datetime.now(UTC)
Ask = Callable[..., tuple[int, bytes]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def secret(home: Path) -> str:
    key, made = new_key("operator", ("admin",), NOW)
    write_keys(home / "keys.json", [key], NOW)
    return made


@pytest.fixture(scope="module")
def ask(
    home: Path, secret: str, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ask]:
    """Ask nginx, before a server, over TLS and from an address of this machine."""
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    # Asked by its address, it shows the certificate of its name.
    trusted.check_hostname = False
    with running_program(
        "serve", "--port", "0", home=home, trusted_proxies="127.0.0.1", address_limit="6/hour", workers="0"
    ) as server:
        port, process = _start(nginx, folder, server.port, authority)

        def get(path: str, client: str = CLIENT, **headers: str) -> tuple[int, bytes]:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=30, source_address=(client, 0), context=trusted
            )
            try:
                connection.request("GET", path, headers={"Host": NAME} | headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()

        try:
            yield get
        finally:
            process.terminate()
            process.wait(30)


def _start(
    nginx: str, folder: Path, server_port: int, authority: trustme.CA
) -> tuple[int, "subprocess.Popen[bytes]"]:
    """Start nginx and return the port that it listens on; it takes no port 0, and another may be faster."""
    for _ in range(5):
        port = _free_port()
        _write_configuration(folder, port, server_port, authority)
        process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"])
        if _listens(process, folder):
            return port, process
    pytest.fail((folder / "errors.log").read_text("utf-8"))


def _listens(process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    """Wait until nginx listens, or has ended, and return which."""
    wait_until(lambda: (folder / "pid").exists() or process.poll() is not None, "nginx started")
    return process.poll() is None


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


def _write_configuration(folder: Path, port: int, server_port: int, authority: trustme.CA) -> None:
    certificate = authority.issue_cert(NAME)
    certificate.private_key_pem.write_to_path(folder / "shop.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "shop.crt")
    [example] = re.findall(r"```nginx\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    replaced = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/nginx/tls/": f"{folder}/",
        "127.0.0.1:8700": f"127.0.0.1:{server_port}",
    }
    for text, own in replaced.items():
        assert text in example
        example = example.replace(text, own)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/errors.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{example}\n}}\n",
        "utf-8",
    )


def bearer(secret: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_keys_pass_and_nobody_is_an_operator_for_where_a_request_comes_from(ask: Ask, secret: str) -> None:
    assert ask("/v1/synonyms")[0] == 403
    assert ask("/v1/synonyms", **bearer(secret))[0] == 200


def test_a_client_is_counted_by_its_own_address_whatever_it_says_it_is(ask: Ask) -> None:
    statuses = [
        ask("/openapi.json", "127.0.0.4", **{"X-Forwarded-For": f"192.0.2.{number}"})[0]
        for number in range(7)
    ]
    assert statuses == [200] * 6 + [429]
    assert ask("/openapi.json", "127.0.0.5")[0] == 200


def test_metrics_are_for_the_own_network_alone(ask: Ask, secret: str) -> None:
    status, page = ask("/metrics", **bearer(secret))
    assert (status, b"nginx" in page) == (403, True)


def test_pages_name_their_address_as_clients_know_it(ask: Ask) -> None:
    _, page = ask("/", ANOTHER)
    assert f'href="https://{NAME}/'.encode() in page
    assert b'href="http://' not in page
