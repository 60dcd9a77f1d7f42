"""Documents kept in a temporary file, as a dump of Elasticsearch has them: catalogs are read twice."""

import json
import re
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shangsou.errors import IndexingFailed
from shangsou.reading.archives import Workspace

# Behind the longest ids of a document and of an index, 512 and 255 bytes, each character escaped.
_HEAD_BYTES = 8_192
_HEAD = re.compile(r'\{"_index": (?P<index>"(?:[^"\\]|\\.)*"), "_id": (?P<id>"(?:[^"\\]|\\.)*")')
_to_json_text = json.JSONEncoder(ensure_ascii=False).encode


class Spool:
    """A file of documents, one a line, in the order in which they were added."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.workspace = workspace
        self.path: Path = workspace.folder / f"{name}.jsonl"
        self._offsets = array("Q")
        self.clear()

    def __len__(self) -> int:
        return len(self._offsets)

    def clear(self) -> None:
        """Forget all documents."""
        self._offsets = array("Q")
        self.path.write_bytes(b"")

    def add(self, hits: Iterable[Mapping[str, Any]]) -> None:
        """Append documents; raises `IndexingFailed` where the disk is full."""
        lines = []
        end = self.path.stat().st_size
        for hit in hits:
            document = {"_index": hit["_index"], "_id": hit["_id"], "_source": hit["_source"]}
            line = _to_json_text(document).encode("utf-8", "replace") + b"\n"
            self._offsets.append(end)
            end += len(line)
            lines.append(line)
        try:
            with self.path.open("ab") as file:
                file.write(b"".join(lines))
        except OSError as problem:
            raise IndexingFailed(
                f"{self.path.parent}: documents cannot be kept there while they are read "
                f"({problem.strerror}); free some space, or set TMPDIR to another folder; nothing was changed"
            ) from problem

    def place(self, line: int) -> str:
        """Return the address of the document in a line, from 1, as Elasticsearch has it."""
        with self.path.open("rb") as file:
            file.seek(self._offsets[line - 1])
            head = _HEAD.match(file.read(_HEAD_BYTES).decode("utf-8", "replace"))
        return f"{json.loads(head['index'])}/_doc/{json.loads(head['id'])}" if head else f"document {line}"
