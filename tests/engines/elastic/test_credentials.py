"""Settings for who asks Elasticsearch, and for whom we trust."""

import base64
from pathlib import Path
from typing import Any

import pytest

from shangsou.engines.elastic.addresses import parse_addresses
from shangsou.engines.elastic.credentials import authentication, certificates
from shangsou.engines.elastic.store import ElasticStore
from shangsou.errors import UnusableInput
from shangsou.settings import Settings, read_settings
from tests.fixtures.elastic import elastic_access
from tests.servers.answering import OF_ELASTICSEARCH, answering

PLAIN = "http://10.0.0.5:9200"
TLS = "https://10.0.0.5:9200"
FINGERPRINT = "ab" * 32
SECRETS = ("p@ss#1", "a:b/c?d", "%41", "密码", "two words")


def options(url: str, **settings: Any) -> dict[str, Any]:
    given = Settings(engine="elastic", elastic_url=url, **settings)
    addresses = parse_addresses(url)
    return {**authentication(given, addresses), **certificates(given, addresses)}


def basic(pair: str) -> dict[str, str]:
    """A user and a password as HTTP sends them (RFC 7617)."""
    return {"basic_auth": base64.b64encode(pair.encode()).decode()}


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("p@ss#1\n", "utf-8")
    return file


def test_nobody_asks_unless_somebody_is_named():
    assert options(PLAIN) == {}
    # As compose files set what is not set.
    assert options(PLAIN, elastic_user="", elastic_password="", elastic_api_key="", elastic_ca_file="") == {}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_user_and_a_password_are_taken_as_they_are_written(secret: str):
    assert options(PLAIN, elastic_user="shop", elastic_password=secret) == basic(f"shop:{secret}")


def test_secrets_are_read_from_files(secret_file: Path):
    password_file = str(secret_file)
    assert options(PLAIN, elastic_user="shop", elastic_password_file=password_file) == basic("shop:p@ss#1")
    assert options("http://shop@10.0.0.5:9200", elastic_password_file=password_file) == basic("shop:p@ss#1")
    assert options(PLAIN, elastic_api_key_file=password_file) == {"api_key": "p@ss#1"}


def test_an_api_key_is_taken_encoded_or_as_its_id_and_secret():
    assert options(PLAIN, elastic_api_key="aWQ6c2VjcmV0") == {"api_key": "aWQ6c2VjcmV0"}
    assert options(PLAIN, elastic_api_key="id:secret") == {"api_key": ("id", "secret")}


def test_a_fingerprint_is_taken_as_openssl_prints_it():
    printed = ":".join(["AB"] * 32)
    assert options(TLS, elastic_fingerprint=printed) == {"ssl_assert_fingerprint": FINGERPRINT}


@pytest.mark.parametrize(
    ("url", "settings", "words"),
    [
        (PLAIN, {"elastic_api_key": "geheim", "elastic_user": "shop"}, "both an API key"),
        ("http://shop:geheim@10.0.0.5:9200", {"elastic_api_key": "geheim"}, "both an API key"),
        (PLAIN, {"elastic_api_key": "geheim", "elastic_api_key_file": "key"}, "ELASTIC_API_KEY_FILE are set"),
        (PLAIN, {"elastic_password": "geheim", "elastic_password_file": "f"}, "PASSWORD_FILE are set"),
        (PLAIN, {"elastic_user": "shop"}, "without a password; set SHANGSOU_ELASTIC_PASSWORD or"),
        (PLAIN, {"elastic_password": "geheim"}, "without a user; set SHANGSOU_ELASTIC_USER"),
        ("http://shop:geheim@10.0.0.5:9200", {"elastic_user": "shop"}, "stands both in"),
        ("http://shop:geheim@10.0.0.5:9200", {"elastic_password": "geheim"}, "stands both in"),
        ("http://shop:geheim@a:9200,http://other:geheim@b:9200", {}, "different users"),
        (PLAIN, {"elastic_user": "a:b", "elastic_password": "geheim"}, "holds a colon"),
        (PLAIN, {"elastic_fingerprint": FINGERPRINT}, "10.0.0.5:9200 is not encrypted"),
        (f"{TLS},{PLAIN}", {"elastic_ca_file": "ca.crt"}, "10.0.0.5:9200 is not encrypted"),
        (
            TLS,
            {"elastic_ca_file": "ca.crt", "elastic_fingerprint": FINGERPRINT},
            "both SHANGSOU_ELASTIC_CA_FILE",
        ),
        (TLS, {"elastic_fingerprint": "abc"}, "'abc' is no SHA-256"),
        (TLS, {"elastic_ca_file": "/nowhere/ca.crt"}, "cannot be read: No such file"),
        (
            PLAIN,
            {"elastic_api_key_file": "/nowhere/key"},
            "API_KEY_FILE '/nowhere/key' cannot be read: No such file",
        ),
        (PLAIN, {"elastic_api_key": "geheim key"}, "is no API key"),
        (PLAIN, {"elastic_api_key": "geheim密"}, "is no API key"),
    ],
)
def test_settings_that_cannot_be_used_together_are_refused_without_a_secret(
    url: str, settings: dict[str, str], words: str
):
    with pytest.raises(UnusableInput, match=words) as refused:
        options(url, **settings)
    assert "geheim" not in str(refused.value)


def test_files_without_a_secret_or_a_certificate_are_named(tmp_path: Path):
    empty = tmp_path / "empty"
    empty.write_text("\n", "utf-8")
    with pytest.raises(UnusableInput, match=r"PASSWORD_FILE '.*empty' is empty"):
        options(PLAIN, elastic_user="shop", elastic_password_file=str(empty))
    with pytest.raises(UnusableInput, match="it holds no certificate in PEM"):
        options(TLS, elastic_ca_file=str(empty))
    with pytest.raises(UnusableInput, match="cannot be read: Is a directory"):
        options(PLAIN, elastic_user="shop", elastic_password_file=str(tmp_path))


@pytest.fixture
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_in_the_repr_of_the_settings(secret: str):
    settings = Settings(
        elastic_url=f"http://shop:{secret}@10.0.0.5:9200", elastic_api_key=secret, elastic_password=secret
    )
    assert secret not in repr(settings)
    assert secret not in str(settings)


@pytest.mark.parametrize(
    "line",
    [
        "elastic_password = ['geheim']",
        "elastic_api_key = ['geheim']",
        "elastic_url = ['geheim']",
        "elastic_pasword = 'geheim'",
    ],
)
def test_a_secret_in_shangsou_toml_that_cannot_be_taken_is_not_shown(in_empty_folder: Path, line: str):
    (in_empty_folder / "shangsou.toml").write_text(line + "\n", "utf-8")
    with pytest.raises(UnusableInput, match=line.partition(" ")[0].upper()) as refused:
        read_settings()
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        # The encoded form is base64 of the other one (Elasticsearch's API for keys).
        ({"elastic_api_key": "aWQ6c2VjcmV0"}, "ApiKey aWQ6c2VjcmV0"),
        ({"elastic_api_key": "id:secret"}, "ApiKey aWQ6c2VjcmV0"),
        ({"elastic_user": "shop", "elastic_password": "密码"}, "Basic c2hvcDrlr4bnoIE="),
        ({}, None),
    ],
)
def test_every_request_says_who_asks(settings: dict[str, str], header: str | None):
    # The distribution that the tests start keeps no keys.
    with answering(404, {}, OF_ELASTICSEARCH) as server:
        store = ElasticStore(elastic_access(server.url, **settings))
        assert store.current() is None
        store.close()
    assert server.authorizations == [header]
