"""The index of a merchant, which is only ever read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from indexer.attached.follow_field import FollowField, read_field_types
from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.addresses import parse_addresses
from shangsou.engines.elastic.ownership import is_ours
from shangsou.engines.elastic.point_in_time import PointInTime, point_in_time
from shangsou.errors import EngineUnavailable, UnusableInput
from shangsou.settings import Settings

# A page of products with long descriptions takes seconds from a machine that does much else.
_TIMEOUT_S = 60.0
_SETTING = "SHANGSOU_ELASTIC_URL"


class Source:
    """An index of a merchant, or an alias or pattern of several.

    All methods raise `UnusableInput` for what the merchant has to change, else `EngineUnavailable`.

    Parameters
    ----------
    settings
        How the Elasticsearch of the shop is reached.
    name
        Of the index, the alias or the pattern.
    url
        Of another Elasticsearch; empty: it is that of the shop.
    """

    def __init__(self, settings: Settings, name: str, url: str = "") -> None:
        self.name, self._option = name, "--url" if url else _SETTING
        with self._named_by_option():
            reached = {**(_elsewhere(url) if url else {}), "elastic_timeout_s": _TIMEOUT_S}
            self._access = ElasticAccess(settings.model_copy(update=reached))
        self.address, self._client = self._access.address, self._access.client

    @property
    def label(self) -> str:
        """What people call it; without a password."""
        return f"{self.name} at {self.address}"

    def indices(self) -> Mapping[str, str]:
        """Return the unique ids of the indices that are read, by name; refuses those of shangsou itself."""
        with self._translated():
            found = self._client.indices.get(
                index=self.name,
                filter_path="*.mappings._meta,*.mappings.properties,*.settings.index.uuid",
            )
        if not found.body:
            raise self._missing()
        for index, description in found.items():
            if is_ours(description.get("mappings", {})):
                raise UnusableInput(
                    f"--index {self.name}: {index} at {self.address} is an index of shangsou itself; "
                    "name the one that the shop's own system writes"
                )
        return {index: description["settings"]["index"]["uuid"] for index, description in found.items()}

    def follow_field(self, name: str) -> FollowField:
        """Return a field by which changes are followed; refuses one that cannot be sorted by."""
        with self._translated():
            response = self._client.field_caps(index=self.name, fields=name)
        types = response["fields"].get(name, {})
        return read_field_types(name, types, self.label)

    @contextmanager
    def reading(self) -> Iterator[PointInTime]:
        """Open the documents as they are now."""
        with self._translated(), point_in_time(self._client, self.name) as moment:
            yield moment

    def close(self) -> None:
        """Close the connections."""
        self._access.close()

    def _missing(self) -> UnusableInput:
        return UnusableInput(
            f"--index {self.name}: there is no such index, alias or pattern at {self.address}; name one that "
            "there is, or its Elasticsearch with --url"
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from elasticsearch import ApiError, UnsupportedProductError

        with self._named_by_option(), self._access.translate_errors():
            try:
                yield
            except UnsupportedProductError:
                raise UnusableInput(
                    f"what answers at {self.address} is no Elasticsearch. OpenSearch and other programs "
                    "read an index at one moment in ways of their own: write its documents into a file "
                    "of JSON lines and give that to shangsou index FILE"
                ) from None
            except ApiError as problem:
                raise self._refusal(problem) or problem from None

    @contextmanager
    def _named_by_option(self) -> Iterator[None]:
        """Name in messages what the address was given by: the setting may not be what to check."""
        try:
            yield
        except (EngineUnavailable, UnusableInput) as problem:
            raise type(problem)(str(problem).replace(_SETTING, self._option)) from problem

    def _refusal(self, problem: "object") -> UnusableInput | None:
        """Return what a merchant has to change; None for a failure of another kind."""
        from elasticsearch import ApiError

        if not isinstance(problem, ApiError):
            return None
        words = str(problem.body)
        if problem.status_code in {401, 403} and "security_exception" in words:
            return UnusableInput(
                f"--index {self.name}: the user at {self.address} may not read it; it needs the privileges "
                f"read and view_index_metadata on {self.name}, and no others; user and password come from "
                f"{self._option}"
            )
        if problem.status_code == 404 and "index_not_found_exception" in words:
            return self._missing()
        if "media_type_header_exception" in words:
            return UnusableInput(
                f"the Elasticsearch at {self.address} is older than version 8; write its documents into a "
                "file of JSON lines and give that to shangsou index FILE"
            )
        return None


def _elsewhere(url: str) -> dict[str, object]:
    """Return the settings that reach another Elasticsearch, without the secrets of the shop's own.

    The file of authorities stays where it can be used: it may hold those of both.
    """
    secrets = ("elastic_api_key", "elastic_user", "elastic_password", "elastic_fingerprint")
    files: tuple[str, ...] = ("elastic_api_key_file", "elastic_password_file")
    if not any(address.is_encrypted for address in parse_addresses(url)):
        files = (*files, "elastic_ca_file")
    return {"elastic_url": url, **dict.fromkeys((*secrets, *files))}
