"""The machine that the figures were measured on."""

import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from shangsou.cpu import usable_cores


def describe() -> dict[str, object]:
    """Return processor, cores, memory, versions, commit and date."""
    cpu = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next(
        (line.split(":")[1].strip() for line in cpu.splitlines() if line.startswith("model name")), ""
    )
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.stdout.strip(),
        "cpu": model or platform.processor(),
        "vector_instructions": [flag for flag in ("avx2", "avx512f", "avx512_vnni") if f" {flag} " in cpu],
        "cores": usable_cores(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "ten_million_additions_s": round(_ten_million_additions_s(), 2),
    }


def _ten_million_additions_s() -> float:
    """Return the time of a loop in plain Python: machines with shared processors vary threefold."""
    started = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - started
