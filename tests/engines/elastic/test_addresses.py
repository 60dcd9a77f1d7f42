"""Addresses as SHANGSOU_ELASTIC_URL lists them."""

import pytest

from shangsou.engines.elastic.addresses import Address, parse_addresses
from shangsou.errors import UnusableInput


def test_several_addresses_stand_with_commas_between_them_each_once():
    assert [
        one.url for one in parse_addresses("http://a:9200, https://b ,HTTP://[::1]:9201/es/,http://a:9200")
    ] == [
        "http://a:9200",
        "https://b:443",
        "http://[::1]:9201/es",
    ]


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("secret", "secret"),
        ("p@ss#1", "p@ss#1"),
        ("p%40ss%231", "p@ss#1"),
        ("a:b/c?d", "a:b/c?d"),
        ("%2541", "%41"),
        ("密码", "密码"),
        ("two words", "two words"),
        ("one,two", "one,two"),
        ("100%", "100%"),
    ],
)
def test_a_password_may_hold_anything(written: str, password: str):
    first, second = parse_addresses(f"http://elastic:{written}@10.0.0.5:9200,http://10.0.0.6:9200")
    assert (first.url, first.user, first.password) == ("http://10.0.0.5:9200", "elastic", password)
    assert second == Address("http://10.0.0.6:9200")
    assert password not in repr(first)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no address"),
        ("127.0.0.1:9200", "'127.0.0.1:9200' is no address"),
        ("ftp://127.0.0.1:9200", "no address"),
        ("http://127.0.0.1", "no port"),
        ("http://a:9200,b:9200", "with commas between them"),
        ("http://a:9200/?pretty", "no address"),
        ("http://", "no address"),
    ],
)
def test_what_is_no_address_is_refused_in_words(text: str, words: str):
    with pytest.raises(UnusableInput, match=words) as refused:
        parse_addresses(text)
    assert "SHANGSOU_ELASTIC_URL" in str(refused.value)


@pytest.mark.parametrize("password", ["p@ss#1", "a:b/c?d", "geheim"])
def test_an_address_that_cannot_be_read_is_not_shown_where_a_password_may_stand_in_it(password: str):
    for text in (
        f"http://elastic:{password}@",
        f"http://elastic:{password}@10.0.0.5",
        f"elastic:{password}@b:9200",
    ):
        with pytest.raises(UnusableInput) as refused:
            parse_addresses(text)
        assert not any(part in str(refused.value) for part in (password, "ss#1", "c?d"))
