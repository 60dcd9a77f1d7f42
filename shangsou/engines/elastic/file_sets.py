"""Sets of files in Elasticsearch, in `NAME-files`.

One document of a set lists its paths with the digest of each content; other documents hold the contents, by
digest, in parts. A set is replaced with one write, which names the version that it replaces: readers see it
as it was before or after, and of two writers one is refused.
"""

import base64
import hashlib
import secrets
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.mapping import create_if_missing
from shangsou.engines.elastic.ownership import FILE_NAMES, refuse_foreign
from shangsou.errors import EngineUnavailable, NoIndex
from shangsou.settings import Settings

# Compressed bytes in a document: with base64 a request of 5 MB, as Elasticsearch's guide recommends.
_PART_BYTES = 4_000_000
# Of requests for contents: megabytes, and nobody waits for them but who takes up a new generation.
_CONTENT_TIMEOUT_S = 60.0
# Contents of no set are removed once they are older: who writes a set stores them just before it.
_UNUSED_S = 3_600.0
# As many as a search returns at most.
_DELETED_AT_ONCE = 10_000


class FileSet(NamedTuple):
    """The files of a set at one version."""

    digests: Mapping[str, str]
    """By path, in the order in which they are to be written."""
    token: str
    """Of the set since it was first written: another one where the index was deleted meanwhile."""
    version: tuple[int, int]
    """Sequence number and primary term of its document."""


class FileSets:
    """The sets of one shop. All methods raise `EngineUnavailable`."""

    def __init__(self, access: ElasticAccess) -> None:
        """`access` is closed with the sets."""
        # An alias: a document that is written through it cannot make an index without our mappings.
        self._access, self._client, self._index = access, access.client, f"{access.name}-files"
        self._patient = access.client.options(request_timeout=_CONTENT_TIMEOUT_S)

    def read(self, name: str) -> FileSet | None:
        """Return the set of this name as it is now, None where there is none. One small request."""
        with self._access.translate_errors():
            response = self._client.options(ignore_status=404).get(index=self._index, id=_set_id(name))
        if not response.get("found"):
            return None
        source = response["_source"]
        return FileSet(
            dict(source["files"]), source["token"], (response["_seq_no"], response["_primary_term"])
        )

    def write(
        self,
        name: str,
        digests: Mapping[str, str],
        content_of: Callable[[str], bytes],
        replaces: FileSet | None,
    ) -> FileSet | None:
        """Write a set, and return it; None where another has been written instead of `replaces`.

        So too where a file changed after its digest was computed.

        Parameters
        ----------
        name
            Of the set.
        digests
            Of its files, by path.
        content_of
            Returns the content of a path; called for what is not stored yet.
        replaces
            The set as it was read; None where there was none.
        """
        from elasticsearch import ConflictError

        if replaces is None:
            self._create()
        token = replaces.token if replaces else secrets.token_hex(8)
        document = {"set": name, "token": token, "files": dict(digests), "at_us": _now_us()}
        condition: dict[str, Any] = (
            {"if_seq_no": replaces.version[0], "if_primary_term": replaces.version[1]}
            if replaces
            else {"op_type": "create"}
        )
        try:
            if not self._store_all(
                digests, content_of, set(replaces.digests.values()) if replaces else set()
            ):
                return None
            with self._access.translate_errors():
                try:
                    response = self._client.index(
                        index=self._index,
                        id=_set_id(name),
                        document=document,
                        refresh=True,
                        require_alias=True,
                        **condition,
                    )
                except ConflictError:
                    return None
        except NoIndex:
            # Deleted between reading and writing: as if another had written.
            return None
        return FileSet(dict(digests), token, (response["_seq_no"], response["_primary_term"]))

    def content(self, digest: str) -> bytes:
        """Return the content with a digest; raises `EngineUnavailable` where it is missing or damaged."""
        parts = [self._part(digest, 0)]
        parts += [self._part(digest, number) for number in range(1, parts[0]["parts"])]
        try:
            content = zlib.decompress(b"".join(base64.b64decode(part["content"]) for part in parts))
        except (ValueError, zlib.error):
            content = b""
        if digest_of(content) != digest:
            raise self._lost(digest, "damaged")
        return content

    def remove_unused(self, is_kept: Callable[[str], bool]) -> None:
        """Remove the sets that are not to be kept, and then the contents that no set has."""
        names: list[str] = []
        used: set[str] = set()
        for source in self._sets():
            if is_kept(source["set"]):
                used.update(source["files"].values())
            else:
                names.append(source["set"])
        before = {"range": {"at_us": {"lt": _now_us() - int(_UNUSED_S * 1_000_000)}}}
        self._delete({"bool": {"filter": [{"terms": {"set": names}}]}})
        self._delete(
            {
                "bool": {
                    "filter": [before, {"exists": {"field": "digest"}}],
                    "must_not": [{"terms": {"digest": sorted(used)}}],
                }
            }
        )

    def close(self) -> None:
        """Close the connections."""
        self._access.close()

    def _sets(self) -> Iterator[dict[str, Any]]:
        with self._access.translate_errors():
            response = self._patient.search(
                index=self._index,
                query={"exists": {"field": "set"}},
                size=10_000,
                ignore_unavailable=True,
                source_includes=["set", "files"],
            )
        return (hit["_source"] for hit in response["hits"]["hits"])

    def _delete(self, query: Mapping[str, Any]) -> None:
        """Delete what matches, unless it is written meanwhile; of very many documents the rest stays."""
        with self._access.translate_errors():
            response = self._patient.search(
                index=self._index,
                query=query,
                size=_DELETED_AT_ONCE,
                source=False,
                seq_no_primary_term=True,
                ignore_unavailable=True,
            )
            operations: list[Mapping[str, Any]] = [
                {
                    "delete": {
                        "_id": hit["_id"],
                        "if_seq_no": hit["_seq_no"],
                        "if_primary_term": hit["_primary_term"],
                    }
                }
                for hit in response["hits"]["hits"]
            ]
            if operations:
                self._patient.bulk(index=self._index, operations=operations, require_alias=True)

    def _create(self) -> None:
        refuse_foreign(self._access, FILE_NAMES)
        with self._access.translate_errors():
            create_if_missing(self._client, self._index, "files.json")

    def _store_all(
        self, digests: Mapping[str, str], content_of: Callable[[str], bytes], stored: set[str]
    ) -> bool:
        """Store the contents that are not stored yet; return whether all are what their digests say."""
        for path, digest in digests.items():
            if digest not in stored:
                content = content_of(path)
                if digest_of(content) != digest:
                    return False
                self._store(digest, content)
                stored.add(digest)
        return True

    def _store(self, digest: str, content: bytes) -> None:
        """Store a content; the first part last: where it is, all are."""
        packed = zlib.compress(content, 1)
        parts = [packed[start : start + _PART_BYTES] for start in range(0, len(packed), _PART_BYTES)]
        for number in reversed(range(len(parts))):
            document = {
                "digest": digest,
                "parts": len(parts),
                "content": base64.b64encode(parts[number]).decode("ascii"),
                "at_us": _now_us(),
            }
            with self._access.translate_errors():
                self._patient.index(
                    index=self._index, id=_part_id(digest, number), document=document, require_alias=True
                )

    def _part(self, digest: str, number: int) -> dict[str, Any]:
        with self._access.translate_errors():
            response = self._patient.options(ignore_status=404).get(
                index=self._index, id=_part_id(digest, number)
            )
        if not response.get("found"):
            raise self._lost(digest, "missing")
        source: dict[str, Any] = response["_source"]
        return source

    def _lost(self, digest: str, what: str) -> EngineUnavailable:
        return EngineUnavailable(
            f'{self._index} at {self._access.address}: the content {digest} is {what}; run "shangsou index" '
            "for a lexicon, or change the file on a server that has it"
        )


def open_file_sets(settings: Settings) -> FileSets:
    """Return the sets of the shop that the settings name; nothing is read yet."""
    return FileSets(ElasticAccess(settings))


def digest_of(content: bytes) -> str:
    """Return the digest of a content, by which it is stored."""
    return hashlib.sha256(content).hexdigest()


def _set_id(name: str) -> str:
    return f"set:{name}"


def _part_id(digest: str, number: int) -> str:
    return f"part:{digest}:{number}"


def _now_us() -> int:
    return time.time_ns() // 1_000
