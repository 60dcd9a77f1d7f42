"""The precision chosen for each processor."""

from pathlib import Path

import pytest

from shangsou.encoding import precision
from shangsou.encoding.precision import choose_precision, needs_seven_bits, processor_flags

SERVER = frozenset({"avx2", "avx512f", "avx512_vnni"})
LAPTOP = frozenset({"avx2", "avx_vnni"})
OLDER = frozenset({"avx2", "fma"})
OLDEST = frozenset({"sse4_2"})
UNKNOWN: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("flags", "chosen", "seven_bits"),
    [
        (SERVER, "int8", False),
        (LAPTOP, "int8", False),
        (OLDER, "int8", True),
        (OLDEST, "float32", True),
        (UNKNOWN, "float32", True),
    ],
    ids=["AVX-512 VNNI", "AVX VNNI", "AVX2", "SSE", "ARM, or no Linux"],
)
def test_auto_is_int8_where_it_is_right_and_fast(
    flags: frozenset[str], chosen: str, seven_bits: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(precision, "processor_flags", lambda: flags)
    assert choose_precision("auto") == chosen
    assert needs_seven_bits() is seven_bits


@pytest.mark.parametrize("wanted", ["int8", "float32"])
def test_a_precision_that_was_asked_for_is_taken_on_any_processor(
    wanted: precision.Precision, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(precision, "processor_flags", lambda: UNKNOWN)
    assert choose_precision(wanted) == wanted


def test_flags_are_read_from_the_first_processor(tmp_path: Path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2\n\nprocessor\t: 1\nflags\t\t: fpu\n", "ascii")
    assert processor_flags(cpuinfo) == {"fpu", "avx2"}


def test_a_system_that_says_nothing_has_no_flags(tmp_path: Path):
    assert processor_flags(tmp_path / "absent") == frozenset()
