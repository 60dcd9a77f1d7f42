"""The access to the Elasticsearch of a shop: addresses, secrets, timeouts, and its failures as our errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shangsou.engines.elastic.addresses import Address, parse_addresses
from shangsou.engines.elastic.breaker import CircuitBreaker, breaker_of
from shangsou.engines.elastic.credentials import authentication, certificates
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import Settings

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# 9 takes what a client of 8 says: an index was built and searched in 9.2.0. 7 has no such vectors.
_VERSIONS = ("8", "9")


class ElasticAccess:
    """Connections of one user of them, such as a store, which closes them. Nothing is sent yet.

    Raises `UnusableInput` for settings that cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        # Imported here: most commands of a shop with the embedded engine never need the client.
        from shangsou.engines.elastic.transport import open_client

        addresses = parse_addresses(settings.elastic_url)
        self.name = settings.elastic_index
        """Of the shop's index, which the names of all others begin with."""
        self.address = _public_text(addresses)
        """Without users and passwords: for messages."""
        options = {**authentication(settings, addresses), **certificates(settings, addresses)}
        self.client: Elasticsearch = open_client(
            [one.url for one in addresses], settings.elastic_timeout_s, breaker_of(self.address), options
        )

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn errors of the client into `EngineUnavailable` or, for a missing index, `NoIndex`."""
        from elasticsearch import ApiError, TransportError

        from shangsou.engines.elastic.failures import failure_of

        try:
            yield
        except (ApiError, TransportError) as problem:
            raise failure_of(problem, self.address) from problem

    def check_version(self) -> None:
        """Raise `UnusableInput` for a version that cannot hold an index of ours.

        What does not say its version, or not to us, is taken for one that can.
        """
        with self.translate_errors():
            response = self.client.options(ignore_status=(400, 403, 405)).info()
        version = str(response.get("version", {}).get("number", ""))
        if version and version.partition(".")[0] not in _VERSIONS:
            raise UnusableInput(
                f"Elasticsearch at {self.address} is version {version}, and shangsou needs "
                f"{' or '.join(_VERSIONS)}; upgrade it, or set SHANGSOU_ELASTIC_URL to another one"
            )

    def failure_of(self, status: int, body: Any) -> ShangsouError:
        """Return our error for a part of a response that failed."""
        from shangsou.engines.elastic.failures import failure_of_answer

        return failure_of_answer(self.address, status, body)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def shared_breaker(settings: Settings) -> CircuitBreaker:
    """Return the breaker of all connections of this process to the Elasticsearch in the settings."""
    return breaker_of(_public_text(parse_addresses(settings.elastic_url)))


def _public_text(addresses: Sequence[Address]) -> str:
    return ", ".join(address.url for address in addresses)
