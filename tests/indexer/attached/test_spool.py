"""Documents that are kept in a temporary file while they are read."""

import pytest

from indexer.attached.spool import Spool
from shangsou.errors import IndexingFailed
from shangsou.reading.archives import Workspace
from tests.fixtures.full_disk import full_disk


def hit(document_id: str, **source: object) -> dict[str, object]:
    return {"_index": "goods", "_id": document_id, "_source": source, "sort": [1]}


def test_a_line_is_known_by_the_address_of_its_document() -> None:
    spool = Spool(Workspace(), "documents")
    spool.add([hit("G1", title="马克杯"), hit('a"\\n', title="碗")])
    spool.add([hit("商品/2", title="锅" * 10_000)])
    assert len(spool) == 3
    assert [spool.place(line) for line in (3, 1, 2)] == [
        "goods/_doc/商品/2",
        "goods/_doc/G1",
        'goods/_doc/a"\\n',
    ]


def test_what_was_cleared_is_gone() -> None:
    spool = Spool(Workspace(), "documents")
    spool.add([hit("G1")])
    spool.clear()
    spool.add([hit("G2")])
    assert (len(spool), spool.place(1)) == (1, "goods/_doc/G2")


def test_a_full_disk_is_named_with_the_way_out() -> None:
    spool = Spool(Workspace(), "documents")
    with full_disk(100), pytest.raises(IndexingFailed, match="set TMPDIR") as raised:
        spool.add([hit("G1", title="杯" * 1_000)])
    assert str(spool.path.parent) in str(raised.value)
