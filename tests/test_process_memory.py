"""Memory that is given back to the operating system."""

from pathlib import Path

import pytest

from shangsou.process_memory import give_back_unused

SIZE_MB = 64


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux says what a process holds")
def test_what_was_freed_between_pieces_in_use_is_given_back() -> None:
    # Too small for mappings of their own, and every hundredth stays.
    pieces = [bytearray(8_192) for _ in range(SIZE_MB * 128)]
    kept = pieces[::100]
    before = resident_mb()
    del pieces
    give_back_unused()
    assert len(kept) > 80
    assert resident_mb() < before - SIZE_MB / 2
