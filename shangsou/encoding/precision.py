"""The fastest precision of the default model that this processor computes correctly (docs/adr/0002)."""

from pathlib import Path
from typing import Literal

Precision = Literal["float32", "int8"]

# Instructions that multiply bytes and add the products in 32 bits. Without them onnxruntime adds
# pairs of products in 16 bits, which overflow unless the weights have seven bits.
_VNNI = {"avx512_vnni", "avx_vnni"}


def choose_precision(setting: Literal["auto", "int8", "float32"]) -> Precision:
    """Return the precision to encode in; `auto` is int8 on processors known to compute it correctly."""
    if setting != "auto":
        return setting
    return "int8" if "avx2" in processor_flags() else "float32"


def needs_seven_bits() -> bool:
    """Whether integer weights must leave a bit unused: unless VNNI is known to be available."""
    return not _VNNI & processor_flags()


def processor_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return the processor's features as listed by Linux; none on other systems and on ARM."""
    try:
        with cpuinfo.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if name.strip() == "flags":
                    return frozenset(value.split())
    except OSError:
        pass
    return frozenset()
