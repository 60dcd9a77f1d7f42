"""Which precision of the default model this processor computes right and fast (docs/adr/0002)."""

from pathlib import Path
from typing import Literal

Precision = Literal["float32", "int8"]

# Instructions that multiply bytes and add the products in 32 bits. Without them onnxruntime adds
# pairs of products in 16 bits, which overflow unless the weights have seven bits.
_VNNI = {"avx512_vnni", "avx_vnni"}


def choose_precision(setting: Literal["auto", "int8", "float32"]) -> Precision:
    """Return the precision to encode in; `auto` is int8 on processors that are known to do it right."""
    if setting != "auto":
        return setting
    return "int8" if "avx2" in processor_flags() else "float32"


def needs_seven_bits() -> bool:
    """Whether integer weights must leave a bit unused: everywhere but where VNNI is certain."""
    return not _VNNI & processor_flags()


def processor_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return what Linux says that the processor can do; nothing on other systems and on ARM."""
    try:
        with cpuinfo.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if name.strip() == "flags":
                    return frozenset(value.split())
    except OSError:
        pass
    return frozenset()
