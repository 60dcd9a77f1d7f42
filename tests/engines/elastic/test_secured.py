"""A real Elasticsearch with TLS and users: whom it lets in, whom we trust, and what is said otherwise."""

import hashlib
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from shangsou.behaviour.elastic.store import ElasticEventStore
from shangsou.engines.elastic.store import ElasticStore
from shangsou.errors import EngineUnavailable
from shangsou.product import Product
from shangsou.updates.elastic_journal import ElasticJournal
from shangsou.updates.operation import Operation
from tests.engines.catalog import RECIPE, documents, index, lexical_ids, query
from tests.fixtures.behaviour import event
from tests.fixtures.elastic import elastic_access
from tests.servers import secured
from tests.servers.elasticsearch import NoServer, running_elasticsearch

pytestmark = pytest.mark.elastic
THINGS = documents([Product("a", "thing"), Product("b", "other thing")])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def port(authority: trustme.CA) -> Iterator[int]:
    """The port of a server with TLS, whose certificate is for `localhost`."""
    files = secured.secured_files(authority)
    try:
        with running_elasticsearch("512m", for_tests=True, settings=secured.SETTINGS, files=files) as server:
            yield urlsplit(server.url).port or 0
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("certificates") / "ca.crt"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def store_of(url: str, **settings: Any) -> ElasticStore:
    return ElasticStore(elastic_access(url, **settings))


def failure(url: str, **settings: Any) -> str:
    """What is said when the first request fails."""
    store = store_of(url, **settings)
    with pytest.raises(EngineUnavailable) as raised:
        store.current()
    store.close()
    return str(raised.value)


@pytest.mark.parametrize("number", range(len(secured.PASSWORDS)))
def test_users_are_let_in_whatever_their_password_holds(port: int, ca_file: str, number: int):
    user, password = f"user{number}", secured.PASSWORDS[number]
    written = password.replace("%", "%25")
    stores = [
        store_of(
            f"https://localhost:{port}", elastic_ca_file=ca_file, elastic_user=user, elastic_password=password
        ),
        store_of(f"https://{user}:{written}@localhost:{port}", elastic_ca_file=ca_file),
    ]
    for store in stores:
        assert store.current() is None
        store.close()


@pytest.mark.parametrize("number", range(len(secured.PASSWORDS)))
def test_no_part_of_a_password_is_in_messages_and_logs(
    port: int, ca_file: str, number: int, caplog: pytest.LogCaptureFixture
):
    password = f"{secured.PASSWORDS[number]}geheim"
    with caplog.at_level(logging.DEBUG):
        message = failure(
            f"https://user0:{password.replace('%', '%25')}@localhost:{port}", elastic_ca_file=ca_file
        )
    assert "does not let us in (401)" in message
    for text in (message, caplog.text):
        assert "geheim" not in text
        assert password not in text


def test_without_a_user_the_settings_for_one_are_named(port: int, ca_file: str):
    message = failure(f"https://localhost:{port}", elastic_ca_file=ca_file)
    assert "SHANGSOU_ELASTIC_USER and SHANGSOU_ELASTIC_PASSWORD, or SHANGSOU_ELASTIC_API_KEY" in message


def test_a_certificate_of_an_authority_that_is_not_trusted_is_refused_in_words(port: int):
    message = failure(f"https://localhost:{port}")
    assert "authority that is not trusted here; set SHANGSOU_ELASTIC_CA_FILE" in message


def test_a_certificate_for_another_name_is_refused_in_words(port: int, ca_file: str):
    message = failure(f"https://127.0.0.1:{port}", elastic_ca_file=ca_file)
    assert "certificate for another name" in message
    assert "127.0.0.1" in message


def test_a_fingerprint_of_the_certificate_or_of_its_authority_is_enough(port: int, ca_file: str):
    served = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
    authority = ssl.PEM_cert_to_DER_cert(Path(ca_file).read_text("utf-8"))
    for certificate in (served, authority):
        store = store_of(
            f"https://127.0.0.1:{port}",
            elastic_fingerprint=hashlib.sha256(certificate).hexdigest(),
            elastic_user=secured.ADMIN,
            elastic_password=secured.ADMIN_PASSWORD,
        )
        assert store.current() is None
        store.close()
    message = failure(f"https://127.0.0.1:{port}", elastic_fingerprint="ab" * 32)
    assert "another fingerprint" in message
    assert hashlib.sha256(served).hexdigest() in message


def test_a_message_names_plain_http_to_a_port_with_tls_and_the_reverse(
    port: int, ca_file: str, elastic_url: str
):
    assert "write https:// in SHANGSOU_ELASTIC_URL" in failure(f"http://127.0.0.1:{port}")
    plain_port = urlsplit(elastic_url).port
    message = failure(f"https://localhost:{plain_port}", elastic_ca_file=ca_file)
    assert "speaks plain http, not TLS; write http://" in message


def test_the_rights_that_the_documentation_lists_are_enough_for_everything(port: int, ca_file: str):
    settings = {
        "elastic_ca_file": ca_file,
        "elastic_user": secured.SHOP,
        "elastic_password": secured.SHOP_PASSWORD,
    }
    url = f"https://localhost:{port}"
    store = store_of(url, **settings)
    index(store, THINGS)
    index(store, THINGS)
    assert sorted(lexical_ids(store.open(), query("thing"))) == ["a", "b"]
    events = ElasticEventStore(elastic_access(url, **settings))
    assert events.add([event(user="u")]) == [True]
    assert len(list(events.events_of("u"))) == 1
    journal = ElasticJournal(elastic_access(url, **settings))
    with journal.writing() as writing:
        assert writing.append([Operation("delete", "a", {})]) == 1
    for opened in (store, events, journal):
        opened.close()


def test_a_right_that_is_missing_is_named(port: int, ca_file: str):
    store = store_of(
        f"https://localhost:{port}",
        elastic_ca_file=ca_file,
        elastic_user=secured.READER,
        elastic_password=secured.SHOP_PASSWORD,
    )
    with pytest.raises(EngineUnavailable) as raised, store.writer(RECIPE, "by hand"):
        pytest.fail("a writer without the right")
    store.close()
    message = str(raised.value)
    assert "forbids indices:" in message
    assert "docs/elasticsearch.md" in message
    assert "create_index" in message
