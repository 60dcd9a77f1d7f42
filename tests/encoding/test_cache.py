"""The vector cache: its texts are not encoded again, and no damage to it does harm."""

import logging
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shangsou.encoding.cache import CachedEncoder, VectorCache
from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.errors import IndexingFailed

STAMP = ModelStamp("tiny", "0123456789abcdef", 2, "float32")


class CountingEncoder:
    """Encodes a text as (its length, 1), not scaled, and notes what it was asked."""

    def __init__(self, stamp: ModelStamp = STAMP) -> None:
        self.stamp = stamp
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], np.float32).reshape(-1, 2)


def encode(texts: Sequence[str], encoder: Encoder, folder: Path) -> list[float]:
    return [float(row[0]) for row in CachedEncoder(encoder, folder).encode(texts)]


def test_a_text_is_encoded_once_and_its_vector_kept(tmp_path: Path):
    encoder = CountingEncoder()
    assert encode(["雨伞", "连衣裙", "雨伞"], encoder, tmp_path) == [2, 3, 2]
    assert encode(["鞋", "连衣裙", "雨伞"], encoder, tmp_path) == [1, 3, 2]
    assert encoder.asked == ["雨伞", "连衣裙", "鞋"]


def test_it_counts_what_was_encoded_and_what_was_not(tmp_path: Path):
    encoder = CachedEncoder(CountingEncoder(), tmp_path)
    encoder.encode(["雨伞", "连衣裙", "雨伞"])
    encoder.encode(["鞋", "连衣裙"])
    assert (encoder.encoded, encoder.cached) == (3, 2)


def test_no_texts_are_no_rows(tmp_path: Path):
    assert CachedEncoder(CountingEncoder(), tmp_path).encode([]).shape == (0, 2)


def test_more_texts_than_one_statement_takes_are_found(tmp_path: Path):
    texts = [str(number) for number in range(5_000)]
    encode(texts, CountingEncoder(), tmp_path)
    second = CountingEncoder()
    assert encode(texts, second, tmp_path) == [len(text) for text in texts]
    assert second.asked == []


@pytest.mark.parametrize("change", [{"model_hash": "another"}, {"precision": "int8"}], ids=str)
def test_another_model_or_precision_has_vectors_of_its_own(change: dict[str, str], tmp_path: Path):
    encode(["雨伞"], CountingEncoder(), tmp_path)
    other = CountingEncoder(replace(STAMP, **change))
    encode(["雨伞"], other, tmp_path)
    assert other.asked == ["雨伞"]


def test_any_string_can_be_a_text(tmp_path: Path):
    assert encode(["", "\x00", "\ud800", "'; DROP TABLE vectors"], CountingEncoder(), tmp_path) == [
        0,
        1,
        1,
        21,
    ]


@pytest.mark.parametrize("damage", [b"no database at all", b""], ids=["overwritten", "emptied"])
def test_a_damaged_cache_is_recreated(damage: bytes, tmp_path: Path):
    encode(["雨伞"], CountingEncoder(), tmp_path)
    VectorCache(tmp_path, STAMP).path.write_bytes(damage)
    encoder = CountingEncoder()
    assert encode(["雨伞"], encoder, tmp_path) == [2]
    assert encoder.asked == ["雨伞"]


def test_a_cache_with_damaged_pages_is_recreated_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    texts = [str(number) for number in range(5_000)]
    encode(texts, CountingEncoder(), tmp_path)
    path = VectorCache(tmp_path, STAMP).path
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with caplog.at_level(logging.WARNING):
        assert encode(texts, CountingEncoder(), tmp_path) == [len(text) for text in texts]
    assert f"{path} is damaged" in caplog.text
    second = CountingEncoder()
    encode(texts, second, tmp_path)
    assert second.asked == []


def test_a_vector_of_the_wrong_size_is_encoded_again(tmp_path: Path):
    VectorCache(tmp_path, STAMP).put({"雨伞": np.zeros(3, np.float32)})
    encoder = CountingEncoder()
    assert encode(["雨伞"], encoder, tmp_path) == [2]
    assert encoder.asked == ["雨伞"]


def test_several_may_write_at_once(tmp_path: Path):
    lists = [[f"{writer}-{number}" for number in range(2_000)] for writer in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda texts: encode(texts, CountingEncoder(), tmp_path), lists))
    encoder = CountingEncoder()
    for texts in lists:
        encode(texts, encoder, tmp_path)
    assert encoder.asked == []


WRITER = """
import sys
from pathlib import Path
import numpy as np
from shangsou.encoding.cache import VectorCache
from shangsou.encoding.encoder import ModelStamp
cache = VectorCache(Path(sys.argv[1]), ModelStamp("tiny", "0123456789abcdef", 2, "float32"))
number = 0
while True:
    cache.put({str(number + i): np.array([number + i, 1], np.float32) for i in range(1_000)})
    number += 1_000
    print(number, flush=True)
"""


def test_what_was_kept_survives_kill_9(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        kept = [int(writer.stdout.readline()) for _ in range(5)][-1]
        writer.send_signal(signal.SIGKILL)
    texts = [str(number) for number in range(kept)]
    found = VectorCache(tmp_path, STAMP).get(texts)
    assert [found[text][0] for text in texts] == list(range(kept))


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from shangsou.encoding.cache import VectorCache
from shangsou.encoding.encoder import ModelStamp
from shangsou.errors import IndexingFailed
cache = VectorCache(Path(sys.argv[1]), ModelStamp("tiny", "0123456789abcdef", 2, "float32"))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    cache.put({str(number): np.zeros(2, np.float32) for number in range(20_000)})
except IndexingFailed as problem:
    print(problem)
"""


def test_a_full_disk_says_what_to_do_and_loses_nothing(tmp_path: Path):
    encode(["雨伞"], CountingEncoder(), tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "free some space" in done.stdout
    assert "SHANGSOU_HOME" in done.stdout
    encoder = CountingEncoder()
    encode(["雨伞"], encoder, tmp_path)
    assert encoder.asked == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(IndexingFailed, match=f"{tmp_path}/file/vectors"):
        VectorCache(tmp_path / "file" / "vectors", STAMP)
